"""One line for a person of what is published: taken from a replay, so that it is the real shape."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams.cli.main import run
from streams.cli.sentences import block_line, category_line, status_line
from streams.cli.terminal import Paint

ACCEPTED = {"accepted_by": "head", "direction": "retail"}
PLAIN, COLOURED = Paint(False), Paint(True)


@pytest.fixture
def late(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The last output of each topic: C owes 100.00 since 1 March 2026, a Sunday; now is 12:00 of the 2nd."""
    value = {
        "type": "shipment.dispatched",
        "id": "S",
        "client_id": "C",
        "shipment_id": "S",
        "at": "2026-02-20T10:00:00+03:00",
        "currency": "USD",
        "amount": "100.00",
        "instalments": [{"obligation_id": "S/1", "due_date": "2026-03-01", "amount": "100.00"}],
    }
    file = tmp_path / "history.jsonl"
    signed = {"type": "document.signed", "client_id": "C", "number": "1", "on": "2026-02-02", "form": "original"}
    lines: list[dict[str, Any]] = [
        {"topic": "clients", "timestamp": value["at"], "value": {**signed, **ACCEPTED, "id": kind, "document": kind}}
        for kind in ("cooperation_agreement", "supply_contract")
    ]
    lines.append({"topic": "shipments", "timestamp": value["at"], "value": value})
    file.write_text("\n".join(map(json.dumps, lines)))
    assert run(["replay", str(file), "--until", "2026-03-02T12:00:00+03:00"]) == 0
    outputs = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    return {output["topic"]: output["value"] for output in outputs}


def test_a_block_is_a_line_with_its_reason(late: dict[str, Any]) -> None:
    event = late["shipment-blocks"]
    assert block_line(event, PLAIN, "en") == f"2026-03-02 12:00  C  BLOCKED   {event['explanation']['en']}"
    assert block_line(event, PLAIN, "ru").endswith(event["explanation"]["ru"])


def test_a_release_is_told_from_a_block() -> None:
    event = {"type": "shipment.released", "client_id": "C", "effective_at": "2026-03-02T12:00:00+03:00"}
    assert "RELEASED" in block_line(event, PLAIN, "en")


def test_a_move_says_from_where_to_where(late: dict[str, Any]) -> None:
    assert category_line(late["category-changes"], PLAIN, "en").startswith("2026-03-02 12:00  C  risk_group 0 → 1  ")


def test_a_move_of_a_list_or_in_a_scope_or_from_nothing_is_readable(late: dict[str, Any]) -> None:
    event = late["category-changes"]
    activities = {**event, "dimension": "activities", "from": [], "to": ["photo", "watches"]}
    assert "  activities – → photo+watches  " in category_line(activities, PLAIN, "en")
    malls = {**event, "dimension": "mall_outlets", "from": 0, "to": 2, "scope": {"kind": "territory", "id": "tver"}}
    assert "  mall_outlets tver 0 → 2  " in category_line(malls, PLAIN, "en")
    assert "  sales_type – → single  " in category_line(
        {**event, "dimension": "sales_type", "from": None, "to": "single"}, PLAIN, "en"
    )


def test_a_correction_is_said(late: dict[str, Any]) -> None:
    assert "(correction)" in category_line({**late["category-changes"], "correction": True}, PLAIN, "en")


def test_a_status_says_money_days_and_what_comes(late: dict[str, Any]) -> None:
    said = status_line(late["client-status"], PLAIN, "en")
    assert said.startswith(
        "2026-03-02 12:00  C  blocked  group 1, volume C, outstanding 100.00 USD, overdue 1 day, "
        "next change 2026-03-05 00:00"  # the fourth overdue day begins: group 2
    )


def test_everything_is_said_in_russian_too(late: dict[str, Any]) -> None:
    assert block_line(late["shipment-blocks"], PLAIN, "ru").startswith("2026-03-02 12:00  C  ЗАПРЕТ     ")
    released = {"type": "shipment.released", "client_id": "C", "effective_at": "2026-03-02T12:00:00+03:00"}
    assert block_line(released, PLAIN, "ru").startswith("2026-03-02 12:00  C  РАЗРЕШЕНО  ")
    moved = {**late["category-changes"], "correction": True}
    assert category_line(moved, PLAIN, "ru").startswith("2026-03-02 12:00  C  группа риска 0 → 1 (поправка)  ")
    assert status_line(late["client-status"], PLAIN, "ru").startswith(
        "2026-03-02 12:00  C  запрет    группа 1, объём C, долг 100.00 USD, просрочка 1 день, "
        "следующая перемена 2026-03-05 00:00"
    )


@pytest.mark.parametrize(
    ("days", "said"), [(1, "1 день"), (2, "2 дня"), (5, "5 дней"), (11, "11 дней"), (12, "12 дней"), (21, "21 день")]
)
def test_russian_days_are_counted_as_people_do(late: dict[str, Any], days: int, said: str) -> None:
    event = {**late["client-status"], "overdue_days_current": days}
    assert f"просрочка {said}, " in status_line(event, PLAIN, "ru")


def test_money_without_an_obligation_is_told(late: dict[str, Any]) -> None:
    assert "unapplied" not in status_line(late["client-status"], PLAIN, "en")
    event = {**late["client-status"], "unapplied": "5.00"}
    assert "outstanding 100.00 USD, unapplied 5.00 USD, " in status_line(event, PLAIN, "en")


def test_colours_only_where_they_are_wanted(late: dict[str, Any]) -> None:
    assert "\x1b" not in block_line(late["shipment-blocks"], PLAIN, "en")
    assert "\x1b[31m" in block_line(late["shipment-blocks"], COLOURED, "en")


def test_one_line_stays_one_line(late: dict[str, Any]) -> None:
    event = {**late["shipment-blocks"], "client_id": "C", "explanation": {"en": "first\nsecond"}}
    assert block_line(event, PLAIN, "en").count("\n") == 0
