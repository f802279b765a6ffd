"""What the server counts, for `/metrics`."""

import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.metrics import READ_MODEL_FRESH
from streams.views.serving.present import Freshness

_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """Counts calls beneath it; paths by their pattern, so that ids are no labels."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._calls = Counter("stoplist_http_calls", "Calls answered.", ("path", "status"), registry=registry)
        self._seconds = Histogram(
            "stoplist_http_call_seconds",
            "From call to the answer's beginning.",
            ("path",),
            registry=registry,
            buckets=_BUCKETS,
        )
        self._streams = Gauge("stoplist_http_streams", "Open streams of events.", registry=registry)
        self._as_of = Gauge(
            "stoplist_read_model_as_of_seconds",
            "Up to when the read model is complete.",
            ("partition",),
            registry=registry,
        )
        self._fresh = Gauge(READ_MODEL_FRESH.name, READ_MODEL_FRESH.help, READ_MODEL_FRESH.labels, registry=registry)

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
