"""Follows what was decided lately: moves between risk groups, and whose shipment an answer was about."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from schemas.catalogue import CATEGORY_CHANGES, SHIPMENT_DECISIONS
from schemas.security import Security
from streams.engine.pacing import pace
from streams.views.desk.moves import Moves
from streams.views.ending import stopped

log = structlog.get_logger(__name__)

TOPICS: Final = (CATEGORY_CHANGES, SHIPMENT_DECISIONS)
_DAYS: Final = 40
_POLL_MS: Final = 200
_RECORDS_MAX: Final = 5_000
_SHIPMENTS_MAX: Final = 200_000
_WAIT_S: Final = 2.0


class _Decision(msgspec.Struct, gc=False):
    client_id: str
    shipment_id: str


_decision: Final = msgspec.json.Decoder(_Decision).decode


class Recent:
    """Read from the topics, forty days back at the start; `run` until cancelled, what fails is tried again.

    `partitions` tells how many the topics have; 0: not known yet.
    """

    def __init__(self, bootstrap: list[str], security: Security, partitions: Callable[[], int]) -> None:
        self._bootstrap = bootstrap
        self._security = security
        self._partitions = partitions
        self.moves = Moves()
        self._client_of_shipment: OrderedDict[str, str] = OrderedDict()

    def client_of(self, shipment_id: str) -> str | None:
        """Whom the last answer about a shipment of this id was for."""
        return self._client_of_shipment.get(shipment_id)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError) as error:
                log.warning("recent_interrupted", reason=f"{type(error).__name__}: {error}")
            await asyncio.sleep(_WAIT_S)

    async def _follow(self) -> None:
        places = [TopicPartition(name, one) for name in TOPICS for one in range(self._partitions())]
        if not places:
            return
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id="stoplist-desk",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            **self._security.client_settings(),
        )
        try:
            await pace(consumer).start()
            consumer.assign(places)
            await self._begin(consumer, places)
            while True:
                for place, records in (await consumer.getmany(timeout_ms=_POLL_MS, max_records=_RECORDS_MAX)).items():
                    for record in records:
                        self._take(place.topic, record.value)
        finally:
            with suppress(KafkaError, OSError):
                await stopped(consumer)

    async def _begin(self, consumer: AIOKafkaConsumer, places: list[TopicPartition]) -> None:
        """A record read before an interruption is passed over by its sequence; the index takes it again."""
        since = int((time.time() - _DAYS * 86_400) * 1000)
        firsts = await consumer.offsets_for_times(dict.fromkeys(places, since))
        ends = await consumer.end_offsets(places)
        for place in places:
            first = firsts.get(place)
            consumer.seek(place, ends[place] if first is None else first.offset)

    def _take(self, topic: str, value: bytes | None) -> None:
        if value is None:
            return
        try:
            if topic == CATEGORY_CHANGES:
                self.moves.take(topic, value)
            else:
                decision = _decision(value)
                self._client_of_shipment[decision.shipment_id] = decision.client_id
                if len(self._client_of_shipment) > _SHIPMENTS_MAX:
                    self._client_of_shipment.popitem(last=False)
        except msgspec.DecodeError as error:  # the projector says so too
            log.warning("recent_not_read", topic=topic, reason=str(error))
