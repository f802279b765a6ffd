"""Reads the read model: clients, lists with pages, histories."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from streams.views import names
from streams.views.client import RedisClient
from streams.views.serving.present import Present
from streams.views.serving.problems import Problem
from streams.views.serving.rows import Row, row_of
from streams.views.serving.together import ReadTogether

_FIELDS: Final = ["status", "block", "name"]
_UNLIMITED: Final = "+inf"
BLOCKED_MAX: Final = 10_000
_DESCENDING: Final = (names.BLOCKED_LIST, names.LARGEST_OVERDUE)


class Page(NamedTuple):
    """Rows, how many there are over all pages (None: not counted), and the cursor of the next page."""

    items: list[Row]
    total: int | None
    next: str | None


class Model:
    """What Redis holds, read for one call at a time. Every method raises RedisError."""

    def __init__(self, redis: RedisClient, present: Present, call_days: int) -> None:
        self._redis = redis
        self._present = present
        self._call_days = call_days
        self._clients = ReadTogether(redis, _FIELDS)

    async def client(self, client_id: str) -> tuple[bytes | None, bytes | None, str | None]:
        """Status, block and name of a client, as published; None what is not there."""
        status, block, name = await self._clients.read(names.CLIENT + client_id)
        return status, block, None if name is None else name.decode()

    async def shipment(self, client_id: str, shipment_id: str) -> bytes | None:
        """The last answer about a shipment."""
        found: bytes | None = await self._redis.get(f"{names.SHIPMENT}{client_id}\0{shipment_id}")
        return found

    async def history(self, client_id: str, before: int | None, limit: int) -> tuple[list[msgspec.Raw], str | None]:
        """Events of a client below a sequence, newest first, and the cursor of those before them."""
        upper = _UNLIMITED if before is None else f"({before}"
        key = names.HISTORY + client_id
        found = await self._redis.zrevrangebyscore(key, upper, 0, start=0, num=limit + 1, withscores=True)
        items = [msgspec.Raw(item) for item, _ in found[:limit]]
        return items, str(int(found[limit - 1][1])) if len(found) > limit else None

    async def page(self, name: str, limit: int, cursor: str | None, days: int | None) -> Page:
        """One page of a worklist, in its order."""
        start = _position(cursor)
        key, (low, high) = names.LIST + name, self._between(name, days)
        total = await self._redis.zcount(key, low, high)
        if name in _DESCENDING:
            ids = await self._redis.zrevrangebyscore(key, high, low, start=start, num=limit)
        else:
            ids = await self._redis.zrangebyscore(key, low, high, start=start, num=limit)
        following = start + len(ids)
        return Page(await self.rows(ids), total, str(following) if ids and following < total else None)

    async def search(self, text: str, limit: int, cursor: str | None) -> Page:
        """Clients whose id, or name from some word on, begins with `text` in any case."""
        start, beginning = _position(cursor), " ".join(text.casefold().split()).encode()
        low, high, key = b"[" + beginning, b"[" + beginning + b"\xff", names.LIST + names.ALL
        by_id = await self._redis.zlexcount(key, low, high)
        found = []
        if start < by_id:
            found = await self._redis.zrangebylex(key, low, high, start=start, num=limit + 1)
        if len(found) <= limit:
            more = {"start": max(0, start - by_id), "num": limit + 1 - len(found)}
            found += await self._redis.zrangebylex(names.SEARCH, low, high, **more)
        ids = [member.rpartition(b"\0")[2] for member in found[:limit]]
        following = str(start + limit) if len(found) > limit else None
        return Page(await self.rows(list(dict.fromkeys(ids))), None, following)

    async def rows(self, ids: Sequence[bytes]) -> list[Row]:
        """The clients of these ids, those left out of which no status is there."""
        pipe = self._redis.pipeline(transaction=False)
        for client_id in ids:
            pipe.hmget(names.CLIENT.encode() + client_id, _FIELDS)
        found = await pipe.execute() if ids else []
        return [row_of(client_id.decode(), *parts) for client_id, parts in zip(ids, found, strict=True) if parts[0]]

    async def counts(self) -> dict[str, Any]:
        """How many clients each list has, and each risk group."""
        lists = (names.ALL, names.BLOCKED_LIST, names.CALLS, names.BLOCKED_TOMORROW, names.LARGEST_OVERDUE)
        pipe = self._redis.pipeline(transaction=False)
        for name in lists:
            pipe.zcount(names.LIST + name, *self._between(name, None))
        groups = [group.group for group in self._present.policy.risk_groups]
        for group in groups:
            pipe.scard(f"{names.RISK_GROUP}{group}")
        found = await pipe.execute()
        named = dict(zip(lists, found, strict=False))
        named["clients"] = named.pop(names.ALL)
        return {**named, "risk_groups": {str(group): found[len(lists) + n] for n, group in enumerate(groups)}}

    def _between(self, name: str, days: int | None) -> tuple[Any, Any]:
        """Lowest and highest score of those that belong to the list now."""
        today = datetime.fromtimestamp(self._present.now / 1000, self._present.zone)
        if name == names.CALLS:
            return "-inf", today.toordinal() + (self._call_days if days is None else days)
        if name == names.BLOCKED_TOMORROW:
            midnight = (today + timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)
            return "-inf", int(midnight.timestamp() * 1000) - 1
        return "-inf", _UNLIMITED


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal() or len(cursor) > 9:
        raise Problem("invalid-request", "cursor: take it from `next` of the page before.", [("cursor", "is none")])
    return int(cursor)
