"""`stoplist worker`: folds the input topics into decisions, until it is told to stop."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.options import load_policy
from streams.cli.settings import unknown_variables, worker_settings
from streams.cli.worker_topics import looked_at
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
    wait_s = settings.topics_wait_ms / 1000
    with looked_at(settings.bootstrap, engine.input_topics, settings.simulated_time, wait_s):
        from streams.agents.folds import fold_of
        from streams.agents.worker import load, run

        rules = fold_of(settings.fold, numbers)
        load()
    run(engine, rules, _restore_view())


def _restore_view() -> Callable[[RestoreProgress], None]:
    """Bars on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        return lambda _: None  # and no time is lost on loading what draws them: a restart waits for it
    from streams.cli.restore_view import RestoreView

    return RestoreView()
