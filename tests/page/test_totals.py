"""The desk's figures, from a handful of clients whose sums are added up by hand."""

from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from streams.views.desk.moves import Moves
from streams.views.desk.rows import Row, row_of, shown
from streams.views.desk.table import ClientTable, Filters
from streams.views.desk.totals import desk_of

TODAY = date(2026, 3, 20)
NOW = "2026-03-20T10:00:00+03:00"
TOMORROW_ENDS = datetime.fromisoformat("2026-03-22T00:00:00+03:00")


def _obligation(due: str, outstanding: str, judged: bool) -> dict[str, Any]:
    said = {"obligation_id": due, "shipment_id": due, "amount": outstanding}
    return {**said, "due_date": due, "outstanding": outstanding, "judged": judged}


def _status(group: int, *obligations: dict[str, Any], **fields: Any) -> dict[str, Any]:
    outstanding = sum(int(one["outstanding"].replace(".", "")) for one in obligations)
    return {
        "blocked": False,
        "sequence": 1,
        "categories": {"risk_group": group, "volume": "C", "importance": []},
        "currency": "USD",
        "outstanding": f"{outstanding // 100}.{outstanding % 100:02d}",
        "overdue_days_current": 0,
        "overdue_since": None,
        "open_obligations": list(obligations),
        "next_change": None,
        "explanation": {"en": "Fine.", "ru": "Хорошо."},
        **fields,
    }


def _blocked(*conditions: tuple[str, str, list[str], list[dict[str, Any]]]) -> dict[str, Any]:
    made = [
        {"reason": reason, "since": since, "overrides": overrides, "lifted_by": lifts}
        for reason, since, overrides, lifts in conditions
    ]
    return {"type": "shipment.blocked", "sequence": 2, "explanation": {"en": "No.", "ru": "Нет."}, "conditions": made}


def _row(client_id: str, status: dict[str, Any], block: dict[str, Any] | None = None, name: str | None = None) -> Row:
    return row_of(client_id, msgspec.json.encode(status), msgspec.json.encode(block) if block else None, name)


def _pays(amount: str) -> dict[str, Any]:
    return {"kind": "payment", "amount": amount, "currency": "USD", "obligations": []}


LATE = _row(
    "late",
    _status(
        3,
        _obligation("2026-03-10", "40.00", True),
        _obligation("2026-03-30", "60.10", False),
        overdue_since="2026-03-11",
    ),
    _blocked(
        ("risk_group", "2026-03-18T00:00:00+03:00", [], [_pays("40.00"), {"kind": "person", "role": "manager"}]),
        ("credit_limit", "2026-03-01T00:00:00+03:00", [], [_pays("15.00")]),
        ("conduct", "2026-02-01T00:00:00+03:00", ["o-1"], []),
    ),
    "Ромашка, Тверь",
)
SOON = _row(
    "soon",
    _status(
        2,
        _obligation("2026-03-17", "5.00", True),
        _obligation("2026-03-19", "7.00", False),
        next_change={
            "at": "2026-03-21T23:59:00+03:00",
            "changes": [
                {"dimension": "risk_group", "from": 2, "to": 3},
                {"condition": "risk_group", "change": "opens"},
            ],
        },
        categories={
            "risk_group": 2,
            "volume": "A",
            "importance": [
                {"scope": {"kind": "direction", "id": "photo"}, "importance": "small"},
                {"scope": {"kind": "direction", "id": "watches"}, "importance": "key"},
            ],
        },
    ),
)
GOOD = _row("good", _status(0, _obligation("2026-03-23", "1.00", False)), name="Bereg, Omsk")
LATER = _row("later", _status(0, _obligation("2026-03-24", "2.00", False)))


@pytest.fixture
def table() -> ClientTable:
    made = ClientTable()
    for row in (GOOD, LATER, SOON, LATE):
        made.put(row)
    return made


def _ids(table: ClientTable, name: str, **filters: Any) -> list[str]:
    return [row.client_id for row in table.rows(name, Filters(**filters), TODAY)]


def test_a_row_says_what_blocks_without_what_is_overridden_and_what_lifts_it() -> None:
    said = shown(LATE, TODAY)
    assert said["reasons"] == ["risk_group", "credit_limit"]
    assert said["blocked_since"] == "2026-03-01T00:00:00+03:00"
    assert (said["pay"], said["overdue"], said["outstanding"]) == ("40.00", "40.00", "100.10")
    assert said["overdue_days"] == 10  # 11 through 20 March


def test_lists_hold_whom_they_name_in_their_order(table: ClientTable) -> None:
    assert _ids(table, "blocked") == ["late"]
    assert _ids(table, "next") == ["soon"]
    assert _ids(table, "calls") == ["late", "soon", "good"]  # due through 23 March: three days ahead
    assert _ids(table, "largest_overdue") == ["late", "soon"]
    assert _ids(table, "all", search="твер") == ["late"]
    assert _ids(table, "all", search="омск") == []
    assert _ids(table, "all", importance="key") == ["soon"]
    assert _ids(table, "all", risk_group=0) == ["good", "later"]


def test_the_desk_adds_up_and_a_new_row_replaces_the_old_one(table: ClientTable) -> None:
    desk = desk_of(table, Moves(), NOW, TOMORROW_ENDS)
    assert (desk["clients"], desk["blocked"], desk["blocked_next"]) == (4, 1, 1)
    assert (desk["outstanding"], desk["overdue"]) == ("115.10", "45.00")
    assert [(one["clients"], one["outstanding"]) for one in desk["risk_groups"]] == [
        (2, "3.00"),
        (0, "0.00"),
        (1, "12.00"),
        (1, "100.10"),
    ]
    assert [(one["volume"], one["clients"]) for one in desk["volumes"]] == [("A", 1), ("B", 0), ("C", 3)]
    assert [one["clients"] for one in desk["importances"]["best"]] == [1, 0, 0]
    assert [(one["id"], one["key"], one["small"]) for one in desk["importances"]["scopes"]] == [
        ("photo", 0, 1),
        ("watches", 1, 0),
    ]
    table.put(_row("late", _status(1)))
    again = desk_of(table, Moves(), NOW, TOMORROW_ENDS)
    assert (again["clients"], again["blocked"], again["outstanding"], again["overdue"]) == (4, 0, "15.00", "5.00")


def test_debts_are_aged_by_the_days_since_their_due_date(table: ClientTable) -> None:
    """4 and 7 days as the bands of the risk groups; a due date that passed unjudged awaits its statement."""
    for number, due in enumerate(
        ("2026-03-16", "2026-03-13", "2026-03-12", "2026-02-18", "2026-02-17", "2025-12-20", "2025-12-19")
    ):
        table.put(_row(f"age-{number}", _status(0, _obligation(due, "1.00", True))))
    aged = {
        (one["bucket"], one["from"], one["to"]): (one["obligations"], one["outstanding"])
        for one in desk_of(table, Moves(), NOW, TOMORROW_ENDS)["aging"]
    }
    assert aged == {
        ("not_due", None, None): (3, "63.10"),
        ("awaited", None, None): (1, "7.00"),
        ("days", 1, 3): (1, "5.00"),
        ("days", 4, 7): (2, "2.00"),
        ("days", 8, 30): (3, "42.00"),
        ("days", 31, 90): (2, "2.00"),
        ("over", 90, None): (1, "1.00"),
    }


def _change(client_id: str, sequence: int, at: str, before: int, after: int, dimension: str = "risk_group") -> bytes:
    said = {"type": "category.changed", "client_id": client_id, "sequence": sequence, "effective_at": at}
    return msgspec.json.encode({**said, "dimension": dimension, "from": before, "to": after})


def test_moves_are_counted_by_day_and_the_days_before_are_counted_back(table: ClientTable) -> None:
    moves = Moves()
    moves.take(
        "category-changes", _change("late", 1, "2026-03-13T12:00:00+03:00", 1, 2)
    )  # eight days ago, today included
    moves.take("category-changes", _change("late", 2, "2026-03-18T00:00:00+03:00", 2, 3))
    moves.take("category-changes", _change("late", 2, "2026-03-18T00:00:00+03:00", 2, 3))  # published again
    moves.take("category-changes", _change("late", 3, "2026-03-18T00:00:00+03:00", 0, 1, "volume"))
    moves.take("category-changes", _change("soon", 1, "2026-03-20T09:00:00+03:00", 1, 2))
    groups = desk_of(table, moves, NOW, TOMORROW_ENDS)["risk_groups"]
    assert [(one["moved_in"], one["moved_out"]) for one in groups] == [(0, 0), (0, 1), (1, 1), (1, 0)]
    assert groups[3]["trend"][-4:] == [0, 1, 1, 1]  # 17 through 20 March
    assert groups[2]["trend"][-4:] == [1, 0, 0, 1]
    assert len(groups[0]["trend"]) == 30


def test_a_shipment_leads_to_its_client_while_it_is_approved(table: ClientTable) -> None:
    table.put(_row("good", _status(0, reservations=[{"shipment_id": "dn-9"}])))
    assert table.client_of("dn-9") == "good"
    table.put(_row("good", _status(0)))
    assert table.client_of("dn-9") is None
