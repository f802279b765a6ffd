"""What holds of a client at an instant, by an obvious program: its facts told day by day. Shares no code with
`streams.domain`; money and lateness are `tests/domain/core/oracle.py`, the rest is the text of the rules.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tests.domain.core.oracle import Oracle, World, lateness
from tests.simulation.rules_facts import MOSCOW, Facts, day_number, local

_NOON: Final = timedelta(hours=12)
_WINDOW_DAYS: Final = 365
_KEPT_DAYS: Final = 90
_LOST_DAYS: Final = 90
_POLICY: Final = Path(__file__).parent.parent.parent / "schemas" / "policy.default.yaml"
_PAPERS: Final = 2


@dataclass(frozen=True)
class Terms:
    """The numbers of a policy that the histories change."""

    bands: tuple[tuple[int, int], ...] = ((1, 1), (3, 4), (6, 8))
    """Violations and overdue days from which groups 1, 2, 3 begin."""
    a_above: int = 50_000
    b_from: int = 10_000
    group_min: int = 3
    requires_overdue: bool = True
    credit_limit: bool = True


def terms_of(policy: dict[str, Any]) -> Terms:
    """Of a policy's document, what it leaves out as in the policy that ships."""
    groups = policy.get("risk_groups") or [
        {"violations_max": v, "overdue_days_max": d} for v, d in ((0, 0), (2, 3), (5, 7))
    ]
    volume, conditions = policy.get("volume", {}), policy.get("conditions", {})
    risk = conditions.get("risk_group", {})
    return Terms(
        tuple((one["violations_max"] + 1, one["overdue_days_max"] + 1) for one in groups[:3]),
        int(volume.get("a_above", "500.00").replace(".", "")),
        int(volume.get("b_from", "100.00").replace(".", "")),
        risk.get("group_min", 3),
        risk.get("requires_overdue", True),
        conditions.get("credit_limit", {}).get("enabled", True),
    )


@cache
def days_off() -> tuple[str, ...]:
    """Of the policy that ships."""
    return tuple(str(day) for day in yaml.safe_load(_POLICY.read_text())["non_working_days"])


@cache
def cutoff(due: int) -> int:
    """When an obligation due that day is judged overdue: noon of the next working day."""
    working = date.fromordinal(due + 1)
    while working.weekday() >= 5 or str(working) in days_off():
        working += timedelta(1)
    return round((datetime.combine(working, datetime.min.time(), UTC) + _NOON - MOSCOW).timestamp() * 1000)


class Books(Oracle):
    """Remembers how each day ended; a day on which nothing takes effect ends as the one before."""

    def __init__(self, world: World, today: int) -> None:
        self.ends: dict[int, tuple[dict[str, int], int, dict[str, int]]] = {}
        """(owed, unapplied, due) by day."""
        self.today = today
        self._eventful = _days_of(world)
        super().__init__(world, today)

    def _day(self, day: int) -> None:
        if day in self._eventful or day - 1 not in self.ends:
            super()._day(day)
            self.ends[day] = dict(self.owed), self.unapplied, dict(self.due)
        else:
            self.ends[day] = self.ends[day - 1]


def _days_of(world: World) -> set[int]:
    days = {on for on, _ in world.dispatches.values()} | {on for _, on, _ in world.rescheduled.values()}
    days |= {on + late for on, _, _ in world.payments.values() for late in (0, _KEPT_DAYS)}
    days |= {max(on, world.payments[name][0]) for name, on, _ in world.reversals.values() if name in world.payments}
    days |= {max(on, world.dispatches[to][0]) for to, on, _, _ in world.returns.values() if to in world.dispatches}
    left = {name: on for on, rows in world.dispatches.values() for name, _, _ in rows}
    return days | {max(on, left[name]) for name, on in world.written_off.values() if name in left}


class _Then:
    """The books as they were at the end of a day."""

    def __init__(self, books: Books, day: int) -> None:
        kept = {name: [one for one in days if one <= day] for name, days in books.overdue_days.items()}
        self.overdue_days = {name: days for name, days in kept.items() if days}
        self.due_then, self.tolerance = books.due_then, 0
        self.owed, self.unapplied, self.due = books.ends.get(day, ({}, 0, {}))


@dataclass
class Standing:
    """What holds at an instant."""

    then: _Then
    late: tuple[int, int, int, int]
    """Violations, longest and current days overdue, and since which day."""
    group: int
    volume: str
    lifecycle: str
    sales_type: str | None
    active: list[str]
    """Conditions, those that people lift included."""
    exposure: int
    limit: int | None

    @property
    def fields(self) -> dict[str, Any]:
        """Of the status."""
        then, (violations, longest, current, since) = self.then, self.late
        order = sorted(then.owed, key=lambda one: (then.due[one], one))
        return {
            "outstanding": _text(sum(then.owed.values())), "unapplied": _text(then.unapplied),
            "violations": violations, "overdue_days_longest": longest, "overdue_days_current": current,
            "overdue_since": str(date.fromordinal(since)) if current else None, "reasons": sorted(self.active),
            "open": [(name, _text(then.owed[name])) for name in order if then.owed[name]],
            "exposure": _text(self.exposure),
        }  # fmt: skip

    def blocking(self, facts: Facts, at: int, shipment: str = "") -> list[str]:
        """The conditions that no override lifts, for anything or for one shipment."""
        lifted: set[str] = set()
        for begins, until, conditions, only in facts.overrides.values():
            if begins <= at < until and only in ("", shipment):
                lifted |= set(conditions)
        return [reason for reason in self.active if reason not in lifted]


def standing(facts: Facts, books: Books, at: int, completed: int, terms: Terms, reserved: int = 0) -> Standing:
    """At an instant; `completed`: the last day accounting has posted, `reserved`: what approvals hold."""
    date_of = local(at).date()
    today = date_of.toordinal()
    then = _Then(books, today)
    judged = {due: completed >= due < today or at >= cutoff(due) for due in set(books.due_then.values())}
    violating, longest, current, since, overdue = lateness(then, today, _WINDOW_DAYS, judged)  # type: ignore[arg-type]
    count = len(violating)
    group = max((number for number, (most, days) in enumerate(terms.bands, 1) if count >= most or longest >= days),
                default=0)  # fmt: skip
    exposure, limit = max(0, sum(then.owed.values()) + reserved - then.unapplied), _limit(facts, today)
    deal, names = _first_deal(facts, books, today)
    active = {
        "risk_group": group >= terms.group_min and bool(overdue or not terms.requires_overdue),
        "first_payment_overdue": any(name in overdue for name in names),
        "first_deal_returned": deal == "returned",
        "credit_limit": terms.credit_limit and limit is not None and exposure > limit,
        "conduct": _misbehaves(facts, at),
    }
    past_deal = bool(facts.traded) or deal == "closed"
    return Standing(
        then, (count, longest, current, since), group, _volume(facts, date_of, terms) if past_deal else "C",
        _lifecycle(facts, today, past_deal), _sales_type(facts, today),
        sorted(reason for reason, holds in active.items() if holds), exposure, limit,
    )  # fmt: skip


def _text(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def _limit(facts: Facts, today: int) -> int | None:
    held = [(first, order, amount) for first, order, last, amount in facts.limits if first <= today <= last]
    return max(held)[2] if held else None


def _misbehaves(facts: Facts, at: int) -> bool:
    if not facts.breaches:
        return False
    cleared = {name for name, on in facts.clearings if on <= at}
    return any(on <= at and name not in cleared for name, on in facts.breaches.items())


def _first_deal(facts: Facts, books: Books, today: int) -> tuple[str, list[str]]:
    """none, open, returned or closed; and its obligations until it is closed."""
    left = [] if facts.traded else [at for at in facts.at.values() if local(at[0]).date().toordinal() <= today]
    if not left:
        return "none", []
    _, first = min(left)
    begins, rows = facts.world.dispatches[first]
    names, total = [name for name, _, _ in rows], sum(amount for _, _, amount in rows)

    def is_returned(day: int) -> bool:
        return sum(amount for shipment, on, amount in books.returned if shipment == first and on <= day) >= total

    for day in range(begins, today + 1):
        if not any(books.ends[day][0].get(name) for name in names) and not is_returned(day):
            return "closed", []
    return ("returned" if is_returned(today) else "open"), names


def _volume(facts: Facts, today: date, terms: Terms) -> str:
    last = (today - timedelta(today.day)).isoformat()[:7]
    months = dict.fromkeys((last, today.isoformat()[:7]), 0)
    for day, amount, _ in facts.sold.values():
        if day[:7] in months:
            months[day[:7]] += amount
    best = max(months.values())
    return "A" if best > terms.a_above else "B" if best >= terms.b_from else "C"


def _lifecycle(facts: Facts, today: int, past_deal: bool) -> str:
    if sum(on <= today for on in facts.papers.values()) < _PAPERS and not facts.traded:
        return "potential"
    if not past_deal:
        return "new"
    days = [on for on, _ in facts.world.dispatches.values()]
    days += [day_number(day) for day, _, _ in facts.sold.values()]
    return "lost" if today - max([facts.traded, *days]) > _LOST_DAYS else "active"


def _sales_type(facts: Facts, today: int) -> str | None:
    count = sum(on <= today for on in facts.outlets.values())
    count -= sum(facts.outlets.get(name, today + 1) <= today and on <= today for name, on in facts.closed.items())
    return "chain" if count > 2 else "single" if count else None


KNOWN: Final = ("conduct", "credit_limit", "first_deal_returned", "first_payment_overdue", "risk_group")
"""Conditions that this program can tell; the histories give the others no ground."""


def shown(status: dict[str, Any]) -> dict[str, Any]:
    """The same fields of a status."""
    return {
        "outstanding": status["outstanding"], "unapplied": status["unapplied"], "violations": status["violations"],
        "overdue_days_longest": status["overdue_days_longest"], "overdue_days_current": status["overdue_days_current"],
        "overdue_since": status["overdue_since"],
        "reasons": sorted({one["reason"] for one in status["conditions"]} & set(KNOWN)),
        "open": [(one["obligation_id"], one["outstanding"]) for one in status["open_obligations"]],
        "exposure": status["exposure"],
    }  # fmt: skip
