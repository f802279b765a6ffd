"""Reads of clients that are asked for at the same time go to Redis together.

While one round trip is under way further reads wait for the next, so the busier the server the fewer round trips a read
costs, and an idle one waits for nobody.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from streams.views.client import RedisClient

_TOGETHER_MAX: Final = 256


class ReadTogether:
    """`HMGET key fields` for many callers."""

    def __init__(self, redis: RedisClient, fields: Sequence[str]) -> None:
        self._redis = redis
        self._fields = list(fields)
        self._waiting: list[tuple[str, asyncio.Future[Any]]] = []
        self._reading: asyncio.Task[None] | None = None

    async def read(self, key: str) -> list[bytes | None]:
        """The fields of one hash. Raises RedisError."""
        asked: asyncio.Future[list[bytes | None]] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, asked))
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await asked

    async def _read(self) -> None:
        """Until nobody waits."""
        try:
            while self._waiting:
                now, self._waiting = self._waiting[:_TOGETHER_MAX], self._waiting[_TOGETHER_MAX:]
                try:
                    found = await self._round_trip([key for key, _ in now])
                except BaseException as error:
                    for _, asked in now:
                        if not asked.done():
                            asked.set_exception(error)
                    if not isinstance(error, Exception):
                        raise
                    continue
                for (_, asked), value in zip(now, found, strict=True):
                    if not asked.done():  # its caller may have gone
                        asked.set_result(value)
        finally:
            self._reading = None

    async def _round_trip(self, keys: list[str]) -> list[Any]:
        if len(keys) == 1:
            return [await self._redis.hmget(keys[0], self._fields)]
        pipe = self._redis.pipeline(transaction=False)
        for key in keys:
            pipe.hmget(key, self._fields)
        found: list[Any] = await pipe.execute()
        return found
