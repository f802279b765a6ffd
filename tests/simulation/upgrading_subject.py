"""Histories of a rolling upgrade: the counting fold in two versions, of which each says who speaks."""

from random import Random
from typing import Any, Final

from msgspec.structs import replace

from tests.engine.counting import CountState
from tests.simulation import counting_subject
from tests.simulation.counting_subject import COUNTING, QuickFold
from tests.simulation.plan import Event
from tests.simulation.subject import Subject

_OLD: Final = "counting-1"
_NEW: Final = "counting-2"


class SpeakingFold(QuickFold):
    """Says in what it publishes which rules it is of; what it counts is the same."""

    def _publish(self, state: CountState, instant: int, out: list[Any]) -> None:
        super()._publish(state, instant, out)
        state.status = state.status[:-1] + f',"by":"{self.rules_version}"}}'.encode()
        out[-2:] = [replace(output, value=state.status) for output in out[-2:]]

    def canonical(self, state: CountState) -> bytes:
        """The same whoever said it last."""
        data = self.encode(state)
        same = self.decode(data)
        same.status = told_by(state.status, _OLD)
        return self.encode(same)


def told_by(value: bytes, version: str) -> bytes:
    """See `Subject.told_by`."""
    for one in (_OLD, _NEW):
        value = value.replace(f'"by":"{one}"'.encode(), f'"by":"{version}"'.encode())
    return value


def events(random: Random, partitions: int, simulated_time: bool) -> tuple[list[Event], int]:
    """See `Subject.events`: in the midst of it slots are upgraded, one after the other, or back."""
    made, end_ms = counting_subject.events(random, partitions, simulated_time)
    for _ in range(random.choice((1, 2, 4))):
        at, slot = random.randrange(end_ms), random.randrange(3)
        how = random.choice(("stop", "stop", "kill"))
        made.append(Event(at, "upgrade", (slot, random.random() < 0.75, how)))
    return made, end_ms


UPGRADING: Final = Subject(
    "upgrading",
    SpeakingFold,
    COUNTING.inputs,
    COUNTING.outputs,
    COUNTING.dead_letters,
    COUNTING.compacted,
    events,
    upgraded=lambda: SpeakingFold(rules_version=_NEW),
    told_by=told_by,
)
