"""An HTTP server under test: the application as `stoplist serve` builds it, on a port, before a Redis."""

import asyncio
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import uvicorn
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from schemas.policy_file import default_policy
from streams.views import alive, names
from streams.views.alive import Alive
from streams.views.projection.entries import entries_of
from streams.views.projection.store import Batch, Store
from streams.views.serving import tokens
from streams.views.serving.app import build
from streams.views.serving.roles import MAY
from streams.views.serving.settings import ServerSettings
from tests.harness.ports import LOOPBACK, free_port
from tests.harness.waiting import wait_until
from tests.views.outputs import record

NOBODY = "127.0.0.1:1"
"""A broker that is not there."""


class Site:
    """`with Site(url, folder) as site:`; `site.clients["manager"]` calls as one. Redis is emptied before and after."""

    def __init__(self, url: str, folder: Path, bootstrap: str = NOBODY, **settings: Any) -> None:
        self.redis = Redis.from_url(url)
        self.port = free_port()
        self.bootstrap = bootstrap
        self.file = folder / "tokens.json"
        made = {role: tokens.new(f"a-{role}", (role,), None) for role in MAY}
        self.secrets = {role: secret for role, (secret, _) in made.items()}
        tokens.write(self.file, [token for _, token in made.values()])
        self.clients = {role: self.client(secret) for role, secret in self.secrets.items()}
        self.anybody = self.client(None)
        self._offset = 0
        self._settings = ServerSettings([bootstrap], self.file, default_policy())._replace(**settings)
        self._url = url
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def client(self, secret: str | None) -> httpx.Client:
        """One that sends this token."""
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        return httpx.Client(base_url=f"http://{LOOPBACK}:{self.port}", headers=headers, timeout=30)

    def put(self, topic: str, *events: dict[str, Any], live: bool = True) -> None:
        """Apply events, as the projector does."""
        made = entries_of(topic, [record(event, topic, self._offset + number) for number, event in enumerate(events)])
        self._offset += len(events)
        batch = Batch(topic, 0, self._offset, live, made, 0)

        async def act() -> None:
            async with AsyncRedis.from_url(self._url) as client:
                store = Store(client)
                await store.begin(1)
                await store.apply([batch])

        asyncio.run(act())

    def fresh(self, alive_seconds_ago: float = 0, complete_seconds_ago: float = 0) -> None:
        """The projector says so of the only partition, and the server has heard it."""
        now = time.time()
        told = Alive(round(1000 * (now - alive_seconds_ago)), round(1000 * (now - complete_seconds_ago)))
        self.redis.set(names.PARTITIONS, 1)
        self.redis.set(f"{names.ALIVE}0", alive.encode(told))
        self.wait_known(told)

    def wait_known(self, told: Alive) -> None:
        """Until answers are as of then."""

        def heard() -> bool:
            (partition,) = self.clients["viewer"].get("/v1/summary").json()["partitions"] or [{}]
            as_of = partition.get("as_of")
            return as_of is not None and round(1000 * _seconds(as_of)) == told.complete_at

        wait_until(heard, "the server has heard of it")

    def _run(self) -> None:
        async def serve() -> None:
            async with AsyncRedis.from_url(self._url, socket_timeout=5) as client:
                config = uvicorn.Config(
                    build(client, self._settings), LOOPBACK, self.port, log_level="critical", access_log=False,
                    timeout_graceful_shutdown=1, proxy_headers=False,
                )  # fmt: skip
                self._server = uvicorn.Server(config)
                await self._server.serve()

        asyncio.run(serve())

    def __enter__(self) -> Self:
        self.redis.flushdb()
        self.put("category-changes")  # the read model has begun
        self._thread.start()
        wait_until(lambda: self._server is not None and self._server.started, "the server has started")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.should_exit = True
        self._thread.join(30)
        for client in (*self.clients.values(), self.anybody):
            client.close()
        self.redis.flushdb()
        self.redis.close()


def _seconds(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()
