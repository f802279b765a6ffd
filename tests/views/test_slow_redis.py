"""A Redis that does not answer in time: the projector gives up and begins again, nothing is lost, nothing comes twice.

What was sent before it gave up may still be done by Redis later, beside what is sent anew.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Self

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from schemas.catalogue import CLIENT_STATUS, SHIPMENT_BLOCKS, TOPICS
from streams.views import names
from streams.views.projection.projector import Projector, ProjectorSettings
from tests.harness.embedded import Embedded
from tests.harness.records import create_topics, produce
from tests.harness.redis import RedisServer
from tests.harness.waiting import wait_until
from tests.views.outputs import blocked, condition, released, status

pytestmark = pytest.mark.redis
CLIENTS = 400
_TIMEOUT_S = 0.3
"""The projector's patience; `stoplist project` has five seconds."""
_PAUSE_MS = 1_000
_BUSY = "local n = 0 for i = 1, 120000000 do n = n + i end return 1"
"""A second or more; a script that looks at the clock may see one that stands still."""
Slow = Callable[[RedisServer], AbstractContextManager[None]]


@contextmanager
def _again_and_again(server: RedisServer, do: Callable[[Redis], Any]) -> Iterator[None]:
    """Until the block ends: how long it takes what it waits for is not known."""
    done = threading.Event()

    def run() -> None:
        with Redis.from_url(server.url, socket_timeout=60) as redis:
            while not done.is_set():
                do(redis)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        with Redis.from_url(server.url, socket_timeout=0.05) as redis:
            wait_until(lambda: not _answers(redis), "it is slow")
        yield
    finally:
        done.set()
        thread.join(60)


def paused(server: RedisServer) -> AbstractContextManager[None]:
    """Takes commands and does none of them until it goes on."""
    return _again_and_again(server, lambda redis: redis.client_pause(_PAUSE_MS))


def busy(server: RedisServer) -> AbstractContextManager[None]:
    """Scripts of somebody run for seconds."""
    return _again_and_again(server, lambda redis: redis.eval(_BUSY, 0))


def busy_and_saying_so(server: RedisServer) -> AbstractContextManager[None]:
    """The same for long enough that Redis refuses what comes meanwhile, with BUSY."""
    with Redis.from_url(server.url) as redis:
        redis.config_set("busy-reply-threshold", 50)
    return busy(server)


def _answers(redis: Redis) -> bool:
    try:
        return bool(redis.ping())
    except RedisError:
        return False


class Projecting:
    """A projector at work in a thread; `failures` are what it met."""

    def __init__(self, url: str, bootstrap: str) -> None:
        self._url, self._bootstrap = url, bootstrap
        self.failures: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._run()], daemon=True)

    async def _run(self) -> None:
        failures = self.failures

        class Watched(Projector):
            async def _project(self) -> None:
                try:
                    await super()._project()
                except Exception as error:
                    failures.append(f"{type(error).__name__}: {error}")
                    raise

        async with AsyncRedis.from_url(self._url, socket_timeout=_TIMEOUT_S) as client:
            self._task = asyncio.ensure_future(Watched(client, ProjectorSettings([self._bootstrap])).run())
            with suppress(asyncio.CancelledError):
                await self._task

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._task is not None
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(30)


@contextmanager
def _contract() -> Iterator[str]:
    with Embedded() as broker:
        create_topics(broker.bootstrap, [topic.name for topic in TOPICS])
        yield broker.bootstrap


def _send(bootstrap: str, topic: str, *events: dict[str, Any]) -> None:
    produce(bootstrap, topic, [(event["client_id"].encode(), json.dumps(event).encode()) for event in events])


def _ids() -> list[str]:
    return [f"c-{number:03d}" for number in range(CLIENTS)]


@pytest.mark.parametrize("slow", [paused, busy, busy_and_saying_so])
def test_a_slow_redis_costs_time_and_nothing_else(redis_node: RedisServer, slow: Slow) -> None:
    """Blocked at 2, all but every fourth free again at 4: each one's last word stands, its history has each once."""
    free = {client for number, client in enumerate(_ids()) if number % 4}
    with (
        _contract() as bootstrap,
        Redis.from_url(redis_node.url) as redis,
        Projecting(redis_node.url, bootstrap) as projecting,
    ):
        _send(bootstrap, CLIENT_STATUS, *(status(client, 1) for client in _ids()))
        _send(bootstrap, SHIPMENT_BLOCKS, blocked("before", 1, condition("conduct")))
        wait_until(lambda: _applied(redis) == [CLIENTS, 1], "the first records are there")
        assert projecting.failures == []
        with slow(redis_node):
            _send(bootstrap, SHIPMENT_BLOCKS, *(blocked(client, 2, condition("conduct")) for client in _ids()))
            _send(bootstrap, CLIENT_STATUS, *(status(client, 3, blocked=True) for client in _ids()))
            _send(bootstrap, SHIPMENT_BLOCKS, *(released(client, 4) for client in _ids() if client in free))
            wait_until(lambda: bool(projecting.failures), "it gave up waiting")
        _send(bootstrap, CLIENT_STATUS, *(status(client, 5) for client in _ids() if client in free))
        wait_until(lambda: _applied(redis) == [2 * CLIENTS + len(free), 1 + CLIENTS + len(free)], "it caught up")
        assert {client.decode() for client in redis.smembers(names.BLOCKED)} == {"before", *_ids()} - free
        for client in _ids():
            history = [json.loads(item)["event"]["sequence"] for item in redis.zrange(names.HISTORY + client, 0, -1)]
            assert history == ([2, 4] if client in free else [2])
            known = json.loads(redis.hget(names.CLIENT + client, "status") or b"{}")
            assert known["sequence"] == (5 if client in free else 3)
        told = [json.loads(item.partition(b":")[2])["id"] for item in redis.zrange(names.EVENTS, 0, -1)]
        expected = ["before:1", *(f"{client}:2" for client in _ids()), *(f"{client}:4" for client in free)]
        assert sorted(told) == sorted(expected)


def _applied(redis: Redis) -> list[int]:
    """The next offsets of statuses and blocks; none while Redis does not answer."""
    try:
        found = redis.hmget(names.OFFSETS, f"{CLIENT_STATUS}/0", f"{SHIPMENT_BLOCKS}/0")
    except RedisError:
        return []
    return [int(offset or 0) for offset in found]
