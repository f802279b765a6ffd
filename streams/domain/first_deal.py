"""The first deal: the deal of the dispatch with the earliest `at`, then id; closed once everything of it is paid."""

from typing import NamedTuple

from streams.domain import obligation_changes
from streams.domain.allocation import return_day
from streams.domain.lookup import instalments_of, opening_in_force
from streams.domain.policy import Rules
from streams.domain.state import Client, Days, Dispatch
from streams.domain.steps import in_time


class Deal(NamedTuple):
    """The first deal of a client."""

    id: str
    obligations: list[str]
    """Ids of its obligations, in order of dispatch; empty once it is closed."""
    open: bool
    """False from the end of the first day (today: now) on which all its obligations are paid and it is not returned
    in full; it stays closed."""
    returned_in_full: bool
    shipments: list[str]
    """Ids of its shipments, in order of dispatch; empty once it is closed."""


def known_closed(client: Client, day: Days) -> bool:
    """Whether the first deal was closed before `day` and was found so already; False when that is not known."""
    return bool(client.facts.first_deal) or 0 < client.position.deal_closed[0] < day


def of(rules: Rules, client: Client, day: Days) -> Deal | None:
    """The first deal as of `day`; None before the first dispatch, and for a client opened past its first deal."""
    facts, position = client.facts, client.position
    if facts.first_deal:
        return Deal(facts.first_deal, [], False, False, [])
    if 0 < position.deal_closed[0] < day:
        return Deal(position.deal_closed[1], [], False, False, [])
    begins = 0
    opening_id = opening_in_force(client) if facts.openings else None
    if opening_id is not None:
        if facts.openings[opening_id].lifecycle not in ("new", "potential"):
            return None
        begins = facts.openings[opening_id].day
    dispatched = [
        (dispatch.at, shipment_id, dispatch)
        for shipment_id, dispatch in facts.dispatches.items()
        if not dispatch.voided and begins <= dispatch.day <= day
    ]
    if not dispatched:
        return None
    _, first_id, first = min(dispatched, key=_earliest)
    deal_id = first.deal_id or first_id
    shipments = sorted((one for one in dispatched if (one[2].deal_id or one[1]) == deal_id), key=_earliest)
    closed_on = _closed_on(rules, client, shipments, day)
    if closed_on:
        if closed_on < day:
            position.deal_closed = closed_on, deal_id
        return Deal(deal_id, [], False, False, [])
    obligations = [obligation.id for _, _, dispatch in shipments for obligation in dispatch.obligations]
    full = _returned_in_full(rules, client, shipments, day)
    return Deal(deal_id, obligations, True, full, [shipment_id for _, shipment_id, _ in shipments])


def _earliest(shipment: tuple[int, str, Dispatch]) -> tuple[int, str]:
    return shipment[0], shipment[1]


def _closed_on(rules: Rules, client: Client, shipments: list[tuple[int, str, Dispatch]], day: Days) -> Days:
    """The first day at whose end (today: now) all dispatched by then is paid and not all of it returned; or 0."""
    unpaid = [
        span
        for _, _, dispatch in shipments
        for obligation in dispatch.obligations
        for span in _pairs(obligation.unpaid if rules.overdue_tolerance else obligation.spans)
    ]
    candidates = [dispatch.day for _, _, dispatch in shipments] + [end for _, end in unpaid if end]
    for candidate in sorted(dict.fromkeys(candidates)):
        if candidate > day:
            break
        if any(first <= candidate and (end == 0 or candidate < end) for first, end in unpaid):
            continue
        if _any_written_off(client, shipments, candidate):
            return 0  # not owed, but not paid either: a person decides
        if not _returned_in_full(rules, client, shipments, candidate):
            return candidate
    return 0


def _any_written_off(client: Client, shipments: list[tuple[int, str, Dispatch]], day: Days) -> bool:
    return bool(client.facts.changes.written_off) and any(
        obligation_changes.written_off(client, obligation, day)
        for _, _, dispatch in shipments
        for obligation in dispatch.obligations
    )


def _pairs(spans: list[int]) -> list[tuple[int, int]]:
    return list(zip(spans[::2], spans[1::2], strict=True))


def _returned_in_full(rules: Rules, client: Client, shipments: list[tuple[int, str, Dispatch]], day: Days) -> bool:
    """Whether by the end of `day` accepted returns took back all that had been dispatched of the deal."""
    by_then = [one for one in shipments if one[2].day <= day]
    amount = sum(obligation.amount for _, _, dispatch in by_then for obligation in dispatch.obligations)
    if sum(dispatch.returned for _, _, dispatch in by_then) < amount:
        return False
    ids = dict.fromkeys(shipment_id for _, shipment_id, _ in by_then)
    returned = sum(dispatch.returned_base for _, _, dispatch in by_then)
    for goods in client.facts.returns.values():
        if goods.shipment_id not in ids or goods.voided or goods.base is not None:
            continue
        on = return_day(client, goods)
        if on <= day and in_time(rules, client, goods, instalments_of(client, goods.shipment_id), on):
            returned += goods.amount
    return returned >= amount
