"""One Faust application around the engine: its settings, the table, one agent over all inputs, the exit code."""

import asyncio
import gc
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import faust
import structlog
from aiokafka.errors import KafkaConnectionError
from faust.auth import Credentials
from yarl import URL

from schemas.security import Security
from streams.engine.engine import Engine
from streams.engine.failures import Refusal, Stopped
from streams.engine.fold import Fold
from streams.engine.lean import NoSession, forgo_extensions
from streams.engine.library_logs import LibraryHandler, route
from streams.engine.process import EXIT_CLEAN, EXIT_STOPPED, EngineWorker, exit_code, tell_on
from streams.engine.restore_progress import RestoreProgress
from streams.engine.settings import EngineSettings
from streams.engine.stopping import checkpoint_soon
from streams.engine.table import ClientTable, EngineTableManager
from streams.engine.transport import ChunkScheduler, ChunkSchema, ChunkTransport
from streams.engine.web import HealthServer

log = structlog.get_logger(__name__)


class EngineApp(faust.App):
    """A Faust app that knows its engine; the transport's consumer finds it here."""

    engine: Engine

    async def on_start(self) -> None:
        """Start the engine before anything of Faust's: who is refused must not have disturbed the group."""
        await super().on_start()
        try:
            await self.engine.start()
        except (Refusal, Stopped) as failure:
            self.engine.fail(failure)
            await self.wait_until_stopped()

    async def on_stop(self) -> None:
        """A clean stop: checkpoints of every partition."""
        await super().on_stop()
        await self.engine.stop()


def build(settings: EngineSettings, fold: Fold[Any, Any]) -> EngineApp:
    """The application, not started."""
    forgo_extensions()
    # The group remembers a static member under this name and Faust insists on it: host and port may change meanwhile.
    named: dict[str, Any] = {}
    if settings.instance_id:
        named["canonical_url"] = f"http://worker/{quote(settings.instance_id, safe='')}"
    app = EngineApp(
        settings.application_id,
        broker=[URL(f"kafka://{server}") for server in settings.bootstrap_servers],
        broker_client_id=settings.client_id,
        broker_credentials=_credentials(settings.security),
        broker_session_timeout=settings.session_timeout_ms / 1000,
        broker_heartbeat_interval=settings.heartbeat_interval_ms / 1000,
        broker_request_timeout=max(settings.request_timeout_ms, settings.session_timeout_ms + 1000) / 1000,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.instance_id,
        consumer_max_fetch_size=settings.fetch_bytes_max,
        ConsumerScheduler=ChunkScheduler,
        HttpClient=NoSession,
        TableManager=EngineTableManager,
        datadir=settings.data_directory,
        recovery_consistency_check=False,
        store="memory://",
        stream_buffer_maxsize=64,
        stream_wait_empty=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        worker_redirect_stdouts=False,
        **named,
    )
    app.engine = engine = Engine(settings, fold)
    app.transport = ChunkTransport(app.conf.broker_consumer[0:1], app)
    table = ClientTable(
        app,
        name="clients",
        changelog_topic=app.topic(settings.snapshot_topic, key_type=bytes, value_type=bytes),
    )
    table.engine = engine
    app.tables.add(table)

    @app.agent(app.topic(*settings.input_topics, schema=ChunkSchema()), name="stoplist")
    async def fold_chunks(stream: Any) -> None:
        async for event in stream.noack().events():
            message = event.message
            engine.hand(message.topic, message.partition, event.value, event.ack)

    @app.on_partitions_revoked.connect()
    async def revoke(_: Any, revoked: set[Any], **__: Any) -> None:
        await engine.revoke({tp.partition for tp in revoked})

    return app


def _credentials(security: Security) -> Credentials | None:
    """How Faust's own clients connect: as ours."""
    settings = security.client_settings()
    context = settings.get("ssl_context")
    match security.protocol:
        case "PLAINTEXT":
            return None
        case "SSL":
            return faust.SSLCredentials(context)
        case _:
            return faust.SASLCredentials(
                username=security.username,
                password=security.password,
                ssl_context=context,
                mechanism=security.mechanism,
            )


def run_application(
    settings: EngineSettings, fold: Fold[Any, Any], on_restoring: Callable[[RestoreProgress], None] = lambda _: None
) -> int:
    """Run a worker until a signal or a failure; the exit code (see `streams.agents.worker.run`)."""
    libraries = _logging(settings)
    if settings.uvloop:
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    _collect_seldom()
    app = build(settings, fold)
    app.engine.on_restoring = on_restoring
    try:
        _make_directory(settings.data_directory)
        server = _serve(app.engine, loop)
    except Refusal as refusal:
        sys.stderr.write(f"stoplist worker: {refusal}\n")
        return exit_code(refusal)
    worker = EngineWorker(app, loop, settings.stop_timeout_ms / 1000)
    app.engine.on_failure = worker.fail
    app.engine.ending = lambda: worker.told_to_end
    worker.before_stop = lambda: checkpoint_soon(app.engine)
    code: Any = EXIT_CLEAN
    try:
        worker.execute_from_commandline()
    except SystemExit as exit_:
        code = exit_.code
    except Exception as error:
        log.error("crashed", exc_info=error)
        code = EXIT_STOPPED
    failure = app.engine.failure
    if failure is not None:
        sys.stderr.write(f"stoplist worker: {failure}\n")
        if server is not None and not worker.hurried and not sys.stderr.isatty():  # who looks has read it
            tell_on(settings.failure_shown_ms / 1000)
        return exit_code(failure)
    if worker.told_to_end:  # a signal during the start ends it early; that is no failure
        return EXIT_CLEAN
    if code:
        reason = libraries.last_error
        servers = ", ".join(settings.bootstrap_servers)
        if isinstance(reason, KafkaConnectionError):
            reason_text = f"no broker answers at {servers}: start it, or correct the address"
        else:
            reason_text = f"the start failed: {reason!r}"
        sys.stderr.write(f"stoplist worker: {reason_text}\n")
    return EXIT_STOPPED if code else EXIT_CLEAN


def _serve(engine: Engine, loop: asyncio.AbstractEventLoop) -> HealthServer | None:
    """Health and metrics, unless they are switched off. Raises Refusal."""
    settings = engine.settings
    if settings.metrics_port == 0:
        return None
    server = HealthServer(engine, loop)
    server.start(settings.metrics_host, settings.metrics_port)
    return server


def _make_directory(directory: Path) -> None:
    """With all that leads to it: Faust makes only the last part. Raises Refusal."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"the data directory {directory} cannot be made ({error.strerror})"
        raise Refusal("data_directory", reason, "name one that the worker may write to") from None


def _collect_seldom() -> None:
    """States and outputs are many objects without cycles: the cyclic collector finds nothing in them, at a fifth of
    the fold's time. What Faust leaves in cycles is still collected, only seldom, and a little at a time: everything
    waits for a collection. Where more clients come than stay decoded, as many objects go as come: they never add up
    to one. What was loaded until now is not looked at again, waste and all."""
    gc.freeze()
    gc.set_threshold(100_000, 100, 1000)
    gc.enable()


def _renderer(settings: EngineSettings) -> Any:
    """Lines for people, or one JSON object a line for a log collector."""
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False, default=_as_text)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def _as_text(value: object) -> str:
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else repr(value)


def _logging(settings: EngineSettings) -> LibraryHandler:
    level = getattr(logging, settings.log_level.upper())
    logging.disable(level - 1)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _renderer(settings),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is when a line is written
    )
    return route(level)
