"""Rule 17: the last record of each client in a compacted output topic must be the one its state remembers.

After a partition is taken, and whenever somebody else wrote there, the topic is read and compared. Own requests are
known by the offsets of their acknowledgements, so in the normal course nothing is read.
"""

from collections.abc import Sequence
from typing import Any, Final

import structlog
from aiokafka import TopicPartition

from schemas.records import Output
from streams.engine.failures import Stopped
from streams.engine.reading import Reader
from streams.engine.settings import EngineSettings
from streams.engine.states import States

log = structlog.get_logger(__name__)

SEQUENCE_HEADER: Final = "ce_id"


def sequence_of(headers: Sequence[tuple[str, bytes]]) -> int | None:
    """The sequence that a record's `ce_id` = `<client>:<sequence>` names; None when it has none."""
    for name, value in headers:
        if name == SEQUENCE_HEADER:
            number = value.rpartition(b":")[2]
            return int(number) if number.isdigit() else None
    return None


class Repair:
    """Watches the compacted output topics of one partition."""

    def __init__(self, settings: EngineSettings, partition: int, loss: bool = False) -> None:
        """`loss`: somebody accepted one, so states may be behind what was published."""
        self._settings = settings
        self._partition = partition
        self._read_to: dict[str, int] = dict.fromkeys(settings.compacted_output_topics, 0)
        self._own: dict[str, list[tuple[int, int]]] = {topic: [] for topic in settings.compacted_output_topics}
        self.last: dict[str, dict[bytes, int]] = {topic: {} for topic in settings.compacted_output_topics}
        """By topic: clients to be compared with their state, and the sequence of their last record."""
        self.repaired = 0
        self._loss = loss
        self._ahead = 0

    def published(self, written: dict[str, list[tuple[int, int]]]) -> None:
        """Note our own requests: (first offset, count) by topic."""
        for topic, requests in written.items():
            if (own := self._own.get(topic)) is not None:
                own.extend((first, first + count) for first, count in requests)

    def newest(self, outputs: Sequence[Output]) -> None:
        """These are published: of their clients the topics' last records are the states'. Else every client that
        moved on since the look would be written once more."""
        if self.waiting:
            for output in outputs:
                if (last := self.last.get(output.topic)) is not None and output.key is not None:
                    last.pop(output.key, None)

    async def look(self) -> None:
        """Read what others may have written since the last look; runs beside the partition's work."""
        if not self._read_to:
            return
        async with Reader(self._settings) as reader:
            tps = [TopicPartition(topic, self._partition) for topic in self._read_to]
            begins, ends = await reader.bounds(tps)
            for tp in tps:
                start = max(self._read_to[tp.topic], begins[tp])
                if not self._only_ours(tp.topic, start, ends[tp]):
                    last = self.last[tp.topic]
                    async for records in reader.span(tp, start, ends[tp]):
                        self._note(records, last)
                self._read_to[tp.topic] = max(ends[tp], start)

    def _only_ours(self, topic: str, start: int, end: int) -> bool:
        """Whether every record from `start` to `end` is one of our own requests; forgets those before `end`."""
        position = start
        own = sorted(self._own[topic])
        self._own[topic] = [request for request in own if request[1] > end]
        for first, after in own:
            if first <= position < after:
                position = after
        return position >= end

    @staticmethod
    def _note(records: list[Any], last: dict[bytes, int]) -> None:
        for record in records:
            if record.key is not None and (sequence := sequence_of(record.headers)) is not None:
                last[record.key] = sequence

    def compare(self, states: States[Any, Any], most: int) -> list[Output]:
        """Between two chunks: compare the next clients with their states; what must be written again, byte for byte.

        Raises Stopped when the topic is ahead of the state: another owner is. After an accepted loss that is to be
        expected, and only said: the client's next outputs repeat sequences that readers have seen.
        """
        ahead = self._ahead
        outputs: list[Output] = []
        for topic, last in self.last.items():
            for key in list(last)[:most]:
                sequence = last.pop(key)
                outputs.extend(self._difference(states, topic, key, sequence))
        if self._ahead > ahead:
            log.warning("outputs_ahead_of_state", partition=self._partition, clients=self._ahead - ahead)
        self.repaired += len(outputs)
        if outputs:
            log.warning("repaired", partition=self._partition, records=len(outputs))
        return outputs

    def _difference(self, states: States[Any, Any], topic: str, key: bytes, sequence: int) -> list[Output]:
        held = states.held.get(key)
        if held is not None:  # what it last said stands in its last good state
            state = states.fold.decode(held.state) if held.state else None
        else:
            state = states.peek(key)
        if state is None:
            return []
        for output in states.fold.republish(state):
            if output.topic == topic and (ours := sequence_of(output.headers)) is not None:
                if sequence > ours and self._loss:
                    self._ahead += 1
                    return []
                if sequence > ours:
                    raise Stopped(
                        f"{topic}/{self._partition} has sequence {sequence} of client {key!r}, its state {ours}: "
                        "another owner is ahead"
                    )
                return [output] if sequence < ours else []
        return []

    @property
    def waiting(self) -> bool:
        """There are clients to compare."""
        return any(self.last.values())
