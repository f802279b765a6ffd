"""Reads topics by assignment, outside the group: journal, snapshots, and inputs that are folded again."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from aiokafka.structs import ConsumerRecord

from streams.engine.failures import Stopped
from streams.engine.fetching import COMMITTED, EARLIEST, LATEST, UNCOMMITTED, Batch, Fetcher, Offsets
from streams.engine.settings import EngineSettings

_FETCH_BYTES: Final = 2 << 20
_ONE: Final = 1
"""A fetch of so few bytes brings the one batch that holds its offset."""


class Reader:
    """A reader without a group, used by one task at a time. Its errors are those of `Fetcher`."""

    def __init__(self, settings: EngineSettings) -> None:
        self._fetcher = Fetcher(settings)

    async def start(self) -> None:
        """Connect. Raises aiokafka's KafkaConnectionError."""
        await self._fetcher.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._fetcher.stop()

    async def __aenter__(self) -> "Reader":
        """Raises Stopped when no broker answers."""
        try:
            await self.start()
        except KafkaConnectionError as error:
            raise Stopped("no broker answers: start the brokers, then the worker", "broker_away") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def bounds(self, tps: Sequence[TopicPartition]) -> tuple[Offsets, Offsets]:
        """The first offset still there and the next one to be written, of each partition."""
        return await self._fetcher.offsets(tps, EARLIEST), await self.ends(tps)

    async def ends(self, tps: Sequence[TopicPartition], isolation: int = UNCOMMITTED) -> Offsets:
        """The next offset to be written, of each partition; of committed ones, that of the first open transaction."""
        return await self._fetcher.offsets(tps, LATEST, isolation)

    async def span(
        self, tp: TopicPartition, start: int, end: int, isolation: int = UNCOMMITTED
    ) -> AsyncIterator[list[Any]]:
        """The records of a partition from `start` up to, not including, offset `end`, as they come.

        Offsets may be missing in between (compaction, transaction markers).
        """
        async for batches in self._fetcher.batches(tp, start, end, _FETCH_BYTES, isolation):
            if records := _records(tp, batches, start, end):
                yield records

    async def one(self, tp: TopicPartition, offset: int) -> Any | None:
        """The record at `offset`, or None when it is not there."""
        async for batches in self._fetcher.batches(tp, offset, offset + 1, _ONE):
            return next(iter(_records(tp, batches, offset, offset + 1)), None)
        return None

    async def to_the_end(
        self, tp: TopicPartition, spans: Callable[[int, int], None] = lambda start, end: None
    ) -> AsyncIterator[list[Batch]]:
        """Everything of a partition until its end, asked for again after the last record, no longer moves (rule 6).

        Batches, for the reader who must be fast; one that lies across such an end comes twice. `spans` hears from
        which offset to which will be read next.
        """
        begins, ends = await self.bounds([tp])
        start, end = begins[tp], ends[tp]
        while start < end:
            spans(start, end)
            async for batches in self._fetcher.batches(tp, start, end, _FETCH_BYTES):
                yield batches
            start = end
            end = (await self.ends([tp]))[tp]


def _records(tp: TopicPartition, batches: Iterable[Batch], start: int, end: int) -> list[Any]:
    """As aiokafka's consumer gives them."""
    topic, number = tp
    return [
        ConsumerRecord(
            topic,
            number,
            record.offset,
            record.timestamp,
            record.timestamp_type,
            record.key,
            record.value,
            record.checksum,
            len(record.key or b""),
            len(record.value or b""),
            tuple(record.headers),
        )
        for batch in batches
        for record in batch
        if start <= record.offset < end
    ]


class InputReader:
    """Gives journaled ranges of the inputs of one partition again, each topic read forward once."""

    def __init__(self, reader: Reader, partition: int, ends: dict[str, int], starts: dict[str, int]) -> None:
        """`starts`, `ends`: by topic, the first and the next offset that will be asked for."""
        self._spans = {
            topic: reader.span(TopicPartition(topic, partition), starts[topic], ends[topic], COMMITTED)
            for topic in starts
        }
        self._buffers: dict[str, list[Any]] = {topic: [] for topic in starts}

    async def range(self, topic: str, first: int, last: int) -> list[Any]:
        """The records of `topic` with offsets `first`..`last`; those before are dropped. Raises Stopped."""
        span = self._spans.get(topic)
        if span is None:
            return []
        buffer = self._buffers[topic]
        while not buffer or buffer[-1].offset < last:
            records = await anext(span, None)
            if records is None:
                break
            buffer.extend(records)
        cut = next((index for index, record in enumerate(buffer) if record.offset > last), len(buffer))
        self._buffers[topic] = buffer[cut:]
        return [record for record in buffer[:cut] if record.offset >= first]
