"""Reads what workers publish and applies it to Redis, from where Redis itself says it is; a loss is read anew."""

import asyncio
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, Final, NamedTuple

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from redis.exceptions import RedisError

from schemas.catalogue import CLIENT_STATUS, POLICIES
from schemas.security import Security
from streams.engine.pacing import pace
from streams.views.client import RedisClient
from streams.views.ending import ended, is_cancelled, stopped
from streams.views.partition_numbers import partition_numbers
from streams.views.projection.entries import entries_of, instant_of
from streams.views.projection.store import Batch, Limits, Store, WrongEpoch
from streams.views.projection.topics import ANSWERS, OTHERS
from streams.views.projection.watching import Watch

log = structlog.get_logger(__name__)

_POLL_MS: Final = 200
_POLL_BEHIND_MS: Final = 20
_RECORDS_MAX: Final = 2_000  # of one step: Redis applies it while the next is decoded, which takes about as long
_FETCH_BYTES: Final = 4 << 20
_AT_ONCE_MAX: Final = 2
_BATCH_RECORDS: Final = 200  # some milliseconds of Redis's time, which others wait for
_WAIT_MIN_S: Final = 0.1
_WAIT_MAX_S: Final = 5.0


class ProjectorSettings(NamedTuple):
    """What a projector needs to know."""

    bootstrap: list[str]
    group: str = "stoplist"
    """The workers' consumer group."""
    session_timeout_ms: int = 10_000
    """The workers': so long a dead one may still be believed alive."""
    watch_ms: int = 2_000
    """Time between two looks at how far the workers are."""
    limits: Limits = Limits()
    security: Security = Security()
    """How the brokers are talked to."""


class Recreated(Exception):
    """A topic ends before what was applied: it was deleted and made anew."""


class Projector:
    """Keeps the read model, until cancelled.

    `on_progress(applied, total)` is called while a projection from nothing reads what there is; total is 0 when it is
    done.
    """

    def __init__(
        self, redis: RedisClient, settings: ProjectorSettings, on_progress: Callable[[int, int], None] | None = None
    ) -> None:
        self.settings = settings
        self.store = Store(redis, settings.limits)
        self.applied: dict[tuple[str, int], int] = {}
        """Next offsets, of what Redis has acknowledged."""
        self.watch: Watch | None = None
        self.caught_up = asyncio.Event()
        """Set while everything that lay there at the start is applied."""
        self.ends: dict[tuple[str, int], int] = {}
        """How long the partitions are, as far as the broker has told."""
        self.progress = 0.0
        """How much of what lay there at the start is applied: 1 while the projector follows."""
        self.on_applied: Callable[[str, int], None] = lambda topic, records: None
        self._on_progress = on_progress or (lambda applied, total: None)

    async def run(self) -> None:
        """Until cancelled: what fails is tried again, after a wait that grows to five seconds."""
        wait_s = _WAIT_MIN_S
        while True:
            before = sum(self.applied.values())
            try:
                await self._project()
            except WrongEpoch:
                log.warning("read_model_lost", reason="Redis was emptied: it is filled from the beginning")
            except (RedisError, KafkaError, OSError, Recreated) as error:
                log.warning("projection_interrupted", reason=f"{type(error).__name__}: {error}", wait_seconds=wait_s)
            except asyncio.CancelledError:
                if is_cancelled():
                    raise
                log.warning("projection_interrupted", reason="the client of Kafka gave up", wait_seconds=wait_s)
            self.caught_up.clear()
            self.progress = 0.0
            await asyncio.sleep(wait_s)
            wait_s = _WAIT_MIN_S if sum(self.applied.values()) > before else min(2 * wait_s, _WAIT_MAX_S)

    async def _project(self) -> None:
        """From where Redis is until something fails."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.bootstrap,
            client_id="stoplist-projector",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            max_partition_fetch_bytes=_FETCH_BYTES,
            **self.settings.security.client_settings(),
        )
        try:
            await pace(consumer).start()
            count, places = await _places(self.settings)
            reading = await self._begin(consumer, count, places)
            self.watch = watch = Watch(
                self.store, count, self.settings.group, self.settings.session_timeout_ms, lambda: self.applied
            )
            await _first_to_fail(
                self._read(consumer, reading),
                watch.run(self.settings.bootstrap, self.settings.watch_ms, self.settings.security),
            )
        finally:
            await stopped(consumer)

    async def _begin(self, consumer: AIOKafkaConsumer, count: int, places: list[TopicPartition]) -> "_Reading":
        known = await self.store.begin(count)
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        begins = await consumer.beginning_offsets(places)
        for place in places:
            if known.get(tuple(place), 0) > ends[place]:
                await self.store.clear()
                raise Recreated(f"{place.topic}/{place.partition} ends before what was applied of it")
            consumer.seek(place, max(known.get(tuple(place), 0), begins[place]))
        self.applied = {tuple(place): await consumer.position(place) for place in places}
        first = {place for place in places if place.topic in ANSWERS and self.applied[tuple(place)] < ends[place]}
        if any(tuple(place) not in known for place in first):
            consumer.pause(*(place for place in places if place.topic not in ANSWERS))
        log.info("projection_begins", anew=not known, records=sum(ends.values()) - sum(self.applied.values()))
        return _Reading(ends, known, dict(self.applied), dict(known))

    async def _read(self, consumer: AIOKafkaConsumer, reading: "_Reading") -> None:
        """Decode fetches while Redis applies those before: one at work, one that lies ready for it."""
        applying: deque[asyncio.Task[None]] = deque()
        try:
            while True:
                poll_ms = _POLL_MS if self.caught_up.is_set() else _POLL_BEHIND_MS
                fetched = await consumer.getmany(timeout_ms=poll_ms, max_records=_RECORDS_MAX)
                for place in consumer.assignment():
                    self.ends[tuple(place)] = consumer.highwater(place) or reading.ends[place]
                batches: list[Batch] = []
                for batch in reading.batches(fetched):
                    batches.append(batch)
                    await asyncio.sleep(0)  # a fetch that lay ready let nobody else run: what is to go to Redis goes
                if batches:
                    applying.append(asyncio.create_task(self._apply(batches)))
                while len(applying) > _AT_ONCE_MAX or (applying and (applying[0].done() or not batches)):
                    await applying.popleft()
                if not self.caught_up.is_set():
                    self._look_back(consumer, reading)
        finally:
            for task in applying:
                task.cancel()
            await asyncio.gather(*applying, return_exceptions=True)

    async def _apply(self, batches: list[Batch]) -> None:
        await self.store.apply(batches)
        for batch in batches:
            place = (batch.topic, batch.partition)
            self.on_applied(batch.topic, batch.next_offset - max(batch.follows, self.applied.get(place, 0)))
            self.applied[place] = batch.next_offset

    def _look_back(self, consumer: AIOKafkaConsumer, reading: "_Reading") -> None:
        """Tell the progress, and go on to the other topics when the first are read."""
        behind = reading.behind(self.applied)
        if consumer.paused() and not any(place.topic in ANSWERS for place in behind):
            consumer.resume(*consumer.paused())
        if behind:
            applied, total = reading.count(self.applied), reading.total
            self.progress = applied / total
            self._on_progress(applied, total)
        else:
            self.progress = 1.0
            self.caught_up.set()
            log.info("projection_caught_up", records=reading.total)
            self._on_progress(reading.total, 0)


class _Reading(NamedTuple):
    """What lay there at the start: how far it went, and what was applied before."""

    ends: dict[TopicPartition, int]
    known: Mapping[tuple[str, int], int]
    start: Mapping[tuple[str, int], int]
    decoded: dict[tuple[str, int], int]
    """The next offset after what was last made a batch of."""

    @property
    def total(self) -> int:
        """Records between start and end; those compaction removed count as well."""
        return sum(max(0, end - self.start[tuple(place)]) for place, end in self.ends.items())

    def count(self, applied: Mapping[tuple[str, int], int]) -> int:
        """How many of them are applied."""
        return sum(
            max(0, min(applied[tuple(place)], end) - self.start[tuple(place)]) for place, end in self.ends.items()
        )

    def behind(self, applied: Mapping[tuple[str, int], int]) -> list[TopicPartition]:
        """Where something is left of what lay there."""
        return [place for place, end in self.ends.items() if applied[tuple(place)] < end]

    def batches(self, fetched: Mapping[TopicPartition, list[Any]]) -> Iterator[Batch]:
        """Slices of a fetch. What a projection from nothing reads of the past is no news to live pages."""
        for place, records in fetched.items():
            old = 0
            if tuple(place) not in self.known:
                old = bisect_left(records, self.ends[place], key=lambda record: record.offset)
            for part, live in ((records[:old], False), (records[old:], True)):
                for start in range(0, len(part), _BATCH_RECORDS):
                    piece = part[start : start + _BATCH_RECORDS]
                    last = piece[-1]
                    made = entries_of(place.topic, piece)
                    instant = instant_of(place.topic, last.value)
                    follows = self.decoded.get(tuple(place), 0)
                    self.decoded[tuple(place)] = last.offset + 1
                    yield Batch(place.topic, place.partition, last.offset + 1, live, made, instant, follows)


async def _places(settings: ProjectorSettings) -> tuple[int, list[TopicPartition]]:
    """How many partitions there are, and those to read: of the policies, which are the same everywhere, one."""
    numbers = await partition_numbers(settings.bootstrap, settings.security, (*ANSWERS, *OTHERS))
    numbers[POLICIES] = numbers[POLICIES][:1]
    return len(numbers[CLIENT_STATUS]), [
        TopicPartition(topic, one) for topic, found in numbers.items() for one in found
    ]


async def _first_to_fail(*endless: Coroutine[Any, Any, None]) -> None:
    """Run them side by side; the first that fails ends the others and is raised."""
    tasks = [asyncio.create_task(one) for one in endless]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
    finally:
        await ended(tasks)
