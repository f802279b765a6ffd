"""Tells open pages which clients changed, also when nothing about them was decided: a payment moves sums alone."""

import asyncio
from typing import Final

import structlog
from redis.exceptions import RedisError

from streams.views import names
from streams.views.client import RedisClient
from streams.views.serving.events import Events

log = structlog.get_logger(__name__)

_EVERY_S: Final = 0.3
_NAMED_MAX: Final = 100


class Changes:
    """Looks several times a second while somebody listens; `run` until cancelled."""

    def __init__(self, redis: RedisClient, events: Events) -> None:
        self._redis = redis
        self._events = events
        self._number: int | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._look()
            except (RedisError, OSError):
                self._number = None  # who comes back loads everything again
            except Exception:
                log.exception("changes_not_read")
            await asyncio.sleep(_EVERY_S)

    async def _look(self) -> None:
        last = int(await self._redis.get(names.CHANGED_LAST) or 0)
        before, self._number = self._number, last
        if before is None or before == last or not self._events.open_streams:
            return
        if before > last:  # filled anew
            self._events.changed(None)
            return
        found = await self._redis.zrangebyscore(names.CHANGED, f"({before}", last, start=0, num=_NAMED_MAX + 1)
        if len(found) > _NAMED_MAX:
            self._events.changed(None)
            return
        for client_id in found:
            self._events.changed(client_id.decode())
