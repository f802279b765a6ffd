"""`stoplist replay`: what it prints, where time ends, what becomes of bad records."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from streams.cli.main import run

Capture = pytest.CaptureFixture[str]


def line(topic: str, timestamp: str, value: Any, **more: Any) -> str:
    return json.dumps({"topic": topic, "timestamp": timestamp, "value": value, **more})


def dispatch(client: str, shipment: str, at: str, due: str, amount: str = "100.00") -> str:
    value = {
        "type": "shipment.dispatched",
        "id": shipment,
        "client_id": client,
        "shipment_id": shipment,
        "at": at,
        "currency": "USD",
        "amount": amount,
        "lines": [],
        "instalments": [{"obligation_id": f"{shipment}/1", "due_date": due, "amount": amount}],
    }
    return line("shipments", at, value)


def payment(client: str, payment_id: str, arrived: str, value_date: str, amount: str = "100.00") -> str:
    value = {
        "type": "payment.received",
        "id": payment_id,
        "client_id": client,
        "amount": amount,
        "currency": "USD",
        "value_date": value_date,
    }
    return line("payments", arrived, value)


def documents(client: str, at: str = "2026-02-02T09:00:00+03:00") -> list[str]:
    """Both signed: without them a client to whom something was dispatched is blocked."""
    kinds = ("cooperation_agreement", "supply_contract")
    common = {"type": "document.signed", "client_id": client, "number": "1", "on": "2026-02-02", "form": "original"}
    signed = {**common, "accepted_by": "head", "direction": "retail"}
    return [line("clients", at, {**signed, "id": kind, "document": kind}) for kind in kinds]


# Due on Sunday 1 March 2026: judged at 12:00 of Monday 2 March, the first overdue day; the eighth is 9 March.
UNPAID = dispatch("C", "S", "2026-02-20T10:00:00+03:00", "2026-03-01")


@pytest.fixture
def replay(tmp_path: Path, capfd: Capture) -> Any:
    """Replays lines with arguments; returns the objects it printed."""

    def replayed(lines: list[str], *arguments: str) -> list[Any]:
        file = tmp_path / "history.jsonl"
        file.write_text("\n".join(lines), "utf-8")
        assert run(["replay", str(file), *arguments]) == 0
        out, err = capfd.readouterr()
        assert err == ""
        return [json.loads(text) for text in out.splitlines()]

    return replayed


def test_outputs_are_objects_with_topic_key_and_value_in_order(replay: Any) -> None:
    outputs = replay([*documents("C"), UNPAID], "--until", "2026-03-02T12:00:00+03:00")
    assert {tuple(output) for output in outputs} == {("topic", "key", "value")}
    assert [(output["topic"], output["key"], output["value"]["sequence"]) for output in outputs] == [
        ("client-status", "C", 1),
        ("category-changes", "C", 2),
        ("client-status", "C", 2),
        ("shipment-alerts", "C", 3),  # nobody had asked
        ("client-status", "C", 3),
        ("client-status", "C", 4),  # a week passed, and nobody said what was sold
        ("category-changes", "C", 5),
        ("shipment-blocks", "C", 6),
        ("client-status", "C", 6),
    ]
    assert (outputs[1]["value"]["from"], outputs[1]["value"]["to"]) == ("potential", "new")
    assert outputs[6]["value"]["effective_at"] == "2026-03-02T12:00:00+03:00"
    assert (outputs[6]["value"]["from"], outputs[6]["value"]["to"]) == (0, 1)
    assert outputs[7]["value"]["conditions"][0]["reason"] == "first_payment_overdue"


def test_time_ends_at_the_last_timestamp_when_nothing_else_is_said(replay: Any) -> None:
    outputs = replay([*documents("C"), UNPAID])
    assert [output["topic"] for output in outputs[-1:]] == ["client-status"]
    assert outputs[-1]["value"]["as_of"] == "2026-02-20T10:00:00+03:00"


@pytest.mark.parametrize(
    ("until", "group", "days"),
    [
        ("2026-03-02T11:59:59+03:00", 0, 0),
        ("2026-03-02T12:00:00+03:00", 1, 1),
        ("2026-03-04T23:59:59+03:00", 1, 3),
        ("2026-03-05T00:00:00+03:00", 2, 4),
        ("2026-03-08T23:59:59+03:00", 2, 7),
        ("2026-03-09T00:00:00+03:00", 3, 8),
        ("1773003600000", 3, 8),  # the same instant in milliseconds
    ],
)
def test_status_is_that_at_the_end_of_time(replay: Any, until: str, group: int, days: int) -> None:
    (status,) = replay([UNPAID], "--status", "--until", until)
    assert (status["type"], status["client_id"]) == ("client.status", "C")
    assert (status["categories"]["risk_group"], status["overdue_days_current"]) == (group, days)


def test_records_after_the_end_of_time_are_left_out(replay: Any) -> None:
    lines = [*documents("C"), UNPAID, payment("C", "P", "2026-03-03T09:00:00+03:00", "2026-03-02")]
    (before,) = replay(lines, "--status", "--until", "2026-03-03T08:59:59+03:00")
    assert (before["outstanding"], before["blocked"]) == ("100.00", True)
    (after,) = replay(lines, "--status", "--until", "2026-03-03T09:00:00+03:00")
    assert (after["outstanding"], after["blocked"]) == ("0.00", False)


def test_statuses_are_sorted_by_client(replay: Any) -> None:
    at, due = "2026-02-20T10:00:00+03:00", "2026-03-01"
    lines = [dispatch(client, "S", at, due) for client in ("B", "a", "A")]
    assert [status["client_id"] for status in replay(lines, "--status")] == ["A", "B", "a"]


def test_obligations_are_listed_by_due_date_with_their_overdue_days(replay: Any) -> None:
    lines = [
        dispatch("C", "S2", "2026-02-20T10:00:00+03:00", "2026-03-05"),
        UNPAID,
        payment("C", "P", "2026-03-04T09:00:00+03:00", "2026-03-03"),
    ]
    listed = replay(lines, "--obligations", "--until", "2026-03-07T10:00:00+03:00")
    assert listed == [
        {
            "client_id": "C",
            "obligation_id": "S/1",
            "shipment_id": "S",
            "due_date": "2026-03-01",
            "amount": "100.00",
            "outstanding": "0.00",
            "overdue_days": 2,
            "episodes": [["2026-03-02", "2026-03-03"]],
        },
        {
            "client_id": "C",
            "obligation_id": "S2/1",
            "shipment_id": "S2",
            "due_date": "2026-03-05",
            "amount": "100.00",
            "outstanding": "100.00",
            "overdue_days": 2,
            "episodes": [["2026-03-06", "2026-03-07"]],
        },
    ]


def test_bad_records_are_printed_as_dead_letters_with_headers_and_their_neighbours_count(replay: Any) -> None:
    at = "2026-02-20T10:00:00+03:00"
    lines = [
        line("sales", at, "no json", key="C"),
        line("sales", at, {"type": "sale.recorded", "id": "X", "client_id": "C", "amount": "ten"}),
        line("sales", at, [1, 2], key="C"),
        line("sales", at, None, key="C"),
        UNPAID,
    ]
    outputs = replay(lines)
    letters = [output for output in outputs if output["topic"] == "dead-letters"]
    assert [letter["headers"]["stoplist-reason"] for letter in letters] == [
        "invalid_json",
        "invalid_field",
        "not_an_object",
        "empty_value",
    ]
    assert [letter["value"] for letter in letters] == [
        "no json",
        {"type": "sale.recorded", "id": "X", "client_id": "C", "amount": "ten"},
        [1, 2],
        None,
    ]
    assert letters[1]["headers"]["stoplist-field"] == "amount"
    assert letters[1]["headers"]["__streams.errors.offset"] == "1"
    assert outputs[-1]["topic"] == "client-status"
    assert outputs[-1]["value"]["outstanding"] == "100.00"


def test_payments_completed_stands_once_and_reaches_every_client(replay: Any) -> None:
    at, due = "2026-02-20T10:00:00+03:00", "2026-03-01"
    completed = {"type": "payments.completed", "id": "D-1", "through": "2026-03-01"}
    lines = [
        *(dispatch(client, "S", at, due) for client in "AB"),
        line("payments", "2026-03-02T08:00:00+03:00", completed),
    ]
    changes = [output for output in replay(lines) if output["topic"] == "category-changes"]
    assert [(change["key"], change["value"]["effective_at"]) for change in changes] == [
        ("A", "2026-03-02T08:00:00+03:00"),
        ("B", "2026-03-02T08:00:00+03:00"),
    ]


def test_a_policy_decides_from_the_beginning(replay: Any, tmp_path: Path) -> None:
    file = tmp_path / "later.yaml"
    file.write_text('version: 7\nposting_cutoff: "15:00"\n')
    lines = [UNPAID]
    (status,) = replay(lines, "--status", "--policy", str(file), "--until", "2026-03-02T14:59:59+03:00")
    assert (status["categories"]["risk_group"], status["policy"]["version"]) == (0, 7)
    (status,) = replay(lines, "--status", "--policy", str(file), "--until", "2026-03-02T15:00:00+03:00")
    assert status["categories"]["risk_group"] == 1


def test_a_history_can_come_through_a_pipe(monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(UNPAID.encode())))
    assert run(["replay", "-", "--status"]) == 0
    assert json.loads(capfd.readouterr().out)["client_id"] == "C"


def test_an_empty_history_prints_nothing(replay: Any) -> None:
    assert replay([]) == []
    assert replay([], "--status") == []


@pytest.mark.parametrize("flag", ["--status", "--obligations"])
def test_rejected_records_are_told_beside_what_is_printed(tmp_path: Path, capfd: Capture, flag: str) -> None:
    misspelt = json.loads(payment("C", "P", "2026-02-25T10:00:00+03:00", "2026-02-25"))
    misspelt["value"]["type"] = "payment.recieved"
    at = "2026-02-26T10:00:00+03:00"
    reversal = {"type": "payment.reversed", "id": "R", "client_id": "C", "payment_id": "none", "value_date": at[:10]}
    file = tmp_path / "history.jsonl"
    # line 3 is empty; the reversal on line 5 waits 90 days for its payment, until 27 May
    later = line("sales", "2026-05-28T10:00:00+03:00", "no json", key="C")
    file.write_text("\n".join([UNPAID, json.dumps(misspelt), "", line("sales", at, "no json", key="C")]))
    with file.open("a") as more:
        more.write("\n" + line("payments", at, reversal) + "\n" + later)
    assert run(["replay", str(file), flag]) == 0
    out, err = capfd.readouterr()
    assert [json.loads(text)["client_id"] for text in out.splitlines()] == ["C"]
    said = err.splitlines()
    assert said[0] == f"stoplist: 4 records were rejected and do not count; run without {flag} to see them"
    assert said[1].startswith("  line 2 (payments): unknown_type: The field `type` names no event of the contract.")
    assert said[2].startswith("  line 4 (sales): invalid_json: ")
    assert said[3].startswith("  payments/")
    assert "(it waited until line 6): partner_missing: " in said[3]
    assert said[4].startswith("  line 6 (sales): invalid_json: ")
    assert len(said) == 5


def test_of_many_rejected_records_the_first_are_told(tmp_path: Path, capfd: Capture) -> None:
    file = tmp_path / "history.jsonl"
    file.write_text("\n".join([line("sales", "2026-02-26T10:00:00+03:00", "no json", key="C")] * 7))
    assert run(["replay", str(file), "--status"]) == 0
    said = capfd.readouterr().err.splitlines()
    assert (len(said), said[-1]) == (7, "  and 2 more")


def test_obligations_no_longer_kept_are_counted(tmp_path: Path, capfd: Capture) -> None:
    file = tmp_path / "history.jsonl"
    paid = payment("C", "P", "2024-01-15T10:00:00+03:00", "2024-01-15")
    old = dispatch("C", "OLD", "2024-01-10T10:00:00+03:00", "2024-01-20")
    file.write_text("\n".join([old, paid, UNPAID]))
    assert run(["replay", str(file), "--obligations"]) == 0
    out, err = capfd.readouterr()
    assert [json.loads(text)["obligation_id"] for text in out.splitlines()] == ["S/1"]
    assert err == (
        "stoplist: 1 obligation is not listed: paid longer ago than the policy's window and correction_days, so not "
        "kept\n"
    )
