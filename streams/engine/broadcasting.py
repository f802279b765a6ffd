"""Broadcasts: records without a client, which each client takes at its own place in time."""

from typing import Any

from schemas.records import NEVER, Instant, Reach
from streams.engine.fold import Fold
from streams.engine.states import States


def make_due(
    states: States[Any, Any], seen: dict[bytes, int] | None, number: int, instant: Instant, reach: Reach
) -> None:
    """Make every client due that broadcast `number` reaches and that has not taken it; `seen` is known on recovery."""
    due, held = states.deadlines.due, states.held
    for key, deadline in due.items():
        reached = instant < deadline <= reach.deadline_until and key not in held
        if reached and (seen is None or seen.get(key, -1) < number):
            due[key] = instant
    states.deadlines.rebuild()


def settle(fold: Fold[Any, Any], states: States[Any, Any], shared: Any) -> None:
    """Tell the fold which broadcasts nobody still has to take; held clients take theirs when they are tried again."""
    first = states.deadlines.first()
    earliest = NEVER if first is None else first[0]
    taken = min((held.seen for held in states.held.values()), default=NEVER)
    settled = [number for number, instant, _ in fold.broadcasts(shared) if instant < earliest and number <= taken]
    if settled:
        fold.settle(shared, max(settled))
