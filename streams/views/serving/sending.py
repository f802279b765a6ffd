"""Sends events to Kafka, each idempotency key once: the same bytes after a failure, the same answer afterwards."""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.canonical import canonical_json
from schemas.catalogue import TOPIC_OF_TYPE
from schemas.security import Security
from streams.views import names
from streams.views.client import RedisClient
from streams.views.serving.composing import Event
from streams.views.serving.login import Who
from streams.views.serving.problems import Problem

_KEPT_SECONDS: Final = 24 * 3600
_BUSY_SECONDS: Final = 30
_ACKNOWLEDGED_SECONDS: Final = 10
_POLL_S: Final = 0.05


class Sent(msgspec.Struct):
    """Where Kafka has it."""

    id: str
    type: str
    client_id: str
    topic: str
    partition: int
    offset: int
    decision: msgspec.Raw | None = None
    repeated: bool = False


class _Kept(msgspec.Struct):
    """Of one idempotency key: what was asked, what is sent for it, and the answer once there is one."""

    request: str
    event: tuple[str, str, str, bytes]
    sent: Sent | None = None


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Kept).decode


class Sender:
    """Sends for all calls with one producer, made when the first event is sent."""

    def __init__(
        self, redis: RedisClient, bootstrap: list[str], timestamp: Callable[[], int | None], security: Security
    ) -> None:
        self._redis = redis
        self._bootstrap = bootstrap
        self._timestamp = timestamp
        self._security = security
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def send(self, who: Who, key: str, kind: str, body: dict[str, Any], make: Callable[[], Event]) -> Sent:
        """Send what `make` gives, or what the key stands for already. Raises Problem, RedisError."""
        place = names.IDEMPOTENCY + hashlib.sha256(f"{who.name}\0{key}".encode()).hexdigest()
        request = hashlib.sha256(kind.encode() + canonical_json(body)).hexdigest()
        kept = await self._kept(place, request, make)
        if kept.request != request:
            raise Problem("idempotency-mismatch", "The Idempotency-Key was used for something else; take a new one.")
        if kept.sent is not None:
            kept.sent.repeated = True
            return kept.sent
        busy = f"{place}:busy"
        if not await self._redis.set(busy, 1, nx=True, ex=_BUSY_SECONDS):
            raise Problem("idempotency-conflict", "Try again in a moment.", retry_after_seconds=1)
        try:
            kept.sent = await self._acknowledged(Event(*kept.event))
            await self._redis.set(place, _encode(kept), ex=_KEPT_SECONDS)
            return kept.sent
        finally:
            await self._redis.delete(busy)

    async def _kept(self, place: str, request: str, make: Callable[[], Event]) -> _Kept:
        found = await self._redis.get(place)
        if found is None:
            made = _Kept(request, _parts(make()))
            if await self._redis.set(place, _encode(made), nx=True, ex=_KEPT_SECONDS):
                return made
            found = await self._redis.get(place)
        return _decode(found)

    async def _acknowledged(self, event: Event) -> Sent:
        topic = TOPIC_OF_TYPE[event.type]
        try:
            async with asyncio.timeout(_ACKNOWLEDGED_SECONDS):
                producer = await self._started()
                key, at = event.client_id.encode(), self._timestamp()
                taken = await asyncio.shield(await producer.send(topic, event.value, key, timestamp_ms=at))
        except (KafkaError, OSError, TimeoutError):
            detail = "Kafka did not take it in time; send the same again with the same Idempotency-Key."
            raise Problem("unavailable", detail, retry_after_seconds=5) from None
        return Sent(event.id, event.type, event.client_id, topic, taken.partition, taken.offset)

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._bootstrap,
                    client_id="stoplist-http",
                    acks="all",
                    enable_idempotence=True,
                    **self._security.client_settings(),
                )
                try:
                    await producer.start()
                except BaseException:
                    with suppress(Exception):
                        await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def decision(self, sent: Sent, shipment_id: str, seconds: float) -> msgspec.Raw | None:
        """The answer to a request that was sent, once the read model has it; None: not in time."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while True:
            found = await self._redis.get(f"{names.SHIPMENT}{sent.client_id}\0{shipment_id}")
            if found is not None and _answers(found, sent):
                return msgspec.Raw(found)
            if loop.time() >= until:
                return None
            await asyncio.sleep(_POLL_S)

    async def close(self) -> None:
        """Send what is on its way."""
        if self._producer is not None:
            await self._producer.stop()


def _parts(event: Event) -> tuple[str, str, str, bytes]:
    return event.id, event.type, event.client_id, event.value


class _Cause(msgspec.Struct):
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None


class _Decision(msgspec.Struct):
    cause: _Cause


_decision: Final = msgspec.json.Decoder(_Decision).decode


def _answers(event: bytes, sent: Sent) -> bool:
    cause = _decision(event).cause
    return (cause.topic, cause.partition, cause.offset) == (sent.topic, sent.partition, sent.offset)
