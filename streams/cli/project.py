"""`stoplist project`: keeps the read model in Redis, until it is told to stop."""

import asyncio
import signal
import sys
import time
from typing import Annotated, Final

import typer

from streams.cli.connection import admin_client, partitions_of
from streams.cli.event_loop import run_in_loop
from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap
from streams.cli.reaching import addresses
from streams.cli.redis_address import REDIS_DEFAULT, RedisAddress, redis_at
from streams.cli.security import connection_security
from streams.cli.view_logs import log_to_stderr

_DRAWN_EVERY_S: Final = 0.2


def project(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    redis: RedisAddress = REDIS_DEFAULT,
    group: Annotated[
        str,
        typer.Option("--group", envvar="STOPLIST_APPLICATION_ID", help="Consumer group of the workers it watches."),
    ] = "stoplist",
    session_timeout_ms: Annotated[
        int,
        typer.Option(min=1_000, max=86_400_000, envvar="STOPLIST_SESSION_TIMEOUT_MS", help="That of the workers."),
    ] = 10_000,
    history_max: Annotated[int, typer.Option(min=1, max=100_000, help="Events kept of one client.")] = 200,
    metrics_host: Annotated[
        str, typer.Option(envvar="STOPLIST_METRICS_HOST", help="Address for health and metrics.")
    ] = "127.0.0.1",
    metrics_port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65_535,
            envvar="STOPLIST_METRICS_PORT",
            help="Serve /healthz, /readyz and /metrics at this port; left out, nothing is served.",
        ),
    ] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Empty the read model first and fill it anew.")] = False,
) -> None:
    """Keeps the read model in Redis: statuses, blocks, worklists, histories, from what workers publish.

    It goes on where Redis says it was; an empty Redis is filled from the beginning, with progress on stderr. While
    Kafka or Redis does not answer it waits and tries again. Ends with Ctrl-C or SIGTERM.

    \b
    Examples:
      stoplist project
      stoplist project --redis redis://127.0.0.1:6379/0 --bootstrap kafka-1:9092
      stoplist project --metrics-port 9465
      stoplist project --rebuild
    """
    from streams.views.ending import ended
    from streams.views.projection.operating import Operating, serve
    from streams.views.projection.projector import Projector, ProjectorSettings
    from streams.views.projection.store import Limits

    log_to_stderr()
    settings = ProjectorSettings(
        addresses(bootstrap), group, session_timeout_ms, limits=Limits(history_max), security=connection_security()
    )
    with admin_client(bootstrap) as admin:
        partitions_of(admin, "client-status")

    async def run() -> None:
        client = await redis_at(redis)
        projector = Projector(client, settings, _Told())
        if rebuild:
            await projector.store.clear()
        end = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, end.set)
        tasks = [asyncio.create_task(projector.run())]
        if metrics_port is not None:
            tasks.append(asyncio.create_task(serve(Operating(projector), metrics_host, metrics_port)))
        for task in tasks:
            task.add_done_callback(lambda _: end.set())
        await end.wait()
        await ended(tasks)
        await client.aclose()
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                if isinstance(error, OSError):
                    raise Failure(f"{error}; choose another --metrics-port") from None
                raise error

    run_in_loop(run())


class _Told:
    """The progress of a projection from nothing, on stderr: one line that counts, or one at the end in a pipe."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._drawn = 0.0
        self._tty = sys.stderr.isatty()

    def __call__(self, applied: int, total: int) -> None:
        now = time.monotonic()
        if total and applied < total:
            if self._tty and now - self._drawn >= _DRAWN_EVERY_S:
                self._drawn = now
                rate = applied / max(now - self._started, 0.001)
                sys.stderr.write(f"\r\x1b[Kprojecting: {applied:,} of {total:,} ({rate:,.0f}/s)")
                sys.stderr.flush()
        elif not total:
            seconds = now - self._started
            begin = "\r\x1b[K" if self._tty else ""
            sys.stderr.write(f"{begin}projected: {applied:,} records in {seconds:.1f} s, now following\n")
            sys.stderr.flush()
            self._started = now
