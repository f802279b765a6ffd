"""`stoplist worker` as a process: it starts, says what it does not know, and ends when it is told."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.cli.main import run
from streams.cli.state_reading import states
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka
ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "streams/cli/samples/receivables.csv"


def test_a_worker_folds_the_sample_and_ends_with_exit_code_0(topics: Callable[..., str], tmp_path: Path) -> None:
    bootstrap = topics("--simulated-time", "--partitions", "2")
    assert run(["import", str(SAMPLE), "--format", "receivables", "--bootstrap", bootstrap]) == 0
    log = tmp_path / "worker.log"
    environment = {**os.environ, "STOPLIST_BOOTSTRAP": bootstrap, "STOPLIST_SIMULATED_TIM": "true"}
    environment["STOPLIST_SNAPSHOT_INTERVAL_MS"] = "200"
    command = [sys.executable, "-m", "streams.cli", "worker", "--simulated-time"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        wait_until(lambda: process.poll() is not None or len(states(bootstrap)) == 4, "four clients", 60, 0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()
    said = log.read_text()
    assert "stoplist: STOPLIST_SIMULATED_TIM is no setting; did you mean STOPLIST_SIMULATED_TIME?" in said
    assert "Traceback" not in said


def test_topics_of_the_other_clock_are_refused(topics: Callable[..., str], capfd: pytest.CaptureFixture[str]) -> None:
    bootstrap = topics("--simulated-time", "--partitions", "1")
    assert run(["worker", "--bootstrap", bootstrap]) == 2
    assert "payments is made for simulated time; start the worker with --simulated-time" in capfd.readouterr().err


def test_simulated_time_is_refused_on_topics_stamped_by_the_broker(
    topics: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    bootstrap = topics("--partitions", "1")
    assert run(["worker", "--bootstrap", bootstrap, "--simulated-time"]) == 2
    assert "payments is stamped by the broker's clock; start without --simulated-time" in capfd.readouterr().err
