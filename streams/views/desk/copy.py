"""Keeps the table in step with Redis: at first everything, then what changed since the last look."""

import asyncio
from typing import Final

from streams.views import names
from streams.views.client import RedisClient
from streams.views.desk.rows import row_of
from streams.views.desk.table import ClientTable

_AT_ONCE: Final = 500


class TableCopy:
    """The table of one server process; `current` before each answer."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis
        self._epoch = b""
        self._number = -1
        self._lock = asyncio.Lock()
        self._table = ClientTable()

    async def current(self) -> ClientTable:
        """The table as Redis is now. Raises RedisError."""
        async with self._lock:
            epoch, last = await self._redis.mget(names.EPOCH, names.CHANGED_LAST)
            number = int(last or 0)
            if epoch != self._epoch or number < self._number:  # Redis was emptied and is filled anew
                self._epoch, self._number, self._table = epoch, -1, ClientTable()
            if number > self._number:
                changed = await self._redis.zrangebyscore(names.CHANGED, f"({self._number}", number)
                for start in range(0, len(changed), _AT_ONCE):
                    await self._read(changed[start : start + _AT_ONCE])
                self._number = number
            return self._table

    async def _read(self, ids: list[bytes]) -> None:
        pipe = self._redis.pipeline(transaction=False)
        for client_id in ids:
            pipe.hmget(names.CLIENT.encode() + client_id, ["status", "block", "name"])
        for client_id, (status, block, name) in zip(ids, await pipe.execute(), strict=True):
            if status is not None:  # a name or a block may come first
                self._table.put(row_of(client_id.decode(), status, block, None if name is None else name.decode()))
