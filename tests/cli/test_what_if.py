"""`stoplist what-if`: one client seven days late, under bands of which only the draft's blocks it.

Due Friday 20 February 2026; the 23rd is a holiday, so it is judged at 12:00 of the 24th, with four overdue days: group
2 either way. The draft lets group 2 have five days only: group 3, and a block, at 00:00 of the 26th, the sixth day.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.policy_file import default_policy, default_policy_text
from streams.cli.main import run

Capture = pytest.CaptureFixture[str]
UNTIL = "2026-02-27T12:00:00+03:00"
DOCUMENTS = [{"document": kind, "number": "1"} for kind in ("cooperation_agreement", "supply_contract")]


@pytest.fixture
def draft(tmp_path: Path) -> str:
    """The shipped policy as version 2, with group 2 up to five overdue days instead of seven."""
    text = default_policy_text()
    assert "overdue_days_max: 7}" in text
    file = tmp_path / "draft.yaml"
    file.write_text(
        text.replace("overdue_days_max: 7}", "overdue_days_max: 5}").replace("version: 1\n", "version: 2\n")
    )
    return str(file)


def opened(client: str, *obligations: dict[str, str]) -> dict[str, Any]:
    value = {"type": "client.opened", "id": "opening", "client_id": client, "as_of": "2026-02-01", "currency": "USD"}
    return {
        "topic": "clients",
        "timestamp": "2026-02-01T09:00:00+03:00",
        "value": {**value, "obligations": obligations, "documents": DOCUMENTS},
    }


def owes(due: str) -> dict[str, str]:
    return {"obligation_id": "inv", "due_date": due, "amount": "100.00"}


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Client `late`, and client `good` that owes nothing before April."""
    file = tmp_path / "history.jsonl"
    file.write_text(
        f"{json.dumps(opened('late', owes('2026-02-20')))}\n{json.dumps(opened('good', owes('2026-04-01')))}\n"
    )
    return file


def compared(capfd: Capture, history: Path, draft: str, *arguments: str) -> dict[str, Any]:
    command = ["what-if", str(history), "--policy", draft, "--until", UNTIL, "--json", *arguments]
    assert run(command) == 0
    out, err = capfd.readouterr()
    assert err == ""
    return dict(json.loads(out))


def test_who_would_be_blocked_and_what_moves(capfd: Capture, history: Path, draft: str) -> None:
    found = compared(capfd, history, draft)
    assert (found["records"], found["clients"], found["as_of"]) == (2, 2, UNTIL)
    assert (found["in_force"]["version"], found["draft"]["version"], found["draft_from"]) == (1, 2, None)
    (blocked,) = found["blocked"]
    assert (blocked["client_id"], blocked["conditions"]) == ("late", ["risk_group"])
    assert "Risk group 3 (1 violation, the longest overdue 6 days)" in blocked["explanation"]["en"]
    assert found["released"] == found["other_conditions"] == []
    assert found["categories"] == [{"client_id": "late", "dimension": "risk_group", "from": 2, "to": 3}]
    # the status of the 24th foretells another day of group 3, so it differs on both sides
    assert found["outputs"]["counts"] == [
        {"type": "category.changed", "only_in_force": 0, "only_draft": 1},
        {"type": "client.status", "only_in_force": 1, "only_draft": 2},
        {"type": "shipment.blocked", "only_in_force": 0, "only_draft": 1},
    ]
    sample = [(one["published_under"], one["type"], one["effective_at"]) for one in found["outputs"]["sample"]]
    assert ("draft", "shipment.blocked", "2026-02-26T00:00:00+03:00") in sample


def test_who_would_be_released(capfd: Capture, history: Path, draft: str, tmp_path: Path) -> None:
    shipped = tmp_path / "shipped.yaml"
    shipped.write_text(default_policy_text())
    found = compared(capfd, history, str(shipped), "--in-force", draft)
    assert found["in_force"]["version"] == 2
    assert found["blocked"] == []
    assert [(one["client_id"], one["conditions"]) for one in found["released"]] == [("late", ["risk_group"])]
    assert found["categories"] == [{"client_id": "late", "dimension": "risk_group", "from": 3, "to": 2}]


def test_a_draft_may_come_into_force_later(capfd: Capture, history: Path, draft: str) -> None:
    """On the 27th the seventh day is group 3 at once: nothing else differs, least of all before."""
    found = compared(capfd, history, draft, "--from", "2026-02-27T08:00:00+03:00")
    assert found["draft_from"] == "2026-02-27T08:00:00+03:00"
    assert [one["client_id"] for one in found["blocked"]] == ["late"]
    assert {(one["published_under"], one["effective_at"]) for one in found["outputs"]["sample"]} == {
        ("draft", "2026-02-27T08:00:00+03:00")
    }
    assert [(one["only_in_force"], one["only_draft"]) for one in found["outputs"]["counts"]] == [(0, 1)] * 3


def test_a_draft_of_a_lower_version_comes_into_force_all_the_same(capfd: Capture, history: Path, draft: str) -> None:
    policy = {**default_policy().to_document(), "version": 7}
    value = {"type": "policy.activated", "id": "p7", "version": 7, "policy": policy}
    activated = {"topic": "policies", "timestamp": "2026-02-02T09:00:00+03:00", "value": value}
    history.write_text(history.read_text() + json.dumps(activated) + "\n")
    found = compared(capfd, history, draft, "--from", "2026-02-27T08:00:00+03:00")
    assert (found["in_force"]["version"], found["draft"]["version"]) == (7, 2)
    assert [one["client_id"] for one in found["blocked"]] == ["late"]


def test_what_was_activated_in_the_history_is_in_force_there_and_not_in_the_draft(
    capfd: Capture, history: Path, tmp_path: Path
) -> None:
    bands = default_policy().to_document()["risk_groups"]
    bands[2]["overdue_days_max"] = 5
    policy = {**default_policy().to_document(), "version": 2, "risk_groups": bands}
    value = {"type": "policy.activated", "id": "p2", "version": 2, "policy": policy}
    activated = {"topic": "policies", "timestamp": "2026-02-25T09:00:00+03:00", "value": value}
    history.write_text(history.read_text() + json.dumps(activated) + "\n")
    shipped = tmp_path / "shipped.yaml"
    shipped.write_text(default_policy_text())
    found = compared(capfd, history, str(shipped))
    assert found["in_force"]["version"] == 2
    assert [one["client_id"] for one in found["released"]] == ["late"]


def test_the_same_numbers_change_nothing(capfd: Capture, history: Path, tmp_path: Path) -> None:
    same = tmp_path / "same.yaml"
    same.write_text(default_policy_text().replace("version: 1\n", "version: 5\n"))
    found = compared(capfd, history, str(same))
    assert found["outputs"] == {"counts": [], "sample": []}
    assert found["blocked"] == found["released"] == found["other_conditions"] == found["categories"] == []
    assert run(["what-if", str(history), "--policy", str(same)]) == 0
    out = capfd.readouterr().out
    assert "No client would be blocked or released." in out
    assert "Everything published is the same." in out


def test_tables_for_a_person(capfd: Capture, history: Path, draft: str) -> None:
    assert run(["what-if", str(history), "--policy", draft, "--until", UNTIL]) == 0
    shown = capfd.readouterr().out.splitlines()
    assert shown[:4] == [
        "Draft version 2 against version 1 in force: 2 records of 2 clients, as of 2026-02-27 12:00",
        "",
        "Would be blocked: 1",
        "  late  risk group  Do not ship. Risk group 3 (1 violation, the longest overdue 6 days), and",
    ]
    assert "Categories that move: 1" in shown
    assert "  risk group  2 → 3  1  late" in shown
    assert "  shipment.blocked              0                     1" in shown
    assert run(["what-if", str(history), "--policy", draft, "--until", UNTIL, "--language", "ru"]) == 0
    assert "Будут заблокированы: 1" in capfd.readouterr().out


def test_policy_check_shows_what_a_draft_changes_in_a_history(capfd: Capture, history: Path, draft: str) -> None:
    late = {"topic": "clients", "timestamp": UNTIL, "value": {"type": "x"}, "key": "zz"}  # time goes on to here
    history.write_text(history.read_text() + json.dumps(late) + "\n")
    assert run(["policy", "check", draft, "--history", str(history)]) == 0
    shown = capfd.readouterr().out.splitlines()
    assert shown[0].startswith("version 2, digest ")
    assert "Would be blocked: 1" in shown


def test_a_bad_draft_is_told_with_every_line(capfd: Capture, history: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 2\nwindow_days: 0\nwindow: 3\n")
    assert run(["what-if", str(history), "--policy", str(bad)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    first, second, last = err.splitlines()
    assert first.startswith("bad.yaml:2: window_days: must be at least 1")
    assert second.startswith("bad.yaml:3: window: ")
    assert last == f"stoplist: {bad} has 2 problems; correct them and check again"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--policy", "DRAFT"], "name a history or give --live, one of the two"),
        (["history.jsonl", "--live", "--policy", "DRAFT"], "name a history or give --live, one of the two"),
        (["history.jsonl"], "Missing option '--policy'"),
        (["/nowhere.jsonl", "--policy", "DRAFT"], "/nowhere.jsonl: cannot be read"),
        (["/nowhere.jsonl", "--policy", "DRAFT", "--from", "x"], "--from is 'x'; write milliseconds or RFC 3339"),
        (["--live", "--policy", "DRAFT", "--bootstrap", "127.0.0.1:1"], "no Kafka broker answers at 127.0.0.1:1"),
        (["/nowhere.jsonl", "--policy", "EURO"], "balances are kept in USD, which cannot change; write currency: USD"),
    ],
)
def test_wrong_use_is_one_sentence(capfd: Capture, draft: str, tmp_path: Path, arguments: list[str], said: str) -> None:
    euro = tmp_path / "euro.yaml"
    euro.write_text("version: 2\ncurrency: EUR\n")
    names = {"DRAFT": draft, "EURO": str(euro)}
    assert run(["what-if", *(names.get(argument, argument) for argument in arguments)]) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err
