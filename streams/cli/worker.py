"""`stoplist worker`: folds the input topics into decisions, until it is told to stop."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from schemas.catalogue import TOPICS
from streams.cli.connection import admin_client
from streams.cli.failure import Failure
from streams.cli.options import load_policy
from streams.cli.settings import unknown_variables, worker_settings
from streams.cli.topic_setup import keep_own_time


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
    _look_at_topics(settings.bootstrap, engine.input_topics, settings.simulated_time)

    from streams.agents.folds import fold_of
    from streams.agents.worker import run

    run(engine, fold_of(settings.fold, numbers))


def _look_at_topics(bootstrap: str, inputs: Iterable[str], simulated_time: bool) -> None:
    """Refuses a broker that does not answer, lacks a topic, or has topics made for the other clock."""
    with admin_client(bootstrap) as client:
        there = set(client.list_topics())
        missing = [topic.name for topic in TOPICS if topic.name not in there]
        if missing:
            raise Failure(f"topic {missing[0]} is missing at {bootstrap}; make the topics with stoplist topics create")
        for name, own_time in keep_own_time(client, inputs).items():
            if own_time and not simulated_time:
                raise Failure(f"topic {name} is made for simulated time; start the worker with --simulated-time")
            if simulated_time and not own_time:
                raise Failure(f"topic {name} is stamped by the broker's clock; start without --simulated-time")
