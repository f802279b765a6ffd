"""Reads topics by assignment, outside the group: journal, snapshots, and inputs that are folded again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.engine.failures import Stopped
from streams.engine.settings import EngineSettings

Offsets = dict[TopicPartition, int]

_POLL_MS = 200
_STALLED_S = 60.0


class Reader:
    """One consumer without a group, used by one task at a time."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self.consumer = AIOKafkaConsumer(
            bootstrap_servers=list(settings.bootstrap_servers),
            client_id=f"{settings.client_id}-recovery",
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=max(8 << 20, settings.fetch_bytes_max),
            fetch_max_wait_ms=50,
            check_crcs=False,
            request_timeout_ms=settings.request_timeout_ms,
        )

    async def __aenter__(self) -> "Reader":
        await self.consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.consumer.stop()

    async def bounds(self, tps: Sequence[TopicPartition]) -> tuple[Offsets, Offsets]:
        """The first offset still there and the next one to be written, of each partition."""
        begins = await self.consumer.beginning_offsets(tps)
        ends = await self.consumer.end_offsets(tps)
        return begins, ends

    async def span(self, tp: TopicPartition, start: int, end: int) -> AsyncIterator[list[Any]]:
        """The records of a partition from `start` up to, not including, offset `end`, as they come.

        Offsets may be missing in between (compaction, transaction markers).
        """
        if start >= end:
            return
        self.consumer.assign([tp])
        self.consumer.seek(tp, start)
        async for records in self._until(tp, end):
            yield records

    async def _until(self, tp: TopicPartition, end: int) -> AsyncIterator[list[Any]]:
        consumer, loop = self.consumer, asyncio.get_running_loop()
        progress = loop.time()
        while True:
            fetched = await consumer.getmany(tp, timeout_ms=_POLL_MS)
            records = fetched.get(tp, [])
            if records:
                progress = loop.time()
                if records[-1].offset >= end:
                    records = [record for record in records if record.offset < end]
                if records:
                    yield records
            if await consumer.position(tp) >= end:
                return
            if loop.time() - progress > _STALLED_S:
                raise Stopped(f"reading {tp.topic}/{tp.partition} stalled before offset {end}")

    async def to_the_end(self, tp: TopicPartition) -> AsyncIterator[list[Any]]:
        """Everything of a partition until its end, asked for again after the last record, no longer moves (rule 6)."""
        begins, ends = await self.bounds([tp])
        start, end = begins[tp], ends[tp]
        while start < end:
            async for records in self.span(tp, start, end):
                yield records
            start = end
            end = (await self.consumer.end_offsets([tp]))[tp]


class InputReader:
    """Gives journaled ranges of the inputs of one partition again, each topic read forward once."""

    def __init__(self, reader: Reader, partition: int, ends: dict[str, int], starts: dict[str, int]) -> None:
        """`starts`, `ends`: by topic, the first and the next offset that will be asked for."""
        self._consumer = reader.consumer
        self._tps = {topic: TopicPartition(topic, partition) for topic in starts if starts[topic] < ends[topic]}
        self._ends = ends
        self._buffers: dict[str, list[Any]] = {topic: [] for topic in self._tps}
        if self._tps:
            self._consumer.assign(list(self._tps.values()))
        for topic, tp in self._tps.items():
            self._consumer.seek(tp, starts[topic])

    async def range(self, topic: str, first: int, last: int) -> list[Any]:
        """The records of `topic` with offsets `first`..`last`; those before are dropped. Raises Stopped."""
        tp = self._tps.get(topic)
        if tp is None:
            return []
        buffer, loop = self._buffers[topic], asyncio.get_running_loop()
        progress = loop.time()
        while not buffer or buffer[-1].offset < last:
            fetched = await self._consumer.getmany(tp, timeout_ms=_POLL_MS)
            if records := fetched.get(tp, []):
                buffer.extend(records)
                progress = loop.time()
            elif await self._consumer.position(tp) > last:
                break
            elif loop.time() - progress > _STALLED_S:
                raise Stopped(f"reading {topic}/{tp.partition} stalled before offset {last}")
        cut = next((index for index, record in enumerate(buffer) if record.offset > last), len(buffer))
        self._buffers[topic] = buffer[cut:]
        return [record for record in buffer[:cut] if record.offset >= first]
