"""`stoplist worker`: folds the input topics into decisions, until it is told to stop."""

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer
from kafka import KafkaAdminClient

from schemas.catalogue import TOPICS
from streams.cli.connection import AGAIN_SECONDS, admin_client, patiently
from streams.cli.failure import Failure
from streams.cli.options import load_policy
from streams.cli.settings import unknown_variables, worker_settings
from streams.cli.topic_setup import keep_own_time
from streams.engine.restore_progress import RestoreProgress


def worker(
    bootstrap: Annotated[
        str | None, typer.Option(metavar="HOST:PORT,…", help="Addresses of Kafka brokers.  [env: STOPLIST_BOOTSTRAP]")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Policy in force until one is activated.  [env: STOPLIST_POLICY]"),
    ] = None,
    fold: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="clients (default), or importance: what spans them.  [env: STOPLIST_FOLD]"),
    ] = None,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Start although records are missing; every status then says so.")
    ] = False,
    accept_new_rules: Annotated[
        bool, typer.Option("--accept-new-rules", help="Fold journaled records again with these rules.")
    ] = False,
    simulated_time: Annotated[
        bool, typer.Option("--simulated-time", help="Time comes from the records; for topics made with this flag.")
    ] = False,
) -> None:
    """Folds payments, shipments and sales into decisions and publishes them, until Ctrl-C or SIGTERM.

    Importance, which compares clients with each other, is folded by workers of its own: --fold importance.

    It answers at http://127.0.0.1:9464/healthz, /readyz and /metrics, unless STOPLIST_METRICS_PORT says otherwise.

    Settings are environment variables STOPLIST_…, listed in docs/settings.md. Exit codes: 0 after a clean stop, 1 when
    it stopped because of a failure (the log says which), 2 when it refused to start.

    \b
    Examples:
      stoplist worker
      STOPLIST_INSTANCE_ID=worker-1 stoplist worker --bootstrap kafka-1:9092,kafka-2:9092
      stoplist worker --fold importance
      stoplist worker --simulated-time
    """
    settings = worker_settings(
        bootstrap=bootstrap,
        policy=policy,
        fold=fold,
        accept_loss=accept_loss or None,
        accept_new_rules=accept_new_rules or None,
        simulated_time=simulated_time or None,
    )
    numbers = load_policy(settings.policy)
    for sentence in unknown_variables():
        typer.echo(f"stoplist: {sentence}", err=True)
    engine = settings.engine()
    with admin_client(settings.bootstrap) as client:
        seconds = settings.topics_wait_ms / 1000
        _await_topics(client, settings.bootstrap, seconds)
        patiently(seconds, lambda: _look_at_clocks(client, engine.input_topics, settings.simulated_time))

    from streams.agents.folds import fold_of
    from streams.agents.worker import run

    run(engine, fold_of(settings.fold, numbers), _restore_view())


def _restore_view() -> Callable[[RestoreProgress], None]:
    """Bars on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        return lambda _: None  # and no time is lost on loading what draws them: a restart waits for it
    from streams.cli.restore_view import RestoreView

    return RestoreView()


def _await_topics(client: KafkaAdminClient, bootstrap: str, seconds: float) -> None:
    """Refuses a broker that lacks a topic, and still does so long afterwards: it may only just have been made."""
    give_up = time.monotonic() + seconds
    while missing := patiently(seconds, lambda: _missing(client)):
        if time.monotonic() >= give_up:
            raise Failure(f"topic {missing[0]} is missing at {bootstrap}; make the topics with stoplist topics create")
        time.sleep(AGAIN_SECONDS)


def _missing(client: KafkaAdminClient) -> list[str]:
    there = set(client.list_topics())
    return [topic.name for topic in TOPICS if topic.name not in there]


def _look_at_clocks(client: KafkaAdminClient, inputs: Iterable[str], simulated_time: bool) -> None:
    """Refuses topics made for the other clock."""
    for name, own_time in keep_own_time(client, inputs).items():
        if own_time and not simulated_time:
            raise Failure(f"topic {name} is made for simulated time; start the worker with --simulated-time")
        if simulated_time and not own_time:
            raise Failure(f"topic {name} is stamped by the broker's clock; start without --simulated-time")
