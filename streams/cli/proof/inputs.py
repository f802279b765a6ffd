"""The inputs of one partition as its journal names them: each record once, none left out."""

from typing import Any

from aiokafka import TopicPartition

from streams.engine.fetching import COMMITTED
from streams.engine.misrouting import ORIGIN_HEADER
from streams.engine.reading import Reader


class JournaledInputs:
    """Reads every topic forward once, and notes what the journal leaves out or names twice."""

    def __init__(self, reader: Reader, partition: int, begins: dict[str, int], ends: dict[str, int]) -> None:
        """`begins`, `ends`: by topic, where to begin, and the end as of now."""
        self._partition = partition
        self._begins, self._ends = begins, ends
        self._spans = {
            topic: reader.span(TopicPartition(topic, partition), begin, ends[topic], COMMITTED)
            for topic, begin in begins.items()
        }
        self._buffers: dict[str, list[Any]] = {topic: [] for topic in begins}
        self._next = dict(begins)
        self.wrong: list[tuple[str, str]] = []
        """(place, what is wrong there)."""
        self.arrived: set[bytes] = set()
        """Where the misrouted records came from that were sent on to this partition."""

    async def range(self, topic: str, first: int, last: int) -> list[Any]:
        """The records of `topic` with offsets `first`..`last`. Raises Stopped."""
        place = f"{topic}/{self._partition}"
        if topic not in self._spans or first < self._begins[topic]:
            self.wrong.append((f"{place}/{first}", "is in the journal and no longer in the topic"))
            first = max(first, self._next.setdefault(topic, first))
        if first < self._next[topic]:
            self.wrong.append((f"{place}/{first}", "was folded twice, by the journal"))
        records = await self._up_to(topic, last)
        left_out = [record for record in records if record.offset < first]
        if left_out:
            self.wrong.append((f"{place}/{left_out[0].offset}", "was never folded, by the journal"))
        self._next[topic] = last + 1
        return records[len(left_out) :]

    async def waiting(self) -> int:
        """How many records lie behind the last that the journal names."""
        rest = [await self._up_to(topic, self._ends[topic]) for topic in self._spans]
        return sum(map(len, rest))

    async def _up_to(self, topic: str, last: int) -> list[Any]:
        """Takes what is left up to offset `last`."""
        if topic not in self._spans:
            return []
        span, buffer = self._spans[topic], self._buffers[topic]
        while not buffer or buffer[-1].offset <= last:
            records = await anext(span, None)
            if records is None:
                break
            buffer.extend(records)
        cut = next((index for index, record in enumerate(buffer) if record.offset > last), len(buffer))
        self._buffers[topic] = buffer[cut:]
        for record in buffer[:cut]:
            self.arrived.update(data for name, data in record.headers if name == ORIGIN_HEADER)
        return buffer[:cut]
