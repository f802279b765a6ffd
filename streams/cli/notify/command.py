"""`stoplist notify`: runs the webhooks, resumes a parked endpoint, says how everything stands."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.failure import Failure
from streams.cli.notify.config import NotifyConfig, read_config
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Tell endpoints by signed webhooks what is published.",
    epilog="Example: stoplist notify run --config notify.yaml",
)
Config = Annotated[Path, typer.Option("--config", metavar="FILE", help="Endpoints, topics, filters.")]
CONFIG_DEFAULT = Path("notify.yaml")


@app.command(
    short_help="Tell every endpoint, until Ctrl-C.", epilog="Example: stoplist notify run --config notify.yaml"
)
def run(config: Config = CONFIG_DEFAULT, bootstrap: Bootstrap = BOOTSTRAP_DEFAULT) -> None:
    """Tells every endpoint what is published, each client's events in order, until Ctrl-C or SIGTERM.

    An endpoint that fails too often is parked: a report lies beside the state, the others go on, and what it misses is
    kept until stoplist notify resume. docs/integrate.md shows a configuration and how a receiver checks a signature.
    """
    found = read_config(config)
    secrets = {name: endpoint.secret(name) for name, endpoint in found.endpoints.items()}

    from streams.cli.connection import admin_client, partitions_of
    from streams.cli.notify.following import Following
    from streams.cli.notify.parked import Parked, alone

    with admin_client(bootstrap) as client:
        for topic in sorted({topic for endpoint in found.endpoints.values() for topic in endpoint.topics}):
            partitions_of(client, topic)
    _log_to_stderr()
    with alone(found.state):
        parked = Parked(found.state)
        try:
            asyncio.run(Following(bootstrap, found, secrets, parked).run())
        finally:
            parked.close()


@app.command(
    short_help="Let a parked endpoint go on.", epilog="Example: stoplist notify resume warehouse --config notify.yaml"
)
def resume(
    endpoint: Annotated[str, typer.Argument(metavar="ENDPOINT", help="Its name.", show_default=False)],
    config: Config = CONFIG_DEFAULT,
) -> None:
    """Lets a parked endpoint go on: first what was kept for it, in order, then what is new.

    stoplist notify run does it within a second, or when it is next started.
    """
    found = read_config(config)
    _known(found, endpoint)
    from streams.cli.notify.parked import Parked

    parked = Parked(found.state)
    try:
        if not parked.resume(endpoint):
            sys.stdout.write(f"{endpoint} is not parked\n")
            return
        sys.stdout.write(f"{endpoint} goes on; {parked.parkings()[endpoint].kept} events are kept for it\n")
    finally:
        parked.close()


@app.command("list", short_help="How every endpoint stands.", epilog="Example: stoplist notify list")
def list_(config: Config = CONFIG_DEFAULT) -> None:
    """Every endpoint: told, parked since when and why, and how many events wait; exit code 1 when one is parked."""
    found = read_config(config)
    from streams.cli.notify.parked import Parked

    parked = Parked(found.state)
    try:
        parkings = parked.parkings()
    finally:
        parked.close()
    for name, endpoint in found.endpoints.items():
        parking = parkings.get(name)
        how = "told" if parking is None else f"goes on, {parking.kept} events wait"
        if parking is not None and not parking.resumed:
            how = f"PARKED since {parking.since}, {parking.kept} events wait: {parking.why}"
        sys.stdout.write(f"{name}  {endpoint.host}  {', '.join(endpoint.topics)}  {how}\n")
    if any(not parking.resumed for parking in parkings.values()):
        raise typer.Exit(1)


def _log_to_stderr() -> None:
    import logging

    import structlog

    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would name whole URLs
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _known(config: NotifyConfig, endpoint: str) -> None:
    if endpoint not in config.endpoints:
        raise Failure(f"there is no endpoint {endpoint!r}; write one of {', '.join(config.endpoints)}")
