"""Reads what is published and offers it to every endpoint that asked for it."""

import asyncio
import signal
from contextlib import AsyncExitStack, suppress
from typing import Any, Final

import httpx
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CommitFailedError, KafkaError

from schemas.envelope import SequenceFilter
from streams.cli.failure import Failure
from streams.cli.notify.calling import Caller
from streams.cli.notify.config import NotifyConfig
from streams.cli.notify.endpoint import Endpoint
from streams.cli.notify.events import published
from streams.cli.notify.offsets import Offsets
from streams.cli.notify.parked import Parked
from streams.cli.reaching import addresses
from streams.cli.security import client_settings
from streams.engine.pacing import pace
from streams.views.ending import ended, stopped

log = structlog.get_logger(__name__)
UNDER_WAY_MAX: Final = 5_000
"""Records that some endpoint has not settled; reading waits when there are more."""
_POLL_MS: Final = 200


class Following(ConsumerRebalanceListener):  # type: ignore[misc]
    """One run of `stoplist notify`."""

    def __init__(self, bootstrap: str, config: NotifyConfig, secrets: dict[str, bytes], parked: Parked) -> None:
        self._bootstrap = bootstrap
        self._config = config
        self._secrets = secrets
        self._parked = parked
        self._offsets: Offsets[TopicPartition] = Offsets()
        self._fresh = SequenceFilter()
        self._committed: dict[TopicPartition, int] = {}
        self._draining: dict[str, asyncio.Task[None]] = {}
        self._consumer: Any = None

    async def run(self) -> None:
        """Tells until SIGINT or SIGTERM; raises Failure when Kafka cannot be used."""
        end = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, end.set)
        topics = sorted({topic for endpoint in self._config.endpoints.values() for topic in endpoint.topics})
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=addresses(self._bootstrap),
            group_id=self._config.group,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="earliest" if self._config.from_beginning else "latest",
            **client_settings(),
        )
        try:
            await pace(self._consumer).start()
            self._consumer.subscribe(topics, listener=self)
            async with AsyncExitStack() as stack:
                stack.push_async_callback(stopped, self._consumer)
                client = await stack.enter_async_context(httpx.AsyncClient(follow_redirects=False, trust_env=False))
                await self._tell_until(end, self._endpoints(client))
        except KafkaError as error:
            raise Failure(f"the broker at {self._bootstrap} cannot be used ({error}); correct that and again") from None

    def _endpoints(self, client: httpx.AsyncClient) -> list[Endpoint]:
        return [
            Endpoint(name, config, Caller(config, self._secrets[name], client), self._parked, self._config.state.parent)
            for name, config in self._config.endpoints.items()
        ]

    async def _tell_until(self, end: asyncio.Event, endpoints: list[Endpoint]) -> None:
        tasks = [asyncio.create_task(endpoint.run()) for endpoint in endpoints]
        try:
            log.info("notify.started", endpoints=[endpoint.name for endpoint in endpoints])
            while not end.is_set():
                for task in tasks:
                    if task.done():
                        task.result()  # a task that ended had a failure
                await self._read(endpoints)
                self._resume(endpoints)
                await self._commit()
        finally:
            await ended([*tasks, *self._draining.values()])
            with suppress(KafkaError):
                await self._commit()
            log.info("notify.stopped", under_way=self._offsets.under_way)

    async def _read(self, endpoints: list[Endpoint]) -> None:
        if self._offsets.under_way >= UNDER_WAY_MAX:
            await asyncio.sleep(_POLL_MS / 1000)
            return
        found = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=500)
        for partition, records in found.items():
            for record in records:
                self._offer(partition, record, endpoints)

    def _offer(self, partition: TopicPartition, record: Any, endpoints: list[Endpoint]) -> None:
        told = published(record)
        wanted: list[Endpoint] = []
        if told is not None and self._fresh.passes(record.topic, told.event.client_id, told.sequence):
            wanted = [endpoint for endpoint in endpoints if told.is_for(self._config.endpoints[endpoint.name])]
        settled = self._offsets.begin(partition, record.offset, len(wanted))
        for endpoint in wanted:
            assert told is not None
            endpoint.offer(told.event, settled)

    def _resume(self, endpoints: list[Endpoint]) -> None:
        """Endpoints that a person resumed, and those whose resuming was cut off by a restart."""
        parkings = self._parked.parkings()
        for endpoint in endpoints:
            task = self._draining.get(endpoint.name)
            if task is not None and task.done():
                task.result()
                del self._draining[endpoint.name]
            parking = parkings.get(endpoint.name)
            if parking is not None and parking.resumed and endpoint.name not in self._draining and not endpoint.live:
                self._draining[endpoint.name] = asyncio.create_task(endpoint.drain())

    async def _commit(self) -> None:
        settled = {part: at for part, at in self._offsets.settled().items() if self._committed.get(part) != at}
        if settled:
            try:
                await self._consumer.commit(settled)
            except CommitFailedError:
                return  # the partitions are another's by now, who will tell again
            self._committed |= settled

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """What is under way there is settled here, or told again by whoever gets the partition."""
        await self._commit()
        self._offsets.forget(list(revoked))
        for partition in revoked:
            self._committed.pop(partition, None)

    async def on_partitions_assigned(self, assigned: Any) -> None:
        """Begins where the group was; a new group notes at once where it began, so that a crash skips nothing."""
        first = {part: await self._consumer.position(part) for part in assigned
                 if await self._consumer.committed(part) is None}  # fmt: skip
        if first:
            await self._consumer.commit(first)
