"""What a client's status must say, by an obvious program: the facts that came, told day by day. Shares no code with
`streams.domain`; money and lateness are `tests/domain/core/oracle.py`, the rest is the text of the rules.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tests.domain.core.oracle import Oracle, World, lateness

_MOSCOW: Final = timedelta(hours=3)
_NOON: Final = timedelta(hours=12)
_WINDOW_DAYS: Final = 365
_BANDS: Final = ((6, 8), (3, 4), (1, 1))
"""Violations and overdue days from which groups 3, 2, 1 begin."""
_POLICY: Final = Path(__file__).parent.parent.parent / "schemas" / "policy.default.yaml"


def _cents(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def _local(instant: int) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC) + _MOSCOW


@cache
def days_off() -> tuple[str, ...]:
    """Of the policy that ships."""
    return tuple(str(day) for day in yaml.safe_load(_POLICY.read_text())["non_working_days"])


def _is_working(day: date) -> bool:
    return day.weekday() < 5 and str(day) not in days_off()


def _is_ahead(told: dict[str, Any], came: int) -> bool:
    """Dated more than 24 hours after it came."""
    limit = _local(came) + timedelta(hours=24)
    day = next((told[name] for name in ("value_date", "returned_on", "sold_on") if name in told), None)
    if day is not None:
        return datetime.fromisoformat(day).replace(tzinfo=UTC) > limit
    return "at" in told and datetime.fromisoformat(told["at"]) + _MOSCOW > limit


def completed_by(value: bytes, came: int) -> int:
    """The day through which a statement says that everything is posted; 0 when it is dated ahead."""
    through = json.loads(value)["through"]
    return 0 if _is_ahead({"value_date": through}, came) else _day(through)


@dataclass
class Facts:
    """What has come about one client."""

    world: World = field(default_factory=World)
    at: dict[str, tuple[int, str]] = field(default_factory=dict)
    """When each shipment left, to find the first."""
    sold: dict[str, tuple[str, int]] = field(default_factory=dict)
    """sale: (month, cents)"""
    traded: bool = False
    papers: set[str] = field(default_factory=set)
    revisions: dict[tuple[str, str], int] = field(default_factory=dict)

    def take(self, value: bytes, came: int) -> None:
        """One more record; what is no event of ours, or dated ahead, or here already, changes nothing."""
        try:
            told = json.loads(value)
            kind, name = told["type"], told["id"]
        except (ValueError, KeyError, TypeError):
            return
        revision = told.get("revision", 1)
        if _is_ahead(told, came) or revision <= self.revisions.get((kind, name), 0):
            return
        self.revisions[kind, name] = revision
        if told.get("voided"):
            self._withdraw(kind, name, told)
            return
        match kind:
            case "client.opened":
                self.traded = True
            case "document.signed":
                self.papers.add(told["document"])
            case "shipment.dispatched":
                rows = [(p["obligation_id"], _day(p["due_date"]), _cents(p["amount"])) for p in told["instalments"]]
                left = int(datetime.fromisoformat(told["at"]).timestamp() * 1000)
                self.world.dispatches[told["shipment_id"]] = _local(left).date().toordinal(), rows
                self.at[told["shipment_id"]] = left, told["shipment_id"]
            case "payment.received":
                named = told.get("obligations", [])
                self.world.payments[name] = _day(told["value_date"]), _cents(told["amount"]), named
            case "payment.reversed":
                part = _cents(told["amount"]) if "amount" in told else None
                self.world.reversals[name] = told["payment_id"], _day(told["value_date"]), part
            case "goods.returned":
                on, accepted = _day(told["returned_on"]), "accepted_by" in told
                self.world.returns[name] = told["shipment_id"], on, _cents(told["amount"]), accepted
            case "sale.recorded":
                self.sold[name] = told["sold_on"][:7], _cents(told["amount"])

    def _withdraw(self, kind: str, name: str, told: dict[str, Any]) -> None:
        if kind == "shipment.dispatched":
            self.world.dispatches.pop(told["shipment_id"], None)
            self.at.pop(told["shipment_id"], None)
            return
        world = self.world
        kept: dict[str, dict[str, Any]] = {
            "payment.received": world.payments, "payment.reversed": world.reversals, "goods.returned": world.returns,
            "sale.recorded": self.sold,
        }  # fmt: skip
        kept[kind].pop(name, None)


class _Days(Oracle):
    """Remembers what was owed at the end of each day."""

    def __init__(self, world: World, today: int) -> None:
        self.ends: dict[int, dict[str, int]] = {}
        super().__init__(world, today)

    def _day(self, day: int) -> None:
        super()._day(day)
        self.ends[day] = dict(self.owed)


def expected(facts: Facts, at: int, completed: int) -> dict[str, Any]:
    """Fields of the status at an instant; `completed`: the last day accounting has posted."""
    now = _local(at)
    today = now.date().toordinal()
    books = _Days(facts.world, today)
    dues = set(books.due_then.values())

    def is_judged(due: int) -> bool:
        working = date.fromordinal(due + 1)
        while not _is_working(working):
            working += timedelta(1)
        cutoff = datetime.combine(working, datetime.min.time(), UTC) + _NOON
        return completed >= due < today or now >= cutoff

    violating, longest, current, since, overdue = lateness(
        books, today, _WINDOW_DAYS, {due: is_judged(due) for due in dues}
    )
    count = len(violating)
    group = next((3 - i for i, (most, days) in enumerate(_BANDS) if count >= most or longest >= days), 0)
    reasons = {"risk_group"} if group == 3 and overdue else set()
    if (deal := _first_deal(facts, books, today)) and any(name in overdue for name in deal):
        reasons.add("first_payment_overdue")
    outstanding = sum(books.owed.values())
    found: dict[str, Any] = {
        "outstanding": _text(outstanding), "unapplied": _text(books.unapplied), "violations": count,
        "overdue_days_longest": longest, "overdue_days_current": current,
        "overdue_since": str(date.fromordinal(since)) if current else None,
        "risk_group": group, "reasons": sorted(reasons),
        "open": [(name, _text(rest)) for name, rest in books.open().items()],
    }  # fmt: skip
    if facts.traded and facts.sold:
        found["volume"] = _volume(facts, now.date())
    return found


def _text(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _first_deal(facts: Facts, books: _Days, today: int) -> list[str]:
    """Obligations of the first deal while it is open."""
    if facts.traded or not facts.at:
        return []
    _, first = min(facts.at.values())
    day, rows = facts.world.dispatches[first]
    names = [name for name, _, _ in rows]
    for one in range(day, today + 1):
        if not any(books.ends[one][name] for name in names):
            return []
    return names


def _volume(facts: Facts, today: date) -> str:
    last = (today.replace(day=1) - timedelta(1)).isoformat()[:7]
    months = dict.fromkeys((last, today.isoformat()[:7]), 0)
    for month, cents in facts.sold.values():
        if month in months:
            months[month] += cents
    best = max(months.values())
    return "A" if best > 50_000 else "B" if best >= 10_000 else "C"


def shown(status: dict[str, Any]) -> dict[str, Any]:
    """The same fields of a status."""
    conditions = {one["reason"] for one in status["conditions"]} & {"risk_group", "first_payment_overdue"}
    return {
        "outstanding": status["outstanding"], "unapplied": status["unapplied"], "violations": status["violations"],
        "overdue_days_longest": status["overdue_days_longest"], "overdue_days_current": status["overdue_days_current"],
        "overdue_since": status["overdue_since"], "risk_group": status["categories"]["risk_group"],
        "reasons": sorted(conditions), "volume": status["categories"]["volume"],
        "open": [(one["obligation_id"], one["outstanding"]) for one in status["open_obligations"]],
    }  # fmt: skip
