"""Writes to Redis, each call a script that applies all of a batch or nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import uuid4

import msgspec
from redis.exceptions import ResponseError

from streams.views import names
from streams.views.client import RedisClient
from streams.views.projection.entries import Entry
from streams.views.projection.line import Line
from streams.views.projection.script import ALIVE, APPLY, WRONG_EPOCH

_SCAN_COUNT: Final = 1_000
_KEPT: Final = (names.SESSION.encode(), names.LOGIN_ONCE.encode(), names.IDEMPOTENCY.encode())
_encode: Final = msgspec.msgpack.Encoder().encode


class WrongEpoch(Exception):
    """Redis was emptied or filled anew since `begin`: what was applied before is not there any more."""


class Batch(NamedTuple):
    """Records of one partition, one after the other."""

    topic: str
    partition: int
    next_offset: int
    """After the last of them."""
    live: bool
    """Whether live pages are told: not what a projection from nothing reads of the past."""
    entries: list[Entry]
    instant: int
    """When the last one took effect; 0: unknown."""
    follows: int = 0
    """The next offset after the batch that must be applied before; 0: none must."""


class Limits(NamedTuple):
    """How much is kept."""

    history_max: int = 200
    """Events of one client."""
    events_max: int = 10_000
    """Of all clients, for live pages that come back."""
    shipment_seconds: int = 30 * 24 * 3600
    """How long the answer about a shipment is kept."""


class Store:
    """The read model of one beginning; `begin` first, and again after WrongEpoch."""

    def __init__(self, redis: RedisClient, limits: Limits | None = None) -> None:
        self.redis = redis
        self._limits = limits or Limits()
        self._line = Line(redis)
        self._epoch = b""

    async def begin(self, partitions: int) -> dict[tuple[str, int], int]:
        """Where to go on, by topic and partition; empty: Redis holds nothing, read everything from the beginning."""
        await self.redis.set(names.EPOCH, uuid4().hex, nx=True)
        self._epoch = await self.redis.get(names.EPOCH)
        await self.redis.set(names.PARTITIONS, partitions)
        found: dict[tuple[str, int], int] = {}
        for field, offset in (await self.redis.hgetall(names.OFFSETS)).items():
            topic, _, number = field.decode().rpartition("/")
            found[topic, int(number)] = int(offset)
        return found

    async def apply(self, batches: Sequence[Batch]) -> int:
        """Apply them; returns how many records were news. A second call may begin before the first has ended: Redis
        takes them in the order of the calls. Raises WrongEpoch, RedisError."""
        # the script itself and not its digest: asked to send it anew, it would come after what was sent meanwhile
        try:
            return sum(await self._line.ask([("EVAL", APPLY, 0, *self._arguments(batch)) for batch in batches]))
        except ResponseError as error:
            if WRONG_EPOCH in str(error):
                raise WrongEpoch from None
            raise

    async def tell(self, alive_by_partition: Mapping[int, bytes]) -> None:
        """Write how far partitions can be trusted, and notice an emptied Redis while nothing else is written. Raises
        WrongEpoch, RedisError."""
        parts = [part for pair in alive_by_partition.items() for part in pair]
        try:
            await self.redis.eval(ALIVE, 0, self._epoch, *parts)
        except ResponseError as error:
            if WRONG_EPOCH in str(error):
                raise WrongEpoch from None
            raise

    def _arguments(self, batch: Batch) -> list[Any]:
        place = f"{batch.topic}/{batch.partition}"
        about = [entry.about for entry in batch.entries]
        packed = _encode([batch.topic, place, batch.next_offset, batch.live, about, batch.instant, batch.follows])
        return [self._epoch, *self._limits, packed, *(entry.event for entry in batch.entries)]

    async def clear(self) -> None:
        """Remove the read model, sessions and idempotency keys left alone; a projection from nothing follows."""
        await self.redis.delete(names.EPOCH)
        async for key in self.redis.scan_iter(f"{names.PREFIX}*", _SCAN_COUNT):
            if not key.startswith(_KEPT):
                await self.redis.unlink(key)
