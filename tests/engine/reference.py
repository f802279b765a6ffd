"""What must come out, by the fold alone: no engine, no broker, no chunks."""

from typing import Any, NamedTuple

from schemas.records import NEVER, Output
from tests.engine.counting import GROUPS, CountingFold, CountState
from tests.engine.world import partition_of


class Fact(NamedTuple):
    """A record before it is sent; has the shape of a Source."""

    topic: int
    timestamp: int
    key: bytes
    value: bytes
    partition: int = 0
    offset: int = 0
    headers: Any = ()


def expected(history: list[Fact]) -> dict[str, bytes]:
    """Body by id of the `groups` topic after all records, in order of time, and all deadlines up to the last."""
    fold = CountingFold()
    out: list[Output] = []
    end = max(fact.timestamp for fact in history)
    for partition in sorted({partition_of(fact.key) for fact in history}):
        shared, at = fold.shared_new(), 0
        states: dict[bytes, CountState] = {}
        mine = [fact for fact in history if partition_of(fact.key) == partition]
        for fact in sorted(mine, key=lambda fact: (fact.timestamp, fact.topic)):
            at = max(at, fact.timestamp)
            state = states.setdefault(fact.key, fold.create(shared, fact.key))
            fold.record(shared, state, fact, at, out)  # type: ignore[arg-type]
        for state in states.values():
            while fold.deadline(state) <= end < NEVER:
                fold.fire(shared, state, end, out)
    return {dict(o.headers)["ce_id"].decode(): o.value or b"" for o in out if o.topic == GROUPS}
