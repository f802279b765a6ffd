"""The worker: one Faust application that folds the input topics through the engine."""

from collections.abc import Callable
from typing import Any, NoReturn

from streams.engine.fold import Fold
from streams.engine.restore_progress import RestoreProgress
from streams.engine.settings import EngineSettings


def load() -> None:
    """Load what `run` needs: most of the time in which a worker starts."""
    from streams.engine.lean import leaving_out

    with leaving_out():
        import streams.engine.application  # noqa: F401


def run(
    settings: EngineSettings, fold: Fold[Any, Any], on_restoring: Callable[[RestoreProgress], None] = lambda _: None
) -> NoReturn:
    """Run a worker until SIGTERM or SIGINT, and end the process with its exit code.

    `on_restoring` hears how far each partition is that is being taken, some hundred times a second.

    0: stopped cleanly, a checkpoint is written. 1: it stopped itself because of a failure named in the log.
    2: it refused to start; the reason and the remedy are one sentence on stderr.
    """
    load()
    from streams.engine.application import run_application
    from streams.engine.process import end_process

    end_process(run_application(settings, fold, on_restoring))
