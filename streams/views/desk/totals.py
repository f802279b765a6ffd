"""The desk in figures: by risk group, by age of debt, by volume category, by importance."""

from datetime import date, datetime
from typing import Any, Final

from streams.views.desk.moves import Moves
from streams.views.desk.rows import money
from streams.views.desk.table import ClientTable, Filters, Sums

MOVED_DAYS: Final = 7
TREND_DAYS: Final = 30
_GROUPS: Final = (0, 1, 2, 3)
_VOLUMES: Final = ("A", "B", "C")
_IMPORTANCES: Final = ("key", "medium", "small")
_AGES: Final = ((1, 3), (4, 7), (8, 30), (31, 90))
"""First and last overdue day of the buckets; the first two end where the bands of risk groups 1 and 2 end."""
_AGE_OVER: Final = 91


def desk_of(table: ClientTable, moves: Moves, now: str, tomorrow_ends: datetime) -> dict[str, Any]:
    """Everything for the desk but its lists. `now` is RFC 3339 in the company's zone."""
    today = date.fromisoformat(now[:10])
    coming = table.rows("next", Filters(), today, tomorrow_ends)
    currency = table.currencies.most_common(1)
    return {
        "as_of": now,
        "currency": currency[0][0] if currency else "",
        "clients": table.all.clients,
        "blocked": table.all.blocked,
        "blocked_next": len(coming),
        "outstanding": money(table.all.outstanding),
        "overdue": money(table.all.overdue),
        "risk_groups": _groups(table, moves, today),
        "moved_days": MOVED_DAYS,
        "trend_days": TREND_DAYS,
        "trend_from": date.fromordinal(today.toordinal() - TREND_DAYS + 1),
        "trend_to": today,
        "aging": aging(table, today),
        "volumes": [{"volume": name, **_sums(table.by_volume.get(name))} for name in _VOLUMES],
        "importances": {
            "best": [{"importance": name, **_sums(table.by_importance.get(name))} for name in _IMPORTANCES],
            "scopes": [
                {"kind": kind, "id": scope_id, **{name: counted[name] for name in _IMPORTANCES}}
                for (kind, scope_id), counted in sorted(table.by_scope.items())
                if counted.total()
            ],
        },
    }


def aging(table: ClientTable, today: date) -> list[dict[str, Any]]:
    """What is outstanding by overdue days: a due date that has passed without a judgement awaits its statement."""
    found: dict[str, list[int]] = {}
    for (due, judged), (obligations, outstanding) in table.by_due.items():
        counted = found.setdefault(_bucket((today - due).days, judged), [0, 0])
        counted[0] += obligations
        counted[1] += outstanding
    names = [("not_due", None, None), ("awaited", None, None), *(("days", first, last) for first, last in _AGES)]
    names.append(("over", _AGE_OVER - 1, None))
    buckets = []
    for name, first, last in names:
        obligations, outstanding = found.get(f"{name}{first or ''}", (0, 0))
        said = {"bucket": name, "obligations": obligations, "outstanding": money(outstanding)}
        buckets.append({**said, "from": first, "to": last})
    return buckets


def _bucket(days: int, judged: bool) -> str:
    if days <= 0:
        return "not_due"
    if not judged:
        return "awaited"
    first = next((first for first, last in _AGES if first <= days <= last), None)
    return f"days{first}" if first is not None else f"over{_AGE_OVER - 1}"


def _groups(table: ClientTable, moves: Moves, today: date) -> list[dict[str, Any]]:
    """Each group with how many came and went, and how many it had on each of the last days: counted back from now."""
    into, out_of = moves.since(date.fromordinal(today.toordinal() - MOVED_DAYS + 1))
    rows = []
    for group in _GROUPS:
        sums = table.by_group.get(group)
        trend = moves.back_from(group, sums.clients if sums is not None else 0, today, TREND_DAYS)
        moved = {"moved_in": into[group], "moved_out": out_of[group], "trend": trend}
        rows.append({"group": group, **_sums(sums), **moved})
    return rows


def _sums(sums: Sums | None) -> dict[str, Any]:
    sums = sums or Sums()
    return {
        "clients": sums.clients,
        "blocked": sums.blocked,
        "outstanding": money(sums.outstanding),
        "overdue": money(sums.overdue),
    }
