"""Broadcasts: records without a client, which each client takes at its own place in time."""

from typing import Any

import structlog

from schemas.records import NEVER, Instant, Reach, Rejected, Source
from streams.engine.fold import Fold, Shared
from streams.engine.states import States

log = structlog.get_logger(__name__)


def fold_broadcast(
    fold: Fold[Any, Shared], shared: Shared, record: Source, at: Instant
) -> tuple[Shared, Reach | Rejected | None]:
    """Fold a broadcast; the shared state after it, and what the fold says.

    One on which the rules raise is rejected: it is in every partition, and would stop all workers at every start.
    """
    before = fold.shared_encode(shared)
    try:
        return shared, fold.broadcast(shared, record, at)
    except Exception as error:
        log.error("broadcast_failed", topic=record.topic, offset=record.offset, exc_info=error)
        remedy = f"the rules failed on it ({type(error).__name__}): report it"
        return fold.shared_decode(before), Rejected("invalid_field", None, remedy)


def make_due(states: States[Any, Any], number: int, instant: Instant, reach: Reach) -> None:
    """Make every client due that broadcast `number` reaches; on recovery a snapshot may have taken it already."""
    held, until = states.held, reach.deadline_until
    reached = [key for key, deadline in states.deadlines.due.items() if instant < deadline <= until]
    for key in reached:
        if key not in held and states.seen(key) < number:
            states.deadlines.set(key, instant)


def remind(fold: Fold[Any, Any], states: States[Any, Any], shared: Any, key: bytes, state: Any) -> None:
    """Make one client due at the first broadcast that reaches it and that it has not taken."""
    deadline, seen = states.deadlines.due[key], fold.seen(state)
    for number, instant, reach in fold.broadcasts(shared):
        if seen < number and instant < deadline <= reach.deadline_until:
            states.deadlines.set(key, instant)
            return


def settle(fold: Fold[Any, Any], states: States[Any, Any], shared: Any) -> None:
    """Tell the fold which broadcasts nobody still has to take; held clients take theirs when they are tried again."""
    first = states.deadlines.first()
    earliest = NEVER if first is None else first[0]
    taken = min((held.seen for held in states.held.values()), default=NEVER)
    settled = [number for number, instant, _ in fold.broadcasts(shared) if instant < earliest and number <= taken]
    if settled:
        fold.settle(shared, max(settled))
