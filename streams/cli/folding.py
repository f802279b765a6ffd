"""Folds a history without a broker: what the engine does to a topic, in one process and with no journal.

Order is global: before a record everything that time alone brings up to its instant takes effect, by instant, then by
client. A record is decided at the later of its append time and the instant before it.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from schemas.catalogue import PARTITIONS_DEFAULT
from schemas.partitioning import partition_of
from schemas.records import NEVER, Instant, Output, Rejected, Source
from streams.cli.history import Line
from streams.engine.fold import Fold

State = TypeVar("State")
Shared = TypeVar("Shared")
_BROADCAST_PARTITION: Final = 0


@dataclass(slots=True)
class Record:
    """A record as the fold receives it."""

    topic: str
    partition: int
    offset: int
    timestamp: Instant
    key: bytes | None
    value: bytes | None
    headers: Any = ()


class HistoryFold(Generic[State, Shared]):
    """The states after the lines fed so far. Partitions are those of topics of the default size."""

    def __init__(self, fold: Fold[State, Shared]) -> None:
        self._fold = fold
        self._shared = fold.shared_new()
        self._states: dict[bytes, State] = {}
        self._deadlines: list[tuple[Instant, bytes]] = []
        self._offsets: defaultdict[tuple[str, int], int] = defaultdict(int)
        self.source: Source | None = None
        """The record folded last."""
        self.instant: Instant = 0
        """The latest instant anything was decided at."""

    def feed(self, step: Line | Source | Instant) -> list[Output]:
        """Folds the next record; the outputs of what time brought before it, then its own or its dead letter.

        A line gets the next offset of its partition, a record of a broker has its own. An instant is time that passed
        without a record.
        """
        out: list[Output] = []
        if isinstance(step, Instant):
            self.advance(step, out)
            return out
        source = self._source(step) if isinstance(step, Line) else step
        self.source = source
        self.advance(source.timestamp, out)
        if source.key is None:
            answer = self._fold.broadcast(self._shared, source, self.instant)
            if isinstance(answer, Rejected):
                out.append(self._fold.rejected(source, answer, self.instant))
            elif answer is not None:
                self._reach(answer.deadline_until, out)
        else:
            self._record(source.key, source, out)
        return out

    @property
    def place(self) -> str:
        """Topic/partition/offset of the record folded last."""
        source = self.source
        return "" if source is None else f"{source.topic}/{source.partition}/{source.offset}"

    def advance(self, until: Instant, out: list[Output]) -> None:
        """Everything that time alone brings up to `until`, in order of instant and client."""
        while self._deadlines and self._deadlines[0][0] <= until:
            instant, key = heapq.heappop(self._deadlines)
            state = self._states[key]
            if self._fold.deadline(state) == instant:  # else it moved since it was noted, and is noted anew
                self._fold.fire(self._shared, state, instant, out)
                assert self._fold.deadline(state) > instant, f"the deadline of {key!r} at {instant} did not pass"
                self._note(key, state)
                self.instant = max(self.instant, instant)
        self.instant = max(self.instant, until)

    @property
    def due(self) -> Instant:
        """The next instant at which time alone brings something; NEVER: none."""
        deadlines = self._deadlines
        while deadlines and self._fold.deadline(self._states[deadlines[0][1]]) != deadlines[0][0]:
            heapq.heappop(deadlines)  # it moved since it was noted, and is noted anew
        return deadlines[0][0] if deadlines else NEVER

    def states(self) -> Iterator[tuple[bytes, State]]:
        """Each client with its state, by client id."""
        return iter(sorted(self._states.items()))

    @property
    def shared(self) -> Shared:
        """The state that all clients share."""
        return self._shared

    def _record(self, key: bytes, source: Source, out: list[Output]) -> None:
        state = self._states.get(key)
        if state is None:
            state = self._fold.create(self._shared, key)
        why = self._fold.record(self._shared, state, source, self.instant, out)
        if why is not None:
            out.append(self._fold.rejected(source, why, self.instant))
        if self._fold.empty(state):
            self._states.pop(key, None)
        else:
            self._states[key] = state
            self._note(key, state)

    def _reach(self, deadline_until: Instant, out: list[Output]) -> None:
        """A broadcast takes effect at once on the clients it concerns, by client id; for the others it is settled."""
        for key, state in sorted(self._states.items()):
            if deadline_until == NEVER or self._fold.deadline(state) <= deadline_until:
                self._fold.fire(self._shared, state, self.instant, out)
                self._note(key, state)
        for number, _, _ in self._fold.broadcasts(self._shared):
            self._fold.settle(self._shared, number)

    def _note(self, key: bytes, state: State) -> None:
        deadline = self._fold.deadline(state)
        if deadline != NEVER:
            heapq.heappush(self._deadlines, (deadline, key))

    def _source(self, line: Line) -> Record:
        """The record at the next offset of its partition; one without key counts in every partition."""
        if line.key is not None:
            partition = partition_of(line.key, PARTITIONS_DEFAULT)
            counted: tuple[int, ...] = (partition,)
        else:
            partition = _BROADCAST_PARTITION
            counted = tuple(range(PARTITIONS_DEFAULT))
        offset = self._offsets[line.topic, partition]
        for number in counted:
            self._offsets[line.topic, number] += 1
        return Record(line.topic, partition, offset, line.timestamp_ms, line.key, line.value)
