"""Server-sent events: one reader of Redis for all open streams, and what a stream missed while it was away."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

import msgspec
import structlog
from redis.exceptions import RedisError

from streams.views import names
from streams.views.client import RedisClient
from streams.views.serving.present import Freshness

log = structlog.get_logger(__name__)

_RESET: Final = "reset"
_EVERY_S: Final = 0.1
_READ_MAX: Final = 1_000
_QUEUE_MAX: Final = 2_000


class Told(NamedTuple):
    """One event of the stream."""

    id: str | None
    event: str
    data: str
    client_id: str | None
    """Whom it is about; None: everybody."""
    number: int = 0


class _About(msgspec.Struct):
    type: str
    client_id: str


_about: Final = msgspec.json.Decoder(_About).decode


class Events:
    """Hands every new event to all open streams."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis
        self._epoch = ""
        self._last = 0
        self._streams: set[asyncio.Queue[Told | None]] = set()
        self._begun = asyncio.Event()

    @property
    def open_streams(self) -> int:
        """How many are open."""
        return len(self._streams)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._read()
                self._begun.set()
            except (RedisError, OSError):
                pass
            except Exception:
                log.exception("events_not_read")
            await asyncio.sleep(_EVERY_S)

    async def _read(self) -> None:
        epoch, last = await self._redis.mget(names.EPOCH, names.EVENTS_LAST)
        name, number = (epoch or b"").decode()[:8], int(last or 0)
        if not self._begun.is_set():  # what happened until now is on the pages that will be opened
            self._epoch, self._last = name, number
        elif name != self._epoch or number < self._last:
            # of another read model nothing was told yet; what it read of the past is not among its events
            self._last = 0 if name != self._epoch else number
            self._epoch = name
            self._hand(self._reset("the read model was filled anew"))
        while self._last < number:
            found = await self._between(self._last, number)
            if not found:  # more came than are kept
                self._last = number
                self._hand(self._reset("more came than is kept"))
            for told in found:
                self._hand(told)
                self._last = told.number

    async def _between(self, after: int, until: int) -> list[Told]:
        found = await self._redis.zrangebyscore(names.EVENTS, f"({after}", until, start=0, num=_READ_MAX)
        return [self._told(member) for member in found]

    def _told(self, member: bytes) -> Told:
        number, _, event = member.partition(b":")
        about = _about(event)
        return Told(f"{self._epoch}-{int(number)}", about.type, event.decode(), about.client_id, int(number))

    def freshness(self, freshness: Freshness, as_json: str) -> None:
        """A partition became fresh or ceased to be."""
        self._hand(Told(None, "freshness", as_json, None))

    def changed(self, client_id: str | None) -> None:
        """What is stored of a client has changed; None: of many."""
        data = msgspec.json.encode({"client_id": client_id}).decode()
        self._hand(Told(None, "client.changed", data, client_id))

    def _hand(self, told: Told) -> None:
        for queue in list(self._streams):
            if queue.full():  # a reader that is too slow is let go; it comes again with its last id
                self._streams.discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(told)

    async def stream(self, last_id: str | None, client_id: str | None) -> AsyncIterator[Told]:
        """Where it begins (an id without an event), then events as they come, after `last_id` where that can be told,
        until the reader is too slow."""
        late = not self._begun.is_set()
        await self._begun.wait()
        queue: asyncio.Queue[Told | None] = asyncio.Queue(_QUEUE_MAX)
        self._streams.add(queue)
        try:
            sent = self._last
            if last_id is None:  # one that is cut off before its first event goes on from here
                yield Told(f"{self._epoch}-{sent}", "", "", None)
                if late:  # it was open before there was anything to go on from
                    yield self._reset("the server has only now begun to read")
            else:
                async for told in self._missed(last_id, sent):
                    if client_id is None or told.client_id in (None, client_id):
                        yield told
            while (told_now := await queue.get()) is not None:
                if told_now.event == _RESET:
                    sent = 0  # events of another read model are counted anew: all that come are news
                news = not told_now.number or told_now.number > sent
                if news and (client_id is None or told_now.client_id in (None, client_id)):
                    yield told_now
        finally:
            self._streams.discard(queue)

    async def _missed(self, last_id: str, until: int) -> AsyncIterator[Told]:
        """What came after `last_id` up to number `until`, or a reset."""
        epoch, _, text = last_id.rpartition("-")
        after = int(text) if text.isdecimal() and len(text) < 16 else -1
        first = await self._redis.zrange(names.EVENTS, 0, 0)
        kept_after = int(first[0].partition(b":")[0]) - 1 if first else until
        before_all = not epoch and after == 0  # of a time when there was no read model yet
        if not (before_all or epoch == self._epoch) or not kept_after <= after <= until:
            yield self._reset("what came since is not kept any more")
            return
        while after < until:
            found = await self._between(after, until)
            if not found:
                return
            for told in found:
                after = told.number
                yield told

    def _reset(self, reason: str) -> Told:
        """Its id is where the stream goes on."""
        return Told(f"{self._epoch}-{self._last}", _RESET, msgspec.json.encode({"reason": reason}).decode(), None)
