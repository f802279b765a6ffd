"""Health and metrics over HTTP, in a thread of its own: a worker whose event loop hangs can be told from a dead one.

It looks at the engine on the engine's own loop, between two chunks, and answers for it when the loop does not.
"""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future
from http import HTTPStatus
from typing import Any, Final, TypeVar
from wsgiref.simple_server import WSGIRequestHandler, make_server

import structlog
from prometheus_client import make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from streams.engine import health
from streams.engine.engine import Engine
from streams.engine.failures import Refusal
from streams.engine.health import Answer
from streams.engine.readings import Readings

log = structlog.get_logger(__name__)

PORT_DEFAULT: Final = 9464
_LOOP_SILENT_S: Final = 5.0
_CONNECTION_S: Final = 10.0
_PATHS: Final = "/healthz, /readyz and /metrics"
T = TypeVar("T")
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class _Handler(WSGIRequestHandler):
    """Says nothing of requests, and lets go of who does not finish his."""

    timeout = _CONNECTION_S

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class _Server(ThreadingWSGIServer):
    """A restarted worker gets its port back at once."""

    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody hung up: not the worker's matter."""


class HealthServer:
    """Serves an engine's health and metrics until the process ends."""

    def __init__(self, engine: Engine, loop: asyncio.AbstractEventLoop) -> None:
        self._engine = engine
        self._loop = loop
        engine.metrics.of_process()
        engine.metrics.registry.register(_Lazily(Readings(engine, self._ask)))
        self._metrics = make_wsgi_app(engine.metrics.registry)
        self._server: Any = None

    def start(self, host: str, port: int | None) -> None:
        """Listen; `port` None: the default one, or where that is taken any free one. Raises Refusal."""
        try:
            self._server = self._listen(host, PORT_DEFAULT if port is None else port)
        except OSError as error:
            if port is not None:
                reason = f"health and metrics cannot be served at {host}:{port} ({error.strerror})"
                raise Refusal("metrics_port", reason, "set STOPLIST_METRICS_PORT to a free port, or to 0") from None
            self._server = self._listen(host, 0)
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()
        log.info("serving", health=f"http://{host}:{self.port}/healthz", metrics=f"http://{host}:{self.port}/metrics")

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_port)

    def _listen(self, host: str, port: int) -> Any:
        return make_server(host, port, self._answer, server_class=_Server, handler_class=_Handler)

    # the requests

    def _answer(self, environment: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path, method = environment["PATH_INFO"], environment["REQUEST_METHOD"]
        if path == "/metrics":
            return self._metrics(environment, start_response)  # type: ignore[no-any-return]
        looks = {"/healthz": health.alive, "/readyz": health.ready}
        if path not in looks:
            return _write(_wrong(HTTPStatus.NOT_FOUND, f"There is {_PATHS}."), start_response)
        if method not in ("GET", "HEAD"):
            return _write(_wrong(HTTPStatus.METHOD_NOT_ALLOWED, "Use GET."), start_response)
        return _write(self._look(looks[path]), start_response)

    def _look(self, look: Callable[[Engine], Answer]) -> Answer:
        if self._engine.failure is not None:  # the loop may be closed already
            return look(self._engine)

        async def on_the_loop() -> Answer:
            return look(self._engine)

        return self._ask(on_the_loop) or health.silent(_LOOP_SILENT_S)

    def _ask(self, what: Callable[[], Awaitable[T]]) -> T | None:
        """What it gives on the engine's loop; None when the loop does not turn."""
        answered: Future[T] = Future()

        async def answer() -> None:
            try:
                answered.set_result(await what())
            except Exception as error:
                answered.set_exception(error)

        try:
            self._loop.call_soon_threadsafe(lambda: asyncio.ensure_future(answer()))
            return answered.result(_LOOP_SILENT_S)
        except (RuntimeError, TimeoutError):  # closed, or busy
            return None


class _Lazily:
    """A collector that is not asked for anything when it is registered: the loop does not turn yet."""

    def __init__(self, readings: Readings) -> None:
        self.collect = readings.collect

    def describe(self) -> Iterable[Any]:
        """Nothing is known before the engine runs."""
        return ()


def _wrong(status: HTTPStatus, detail: str) -> Answer:
    return Answer(status, {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail})


def _write(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    status, document = answer
    kind = "application/json" if status == HTTPStatus.OK else "application/problem+json"
    headers = [("Content-Type", kind), ("Cache-Control", "no-store")]
    start_response(f"{status.value} {status.phrase}", headers)
    return [json.dumps(document).encode() + b"\n"]
