"""A worker of ours that reports like every other contestant: RESULT lines on stdout.

`JOB=small` folds the small job, `JOB=main` the real rules (policy file in POLICY, or the one that ships). What is
measured is the worker as users run it; only the end of a chunk and of a recovery are listened to.

Environment: BROKER, APP_ID, INPUT and OUTPUT (small job), N (events after which to report and end; absent: runs until
told to stop), STATE_DIR, PARTITIONS (how many it will be given: then it reports its recovery), INSTANCE (its name in
the group), SIMULATED, POLICY, ENDS (0: it goes on after its report), DECODED_CLIENTS_MAX, SNAPSHOT_INTERVAL_MS,
STOP_TIMEOUT_MS, FETCH_WAIT_MS, FETCH_BYTES_MAX.
"""

import os
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

from streams.engine import faults
from streams.engine.fold import Fold
from streams.engine.folding import Folder
from streams.engine.settings import EngineSettings
from tests.benchmark.names import engine_topics
from tests.benchmark.processes import resident_bytes
from tests.benchmark.results import Stopwatch, report
from tests.benchmark.small_job_fold import SmallJobFold

ENVIRONMENT = os.environ
JOB = ENVIRONMENT.get("JOB", "small")


class Listener:
    """Hears the engine's steps: how much is folded, and when all of it is published."""

    def __init__(self, total: int) -> None:
        self.watch = Stopwatch(total)
        self._open = 0
        self._reported = total == 0
        self._fold = Folder.records
        self._reach = faults.reach
        self._restore_began = 0.0
        self._taken = 0

    def install(self) -> None:
        """Stand between the engine and its steps. Must come before the engine's application is imported."""
        listener, fold = self, self._fold

        def records(folder: Any, n: int, batch: Any) -> Any:
            if folder.folded_again is not None:  # a recovery: the worker before has counted these
                return fold(folder, n, batch)
            listener.watch.begin()
            made = fold(folder, n, batch)
            listener.watch.handled(len(batch))
            return made

        Folder.records = records  # type: ignore[method-assign, assignment]
        faults.reach = self.reach

    def reach(self, step: str) -> None:
        """A step of a chunk, or of taking a partition, is done."""
        if step == "fold":
            self._open += 1
        elif step == "publish":
            self._open -= 1
            if not self._reported and self._open == 0 and self.watch.done:
                self._reported = True
                threading.Thread(target=self._end, daemon=True).start()
        elif step == "fence" and not self._restore_began:
            self._restore_began = time.time()
            self._rss_before = resident_bytes(os.getpid())
            self._cpu_before = time.process_time()
        elif step == "recovered":
            self._taken += 1
            report(taken=self._taken, t_began=self._restore_began, t_taken=time.time())
            if self._taken == int(ENVIRONMENT.get("PARTITIONS", "0")):
                self._recovered()
        self._reach(step)

    def _recovered(self) -> None:
        report(
            recovered=self._taken,
            t_began=self._restore_began,
            t_recovered=time.time(),
            rss_before=self._rss_before,
            rss_after=resident_bytes(os.getpid()),
            cpu_seconds=time.process_time() - self._cpu_before,
        )

    def _end(self) -> None:
        self.watch.flushed(rss_mb=resident_bytes(os.getpid()) / 2**20)
        if ENVIRONMENT.get("ENDS", "1") == "1":
            os._exit(0)


def settings() -> EngineSettings:
    """The defaults, but for names and for what a job needs."""
    application = ENVIRONMENT["APP_ID"]
    common: dict[str, Any] = {
        "bootstrap_servers": tuple(ENVIRONMENT["BROKER"].split(",")),
        "application_id": application,
        "instance_id": ENVIRONMENT.get("INSTANCE", f"{application}-1"),
        "simulated_time": ENVIRONMENT.get("SIMULATED") == "1",
        "log_level": ENVIRONMENT.get("LOG_LEVEL", "warning"),
        "data_directory": Path(ENVIRONMENT["STATE_DIR"]),
    }
    for name in (
        "decoded_clients_max",
        "snapshot_interval_ms",
        "stop_timeout_ms",
        "fetch_wait_ms",
        "fetch_bytes_max",
    ):
        if name.upper() in ENVIRONMENT:
            common[name] = int(ENVIRONMENT[name.upper()])
    if JOB == "main":
        return EngineSettings(**common)
    names = engine_topics(application)
    return EngineSettings(
        **common,
        input_topics=(ENVIRONMENT["INPUT"],),
        output_topics=(ENVIRONMENT["OUTPUT"],),
        compacted_output_topics=(ENVIRONMENT["OUTPUT"],),  # none is; the engine wants one
        journal_topic=names["journal"],
        snapshot_topic=names["snapshots"],
    )


def fold() -> Fold[Any, Any]:
    """The rules of the job."""
    if JOB == "small":
        return SmallJobFold(ENVIRONMENT["OUTPUT"])
    from schemas.policy_file import read_policy
    from streams.domain.fold import ClientFold
    from tests.benchmark import not_asking

    policy = ENVIRONMENT.get("POLICY")
    return ClientFold(read_policy(Path(policy)) if policy else not_asking.policy())


def main() -> NoReturn:
    """Run until all N events are published, or until told to stop; ends with the worker's exit code."""
    Listener(int(ENVIRONMENT.get("N", "0"))).install()
    from streams.agents.worker import run

    run(settings(), fold())


if __name__ == "__main__":
    main()
