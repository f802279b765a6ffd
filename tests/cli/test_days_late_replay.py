"""Our overdue days are the ledger's own: every invoice, imported and replayed."""

import json
from pathlib import Path

import pytest

from streams.cli.main import run
from tests.cli.ledgers import LEDGERS, clients, days_late, overdue_days, policy_of_years


@pytest.fixture(params=LEDGERS, ids=lambda path: "sample" if "samples" in path.parts else "real")
def ledger(request: pytest.FixtureRequest) -> Path:
    found = request.param
    assert isinstance(found, Path)
    return found


@pytest.fixture
def history(ledger: Path, tmp_path: Path) -> Path:
    target = tmp_path / "history.jsonl"
    assert run(["import", str(ledger), "--format", "receivables", "--history", str(target)]) == 0
    return target


def test_overdue_days_of_every_invoice_are_the_ledgers(
    ledger: Path, history: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    policy = policy_of_years(tmp_path)
    assert run(["replay", str(history), "--obligations", "--policy", str(policy)]) == 0
    assert overdue_days(capfd.readouterr().out.splitlines()) == days_late(ledger)


def test_violations_and_longest_episode_of_every_client_follow_from_the_ledger(
    ledger: Path, history: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    policy = policy_of_years(tmp_path)
    assert run(["replay", str(history), "--status", "--policy", str(policy)]) == 0
    statuses = {status["client_id"]: status for status in map(json.loads, capfd.readouterr().out.splitlines())}
    for client, wanted in clients(ledger).items():
        status = statuses[client]
        assert (status["violations"], status["overdue_days_longest"]) == wanted, client
        assert (status["outstanding"], status["unapplied"], status["overdue_days_current"]) == ("0.00", "0.00", 0)


def test_no_event_of_a_ledger_is_refused_and_replay_repeats_to_the_byte(
    history: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["replay", str(history)]) == 0
    first = capfd.readouterr().out
    assert run(["replay", str(history)]) == 0
    assert capfd.readouterr().out == first
    assert "dead-letters" not in {json.loads(line)["topic"] for line in first.splitlines()}
