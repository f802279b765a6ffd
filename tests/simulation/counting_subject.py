"""Histories for the counting fold: groups, deadlines, broadcasts, bad records, rules that raise, misrouted records."""

from random import Random
from typing import Any, Final

from tests.engine.counting import DEAD_LETTERS, GROUPS, STATUS, CountingFold
from tests.engine.world import value
from tests.simulation.plan import Event
from tests.simulation.standing_in import START_MS
from tests.simulation.subject import Subject

_INPUTS: Final = ("in-a", "in-b")
_SHORT: Final = 3
"""Records to a change of group, so that most records change something."""


class QuickFold(CountingFold):
    """Publishes more often, so that short histories have many outputs; a record can be told from its neighbours."""

    def record(self, shared: Any, state: Any, source: Any, at: int, out: list[Any]) -> Any:
        before = state.count
        rejected = super().record(shared, state, source, at, out)
        if state.count > before and state.count % _SHORT == 0:
            self._publish(state, at, out)
        return rejected


def _value(random: Random, now: int, number: int, bad: float) -> bytes:
    if random.random() < bad:
        return random.choice((b"{not json", b"{}", b"\xff"))
    pick = random.random()
    if pick < 0.02:
        return value(number, **{"raise": True})
    if pick < 0.35:
        return value(number, due=now + random.choice((-5, 30, 300, 2000, 60_000)))
    return value(number)


def events(random: Random, partitions: int, simulated_time: bool) -> tuple[list[Event], int]:
    """See `Subject.events`."""
    keys = [f"k{number}".encode() for number in range(random.choice((1, 3, 8)))]
    bad = random.choice((0.0, 0.05, 0.4))
    made: list[Event] = []
    at, leapt = random.randrange(300), 0
    for number in range(random.choice((5, 15, 40))):
        at += random.choice((0, 1, 10, 80, 300))
        now = START_MS + at + leapt
        stamp = now - random.choice((0, 0, 0, 5, 2000)) if simulated_time else None
        topic = random.choice(_INPUTS)
        pick = random.random()
        if pick < 0.05:
            reach = random.choice((None, now + 200, now + 70_000))
            made.append(Event(at, "broadcast", (topic, value(number, all=reach), stamp)))
            continue
        if pick < 0.07 and not simulated_time:
            leap = random.choice((1000, 70_000))
            leapt += leap
            made.append(Event(at, "leap", (leap,)))
            continue
        if pick < 0.09:
            made.append(Event(at, "marker", (topic, random.randrange(partitions))))
            continue
        misrouted = random.randrange(partitions) if random.random() < 0.02 else None
        made.append(Event(at, "send", (topic, random.choice(keys), _value(random, now, number, bad), stamp, misrouted)))
    return made, at + 1


COUNTING: Final = Subject(
    "counting", QuickFold, _INPUTS, (GROUPS, STATUS, DEAD_LETTERS), DEAD_LETTERS, (STATUS,), events
)
