"""The projector's `/healthz`, `/readyz` and `/metrics`, on its own loop: one that hangs does not answer."""

import asyncio
import time
from collections.abc import Iterable
from typing import Final

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.process_collector import ProcessCollector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from schemas import metrics as catalogue
from streams.engine.metric_making import made
from streams.views.projection.projector import Projector

_STOP_SECONDS: Final = 1


class Operating:
    """Looks at a projector; `application` answers."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._lag = made(catalogue.PROJECTION_LAG_RECORDS, registry)
        self._records = made(catalogue.PROJECTION_RECORDS, registry)
        self._progress = made(catalogue.PROJECTION_PROGRESS, registry)
        self._idle = made(catalogue.PROJECTION_IDLE_SECONDS, registry)
        self._last = time.monotonic()
        projector.on_applied = self._applied

    @property
    def application(self) -> Starlette:
        """What is served."""
        looks = {"/healthz": self._health, "/readyz": self._ready, "/metrics": self._metrics}
        return Starlette(routes=[Route(path, look) for path, look in looks.items()])

    def _applied(self, topic: str, records: int) -> None:
        self._last = time.monotonic()
        self._records.labels(topic).inc(records)

    async def _health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _ready(self, request: Request) -> Response:
        """Ready: what lay there at the start is applied, and what comes is followed."""
        ready = self._projector.caught_up.is_set()
        return JSONResponse({"ready": ready, "progress": round(self._projector.progress, 4)}, 200 if ready else 503)

    async def _metrics(self, request: Request) -> Response:
        for topic, records in _lags(self._projector):
            self._lag.labels(topic).set(records)
        self._progress.set(self._projector.progress)
        self._idle.set(time.monotonic() - self._last)
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)


def _lags(projector: Projector) -> Iterable[tuple[str, int]]:
    behind: dict[str, int] = {}
    for place, end in projector.ends.items():
        behind[place[0]] = behind.get(place[0], 0) + max(0, end - projector.applied.get(place, 0))
    return behind.items()


async def serve(operating: Operating, host: str, port: int) -> None:
    """Until cancelled. Raises OSError when the address cannot be listened at."""
    config = uvicorn.Config(
        operating.application, host, port, access_log=False, log_level="warning", server_header=False, lifespan="off",
        timeout_graceful_shutdown=_STOP_SECONDS,
    )  # fmt: skip
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    try:
        await server.startup()
    except SystemExit:
        raise OSError(f"{host}:{port} cannot be listened at") from None
    try:
        await server.main_loop()
    except asyncio.CancelledError:
        await server.shutdown()
        raise
