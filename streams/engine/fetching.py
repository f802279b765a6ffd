"""Fetches record batches from their leaders, below aiokafka's consumer: for whoever reads known ranges, and much.

The consumer makes eleven fields of every record, holds a question about offsets back until the fetch it sent ahead has
returned, and waits a tenth of a second for the metadata of each topic it meets: a recovery needs none of that.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaClient, TopicPartition
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.record.memory_records import MemoryRecords

from streams.engine.failures import Stopped
from streams.engine.settings import EngineSettings

Offsets = dict[TopicPartition, int]
Batch = Any
"""A record batch of aiokafka: iterated once, it gives records with offset, timestamp, key, value and headers."""

EARLIEST: Final = -2
LATEST: Final = -1

UNCOMMITTED: Final = 0
"""Everything there is; for topics that only workers write."""
COMMITTED: Final = 1
"""What aborted transactions wrote is left out, and the end is where the first open transaction begins: for inputs."""

_CONSUMER: Final = -1
_WAIT_MS: Final = 50
"""How long the broker holds a fetch that finds nothing: what is asked for is there, unless compaction took it."""
_STALLED_S: Final = 60.0
_RACKS_SINCE: Final = 11
"""From this version of an answer on a preferred replica stands between aborted transactions and records."""
_ABORTED_AT: Final = 3
_AGAIN_S: Final = 0.05
_KEPT_BYTES: Final = 31 << 20
"""Below the largest block that glibc ever takes from its own heap."""


class _Fetched(NamedTuple):
    """What one fetch brought."""

    batches: list[Batch]
    next: int
    """The offset after the last of them; batches that were left out count."""


class Fetcher:
    """One connection to each broker, used by one task at a time."""

    def __init__(self, settings: EngineSettings) -> None:
        self._client = AIOKafkaClient(
            bootstrap_servers=list(settings.bootstrap_servers),
            client_id=f"{settings.client_id}-recovery",
            request_timeout_ms=settings.request_timeout_ms,
            **settings.security.client_settings(),
        )
        self._topics: set[str] = set()
        self._ahead: set[asyncio.Task[_Fetched]] = set()

    async def start(self) -> None:
        """Connect. Raises aiokafka's KafkaConnectionError."""
        # glibc's malloc learns from the largest block that was ever freed not to give blocks up to that size back to
        # the kernel; else every answer is new memory, page by page: a fifth of a recovery. The block is never touched:
        # bytes are zero as the kernel gives them, a bytearray would be filled, 20 ms for each partition taken.
        bytes(_KEPT_BYTES)
        await self._client.bootstrap()

    async def stop(self) -> None:
        """Disconnect; what was sent ahead is forgotten."""
        for task in self._ahead:
            task.cancel()
        await self._client.close()

    async def offsets(self, tps: Sequence[TopicPartition], which: int, isolation: int = UNCOMMITTED) -> Offsets:
        """The first offset still there (`EARLIEST`), or the next to be written (`LATEST`), of each partition.

        Raises Stopped when nobody answers, or the answer is no.
        """
        found: Offsets = {}

        async def ask(node: int, of_node: list[TopicPartition]) -> None:
            topics = [(topic, [(number, which) for number in numbers]) for topic, numbers in _by_topic(of_node)]
            answer = await self._client.send(node, OffsetRequest(_CONSUMER, isolation, topics))
            for topic, partitions in answer.topics:
                for number, code, _, offset, *_ in partitions:
                    if _answered(code):
                        found[TopicPartition(topic, number)] = offset

        await self._until(lambda: [tp for tp in tps if tp not in found], ask, "asking for the offsets of")
        return found

    async def batches(
        self, tp: TopicPartition, start: int, end: int, bytes_max: int, isolation: int = UNCOMMITTED
    ) -> AsyncIterator[list[Batch]]:
        """The batches that hold the offsets from `start` up to `end`, a fetch's at a time, while the next is fetched.

        The first and the last may hold other offsets as well. Raises like `offsets`.
        """
        ahead = self._send_ahead(tp, start, bytes_max, isolation) if start < end else None
        try:
            while ahead is not None:
                batches, start = await ahead
                ahead = self._send_ahead(tp, start, bytes_max, isolation) if start < end else None
                yield batches
        finally:
            if ahead is not None:
                ahead.cancel()

    def _send_ahead(self, tp: TopicPartition, start: int, bytes_max: int, isolation: int) -> asyncio.Task[_Fetched]:
        task = asyncio.ensure_future(self._fetch(tp, start, bytes_max, isolation))
        self._ahead.add(task)
        task.add_done_callback(self._ahead.discard)
        return task

    async def _fetch(self, tp: TopicPartition, start: int, bytes_max: int, isolation: int) -> _Fetched:
        """Of at least one batch: a broker sends the first whole, however large."""
        batches: list[Batch] = []
        aborted: list[tuple[int, int]] = []

        async def ask(node: int, _: list[TopicPartition]) -> None:
            topics = [(tp.topic, [(tp.partition, start, bytes_max)])]
            answer = await self._client.send(node, FetchRequest(_WAIT_MS, 1, bytes_max, isolation, topics))
            for _, partitions in answer.topics:
                for _, code, *rest in partitions:
                    if _answered(code):
                        if isolation == COMMITTED:
                            aborted.extend(rest[_ABORTED_AT if answer.API_VERSION >= _RACKS_SINCE else -2] or ())
                        records = MemoryRecords(rest[-1])
                        while records.has_next():
                            batches.append(records.next_batch())

        await self._until(lambda: [] if batches else [tp], ask, f"reading from offset {start} of")
        return _Fetched(_without_aborted(batches, aborted), batches[-1].next_offset)

    async def _until(
        self,
        missing: Callable[[], list[TopicPartition]],
        ask: Callable[[int, list[TopicPartition]], Awaitable[None]],
        doing: str,
    ) -> None:
        """Ask the leaders of what is missing until nothing is. Raises Stopped."""
        loop, last = asyncio.get_running_loop(), "no answer"
        give_up = loop.time() + _STALLED_S
        await self._know(missing())
        while tps := missing():
            for node, of_node in self._by_leader(tps).items():
                try:
                    await ask(node, of_node)
                except KafkaError as error:
                    last = repr(error)
                    if not error.retriable:
                        raise Stopped(f"{doing} {_names(of_node)} failed: {last}") from error
            if tps := missing():
                if loop.time() > give_up:
                    raise Stopped(f"{doing} {_names(tps)} stalled: {last}")
                await asyncio.sleep(_AGAIN_S)
                await self._client.force_metadata_update()

    async def _know(self, tps: Iterable[TopicPartition]) -> None:
        """Ask for the leaders of topics not met before, all at once."""
        topics = {tp.topic for tp in tps}
        if not topics <= self._topics:
            self._topics |= topics
            await self._client.set_topics(self._topics)

    def _by_leader(self, tps: Iterable[TopicPartition]) -> dict[int, list[TopicPartition]]:
        """Those whose leader is known, by leader."""
        grouped: dict[int, list[TopicPartition]] = {}
        for tp in tps:
            node = self._client.cluster.leader_for_partition(tp)
            if node is not None and node >= 0:
                grouped.setdefault(node, []).append(tp)
        return grouped


def _without_aborted(batches: Iterable[Batch], aborted: Iterable[tuple[int, int]]) -> list[Batch]:
    """The batches of records that count. `aborted`: (producer, first offset) of each aborted transaction among them.

    A transaction ends with its producer's next marker, and a producer has one at a time.
    """
    ahead = sorted(aborted, key=lambda transaction: transaction[1], reverse=True)
    ending: set[int] = set()
    counting: list[Batch] = []
    for batch in batches:
        while ahead and ahead[-1][1] <= batch.base_offset:
            ending.add(ahead.pop()[0])
        if batch.is_control_batch:
            ending.discard(batch.producer_id)
        elif not (batch.is_transactional and batch.producer_id in ending):
            counting.append(batch)
    return counting


def _names(tps: Iterable[TopicPartition]) -> str:
    return ", ".join(f"{tp.topic}/{tp.partition}" for tp in tps)


def _by_topic(tps: Iterable[TopicPartition]) -> list[tuple[str, list[int]]]:
    grouped: dict[str, list[int]] = {}
    for tp in tps:
        grouped.setdefault(tp.topic, []).append(tp.partition)
    return list(grouped.items())


def _answered(code: int) -> bool:
    """Whether there is an answer; False where asking again may help. Raises KafkaError."""
    error = for_code(code)
    if code and not error.retriable:
        raise error()
    return not code
