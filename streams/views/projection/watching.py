"""Asks the broker every few seconds how far the workers are, and writes `stoplist:alive:<partition>`."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from schemas.catalogue import JOURNAL
from schemas.security import Security
from streams.engine.pacing import pace
from streams.views import alive
from streams.views.ending import stopped
from streams.views.projection.freshness import Offsets, Partition
from streams.views.projection.owners import Journals, committed_offsets, owned_partitions
from streams.views.projection.store import Store
from streams.views.projection.topics import ANSWERS, FOLDED

log = structlog.get_logger(__name__)

_JOURNAL_POLL_MS: Final = 100
_JOURNAL_POLLS_MAX: Final = 50


class Watch:
    """Watches all partitions; `positions` tells what the projector has applied."""

    def __init__(
        self, store: Store, partitions: int, group: str, session_timeout_ms: int, positions: Callable[[], Offsets]
    ) -> None:
        self._store = store
        self._group = group
        self._session_timeout_ms = session_timeout_ms
        self._positions = positions
        self._journals = Journals()
        self._read: set[TopicPartition] = set()
        self.partitions = [Partition(number) for number in range(partitions)]

    async def run(self, bootstrap: list[str], every_ms: int, security: Security) -> None:
        """Until cancelled: what fails in Kafka is tried again, and meanwhile what is known grows old. Raises
        WrongEpoch, RedisError."""
        said = ""
        while True:
            try:
                await self._run(bootstrap, every_ms, security)
            except (KafkaError, OSError) as error:
                if said != (said := f"{type(error).__name__}: {error}"):
                    log.warning("workers_not_seen", reason=said)
            await asyncio.sleep(every_ms / 1000)

    async def _run(self, bootstrap: list[str], every_ms: int, security: Security) -> None:
        secured = security.client_settings()
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, client_id="stoplist-projector-admin", **secured)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            client_id="stoplist-projector-watch",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            **secured,
        )
        try:
            await admin.start()
            await pace(consumer).start()
            consumer.assign(self._of([JOURNAL]))
            while True:
                await self._look(admin, consumer)
                await asyncio.sleep(every_ms / 1000)
        finally:
            await stopped(consumer)
            await admin.close()

    def _of(self, topics: Iterable[str]) -> list[TopicPartition]:
        return [TopicPartition(topic, one) for topic in topics for one in range(len(self.partitions))]

    async def _look(self, admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer) -> None:
        at = int(time.time() * 1000)
        ends = await consumer.end_offsets(self._of([*FOLDED, JOURNAL]))
        owned = await owned_partitions(admin, self._group)
        published = await committed_offsets(admin, self._group)
        await self._read_journals(consumer, ends)
        for place, offset in self._journals.published.items():
            published[place] = max(published.get(place, 0), offset)
        inputs = {(tp.topic, tp.partition): end for tp, end in ends.items() if tp.topic != JOURNAL}
        outputs = {tuple(tp): end for tp, end in (await consumer.end_offsets(self._of(ANSWERS))).items()}
        told: dict[int, bytes] = {}
        for number, partition in enumerate(self.partitions):
            if number in owned:
                partition.alive_at = at - self._session_timeout_ms
            partition.asked(at, inputs)
            partition.published(published, outputs)
            partition.applied(self._positions())
            known = partition.told()
            if known is not None:
                told[number] = alive.encode(known)
        await self._store.tell(told)

    async def _read_journals(self, consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> None:
        """Read on to the ends, as far as that is quickly done: what is not read yet only makes us careful."""
        for _ in range(_JOURNAL_POLLS_MAX):
            behind = [tp for tp, end in ends.items() if tp.topic == JOURNAL and await consumer.position(tp) < end]
            if not behind:
                return
            for tp, records in (await consumer.getmany(timeout_ms=_JOURNAL_POLL_MS)).items():
                self._journals.saw(tp.partition, records)
