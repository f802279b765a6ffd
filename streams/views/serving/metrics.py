"""What the server counts, for `/metrics`."""

import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas import metrics as catalogue
from streams.engine.metric_making import made
from streams.views.serving.present import Freshness


class Metrics:
    """Counts calls beneath it; paths by their pattern, so that ids are no labels."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._calls = made(catalogue.HTTP_CALLS, registry)
        self._seconds = made(catalogue.HTTP_CALL_SECONDS, registry)
        self._streams = made(catalogue.HTTP_STREAMS, registry)
        self._as_of = made(catalogue.READ_MODEL_AS_OF_SECONDS, registry)
        self._fresh = made(catalogue.READ_MODEL_FRESH, registry)
        self._answers = made(catalogue.MAY_SHIP_ANSWERS, registry)

    def may_ship(self, decision: str) -> None:
        """Somebody was told so."""
        self._answers.labels(decision).inc()

    def around(self, app: ASGIApp) -> ASGIApp:
        """An application that counts the calls of `app`."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            began, status = time.perf_counter(), 0

            async def sending(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    path = getattr(scope.get("route"), "path", "other")
                    self._seconds.labels(path).observe(time.perf_counter() - began)
                    self._calls.labels(path, str(status)).inc()
                await send(message)

            await app(scope, receive, sending)

        return counted

    def now(self, streams: int, partitions: Iterable[Freshness]) -> None:
        """Set what is looked at only when somebody asks."""
        self._streams.set(streams)
        for one in partitions:
            self._as_of.labels(str(one.partition)).set(one.as_of / 1000)
            self._fresh.labels(str(one.partition)).set(one.fresh)
