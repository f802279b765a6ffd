"""Outlets (source: «торговые точки»): which trading points of a client are active on a day, where they are.

An outlet in the opening balances is open from their day on. Opened again, it is active from then on; what the latest
opening says (territory, mall) holds.
"""

from typing import NamedTuple

from streams.domain import periods
from streams.domain.fact import Days
from streams.domain.lookup import opening_in_force
from streams.domain.policy import Rules
from streams.domain.state import Client


class Outlet(NamedTuple):
    """One trading point; ordered by when it was opened, then by the fact that says so."""

    since: Days
    fact_id: str
    """Empty for one of the opening balances."""
    territory: str
    """Empty when nobody said it."""
    mall: str
    """Empty outside a mall."""


def active(rules: Rules, client: Client, day: Days) -> list[str]:
    """Ids of the outlets active on `day`, in order; on its closing date one is no longer."""
    return list(details(rules, client, day))


def is_active(rules: Rules, client: Client, day: Days, outlet_id: str) -> bool:
    """Whether an outlet of the client is active on `day`."""
    return outlet_id in details(rules, client, day)


def was_opened(rules: Rules, client: Client, day: Days, outlet_id: str) -> bool:
    """Whether the client opened it by `day`: one that is not active then is closed, any other unknown."""
    return outlet_id in _opened(client, day)


def opened(client: Client, day: Days) -> list[str]:
    """Ids of the outlets opened by `day`, closed since or not, in order."""
    return sorted(_opened(client, day))


def details(rules: Rules, client: Client, day: Days) -> dict[str, Outlet]:
    """The outlets active on `day` by id, in order of their ids."""
    opened = _opened(client, day)
    if not opened:
        return opened
    closings = [fact for fact in client.facts.about.outlets_closed.values() if not fact.voided]
    return {
        outlet_id: opened[outlet_id]
        for outlet_id in sorted(opened)
        if periods.in_force(opened[outlet_id].since, (one.day for one in closings if one.outlet_id == outlet_id), day)
    }


def next_day(rules: Rules, client: Client, day: Days) -> Days:
    """The first day after `day` on which an opening or a closing takes effect; NEVER: none."""
    about = client.facts.about
    facts = (*about.outlets_opened.values(), *about.outlets_closed.values())
    return periods.next_border([fact.day for fact in facts if not fact.voided], day)


def _opened(client: Client, day: Days) -> dict[str, Outlet]:
    """Every outlet opened by `day`, as its latest opening says."""
    found: dict[str, Outlet] = {}
    opening_id = opening_in_force(client) if client.facts.openings else None
    counts_from = 0
    if opening_id is not None:
        opening = client.facts.openings[opening_id]
        counts_from = opening.day
        for row in opening.outlets if opening.day <= day else ():
            found[row["outlet_id"]] = Outlet(opening.day, "", row.get("territory") or "", row.get("mall") or "")
    for fact_id, fact in client.facts.about.outlets_opened.items():
        if not fact.voided and counts_from <= fact.day <= day:
            outlet = Outlet(fact.day, fact_id, fact.territory, fact.mall)
            found[fact.outlet_id] = max(found.get(fact.outlet_id, outlet), outlet)
    return found
