"""`stoplist worker` as a process: it starts, says what it does not know, and ends when it is told."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.cli.main import run
from streams.cli.state_reading import states
from tests.harness.packaged import SAMPLES
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka
ROOT = Path(__file__).parents[2]
SAMPLE = SAMPLES / "receivables.csv"


def test_a_worker_folds_the_sample_and_ends_with_exit_code_0(
    topics: Callable[..., str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bootstrap = topics("--simulated-time", "--partitions", "2")
    assert run(["import", str(SAMPLE), "--format", "receivables", "--bootstrap", bootstrap]) == 0
    log = tmp_path / "worker.log"
    environment = {**os.environ, "STOPLIST_BOOTSTRAP": bootstrap, "STOPLIST_SIMULATED_TIM": "true"}
    environment["STOPLIST_SNAPSHOT_INTERVAL_MS"] = "200"
    command = [sys.executable, "-m", "streams.cli", "worker", "--simulated-time"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        wait_until(lambda: process.poll() is not None or _all_done(bootstrap), "the end of the ledger", 90, 0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()
    said = log.read_text()
    assert "stoplist: STOPLIST_SIMULATED_TIM is no setting; did you mean STOPLIST_SIMULATED_TIME?" in said
    assert "Traceback" not in said
    capfd.readouterr()

    assert run(["obligations", "--client", "1002-QUAY", "--bootstrap", bootstrap]) == 0
    listed = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["overdue_days"] for line in listed] == [3, 4, 7, 8]  # DaysLate of the sample, by due date
    assert run(["watch", "status", "--once", "--json", "--bootstrap", bootstrap]) == 0
    statuses = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    newest = {status["client_id"]: status for status in statuses}
    # four late invoices: group 2 by their number, but 8 days: group 3, and nothing is overdue now
    quay = newest["1002-QUAY"]
    assert (quay["violations"], quay["overdue_days_longest"], quay["categories"]["risk_group"]) == (4, 8, 3)
    assert not quay["blocked"]
    assert run(["watch", "categories", "--once", "--client", "1002-QUAY", "--bootstrap", bootstrap]) == 0
    assert "risk_group 2 → 3" in capfd.readouterr().out
    assert run(["watch", "blocks", "--once", "--client", "1004-ORCHARD", "--bootstrap", bootstrap]) == 0
    assert "BLOCKED" in capfd.readouterr().out  # its second invoice has been open since 11 July


def _all_done(bootstrap: str) -> bool:
    """Eleven invoices are paid, and time went on to where the twelfth blocks its client."""
    known = states(bootstrap)
    dispatches = [dispatch for state in known for dispatch in state.facts.dispatches.values()]
    paid = sum(obligation.outstanding == 0 for dispatch in dispatches for obligation in dispatch.obligations)
    return paid == 11 and any(state.id == "1004-ORCHARD" and state.decided.conditions for state in known)


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
