"""Whether the first deal is paid: all its obligations, 100 %, net of returns (source: «только после 100% оплаты»)."""

import msgspec

from streams.domain import obligation_changes
from streams.domain.allocation import return_day
from streams.domain.deal_facts import Approval
from streams.domain.lookup import instalments_of, opening_in_force
from streams.domain.policy import Rules
from streams.domain.state import Client, Days, Dispatch, Instant
from streams.domain.steps import in_time


class Shipment(msgspec.Struct, frozen=True, order=True, gc=False):
    """A shipment dispatched and not withdrawn; ordered by `at`, then id."""

    at: Instant
    id: str
    deal_id: str
    dispatch: Dispatch


def dispatched(client: Client, since: Instant, day: Days) -> list[Shipment]:
    """What left from the instant `since` through `day`, in order."""
    opening_id = opening_in_force(client) if client.facts.openings else None
    begins = 0 if opening_id is None else client.facts.openings[opening_id].day
    return sorted(  # no two have one id, so nothing behind it is compared
        [
            Shipment(dispatch.at, shipment_id, dispatch.deal_id or shipment_id, dispatch)
            for shipment_id, dispatch in client.facts.dispatches.items()
            if not dispatch.voided and begins <= dispatch.day <= day and dispatch.at >= since
        ]
    )


def paid_on(
    rules: Rules, client: Client, shipments: list[Shipment], approvals: list[Approval], day: Days, now: Instant
) -> Days:
    """The first day at whose end (today: now) all dispatched by then is paid, not all of it is returned, and no
    approval is open; or 0. What was written off is not paid: a person decides."""
    if shipments and _unpaid_ever(rules, shipments[0]):
        return 0
    unpaid = _unpaid(rules, shipments)
    candidates = [shipment.dispatch.day for shipment in shipments]
    candidates += [end for _, end in unpaid if end]
    candidates += [approval.until or rules.day_of(approval.expires) for approval in approvals]
    for candidate in sorted(dict.fromkeys(candidates)):
        if candidate > day:
            break
        end = min(now, rules.end_of(candidate))
        if any(one.open_at(candidate, end) for one in approvals):
            continue
        if not _is_settled(shipments, unpaid, candidate):
            continue
        if _any_written_off(client, shipments, candidate):
            return 0
        if not returned_in_full(rules, client, shipments, candidate):
            return candidate
    return 0


def is_settled(rules: Rules, shipments: list[Shipment], day: Days) -> bool:
    """Whether something has left by `day` and nothing of it is outstanding at its end (today: now)."""
    return _is_settled(shipments, _unpaid(rules, shipments), day)


def _is_settled(shipments: list[Shipment], unpaid: list[tuple[Days, Days]], day: Days) -> bool:
    if not any(shipment.dispatch.day <= day for shipment in shipments):
        return False
    return not any(first <= day and (end == 0 or day < end) for first, end in unpaid)


def _unpaid_ever(rules: Rules, shipment: Shipment) -> bool:
    """Whether something of the shipment has been outstanding at every day's end since it left: of the earliest one it
    settles the question, at the price of one look."""
    for obligation in shipment.dispatch.obligations:
        spans = obligation.unpaid if rules.overdue_tolerance else obligation.spans
        if len(spans) == 2 and not spans[1] and spans[0] <= shipment.dispatch.day:
            return True
    return False


def _unpaid(rules: Rules, shipments: list[Shipment]) -> list[tuple[Days, Days]]:
    """(first day, day after the last) of the days at whose end an obligation was not paid in full; 0: it still is."""
    found: list[tuple[Days, Days]] = []
    for shipment in shipments:
        for obligation in shipment.dispatch.obligations:
            spans = obligation.unpaid if rules.overdue_tolerance else obligation.spans
            found += zip(spans[::2], spans[1::2], strict=True)
    return found


def _any_written_off(client: Client, shipments: list[Shipment], day: Days) -> bool:
    return bool(client.facts.changes.written_off) and any(
        obligation_changes.written_off(client, obligation, day)
        for shipment in shipments
        for obligation in shipment.dispatch.obligations
    )


def returned_in_full(rules: Rules, client: Client, shipments: list[Shipment], day: Days) -> bool:
    """Whether by the end of `day` accepted returns took back all that had been dispatched of the deal."""
    if not any(one.dispatch.returned for one in shipments):
        return False
    by_then = [one for one in shipments if one.dispatch.day <= day]
    amount = sum(obligation.amount for one in by_then for obligation in one.dispatch.obligations)
    if not amount or sum(one.dispatch.returned for one in by_then) < amount:
        return False
    ids = dict.fromkeys(one.id for one in by_then)
    returned = sum(one.dispatch.returned_base for one in by_then)
    for goods in client.facts.returns.values():
        if goods.shipment_id not in ids or goods.voided or goods.base is not None:
            continue
        on = return_day(client, goods)
        if on <= day and in_time(rules, client, goods, instalments_of(client, goods.shipment_id), on):
            returned += goods.amount
    return returned >= amount
