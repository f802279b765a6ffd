"""Knows up to which instant each partition's read model is complete, and when its worker lived for sure.

No worker says so itself; it follows from what the broker knows. *Alive*: a member of the workers' group owns the
partition. A dead member is listed for one session timeout at most, so one that is listed now lived that long ago.
*Complete*: a mark is set with the ends of the partition's inputs; once the group has committed up to them, everything
that followed from them is published (a worker commits after it), so the ends of the outputs are noted; once those are
applied in Redis, the model is complete as of the mark. Both go on while nothing arrives.
"""

from collections import deque
from collections.abc import Mapping
from typing import Final, NamedTuple

from streams.views.alive import Alive

_MARKS_MAX: Final = 64

Offsets = Mapping[tuple[str, int], int]
"""By topic and partition."""


class _Mark(NamedTuple):
    at: int
    ends: dict[str, int]


class Partition:
    """One partition's marks, oldest first."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._inputs: deque[_Mark] = deque(maxlen=_MARKS_MAX)
        self._outputs: deque[_Mark] = deque(maxlen=_MARKS_MAX)
        self.complete_at = 0
        self.alive_at = 0

    def asked(self, at: int, ends: Offsets) -> None:
        """The broker told the ends of the inputs, at `at` or later."""
        mine = {topic: end for (topic, number), end in ends.items() if number == self._number}
        if len(self._inputs) < _MARKS_MAX:  # a full queue keeps its oldest: those are met first
            self._inputs.append(_Mark(at, mine))

    def published(self, committed: Offsets, ends: Offsets) -> None:
        """The ends of the outputs, asked for after `committed` was."""
        met: int | None = None
        while self._inputs and all(
            committed.get((topic, self._number), 0) >= end for topic, end in self._inputs[0].ends.items()
        ):
            met = self._inputs.popleft().at
        if met is not None and len(self._outputs) < _MARKS_MAX:
            mine = {topic: end for (topic, number), end in ends.items() if number == self._number}
            self._outputs.append(_Mark(met, mine))

    def applied(self, positions: Offsets) -> None:
        """What is applied in Redis by now."""
        while self._outputs and all(
            positions.get((topic, self._number), 0) >= end for topic, end in self._outputs[0].ends.items()
        ):
            self.complete_at = self._outputs.popleft().at

    def told(self) -> Alive | None:
        """What to write; None: not known yet."""
        return Alive(self.alive_at, self.complete_at) if self.complete_at and self.alive_at else None
