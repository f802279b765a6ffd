"""Booking of requests to ship, of their cancellation, and of dispatches that use them; the decision answers at once."""

from typing import Final

from schemas.dead_letters import LIMIT_EXCEEDED, PARTNER_MISSING
from schemas.events import ShipmentCancelled, ShipmentDispatched, ShipmentRequested
from schemas.records import Source
from streams.domain import first_deal_start, overrides, reservations
from streams.domain.calendar import DAY_MS
from streams.domain.money import AMOUNT_MAX, convert
from streams.domain.policy import Rules
from streams.domain.refusals import CONFLICT, KEPT, UNCHANGED, Accepted, Refused, rate_of
from streams.domain.request_facts import CANCELLED, DISPATCHED, Request, RequestedLine
from streams.domain.state import Client, Days, Instant

_NEVER_ASKED = Refused(
    PARTNER_MISSING, "shipment_id", "Send the request of this shipment first, then the cancellation again."
)
_REMEMBERED_MAX: Final = 16
"""Cancellations and earlier approvals remembered of one shipment."""
_TOO_MANY = Refused(
    LIMIT_EXCEEDED, None, "Dispatch or cancel some requests first: the client has as many as the policy allows."
)


def requested(
    rules: Rules, client: Client, event: ShipmentRequested, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`shipment.requested`; the same again is answered again, a higher revision is asked anew."""
    requests = reservations.of(client)
    known = requests.asked.get(event.shipment_id)
    if known is not None and event.revision <= known.revision:
        if event.revision < known.revision:
            return UNCHANGED
        if event.digest != known.digest:
            return CONFLICT
        if known.voided:
            return UNCHANGED
        requests.to_answer.append((event.shipment_id, True))
        return KEPT
    if known is None:
        _forget(rules, client, at)
        if len(requests.asked) >= rules.facts_max and not _make_room(rules, client):
            return _TOO_MANY
    rate = "" if event.voided else rate_of(rules, event.currency, event.rate, event.amount_minor)
    if isinstance(rate, Refused):
        return rate
    if known is not None:
        _end(client, known, day, at)
    if event.voided:
        if known is None:
            known = requests.asked[event.shipment_id] = _withdrawn(event, day, at)
        known.revision, known.digest, known.voided = event.revision, event.digest, True
        return KEPT
    asked = requests.asked[event.shipment_id] = of_shipment(rules, event, rate)
    if known is not None:
        asked.cancelled_by, asked.earlier = known.cancelled_by, _approvals(known)[-_REMEMBERED_MAX:]
    requests.to_answer.append((event.shipment_id, False))
    return KEPT


def _withdrawn(event: ShipmentRequested, day: Days, at: Instant) -> Request:
    """Of a request withdrawn before it was known: what lower revisions say counts no more."""
    return Request(
        revision=event.revision, digest=event.digest, day=day, id=event.id, shipment_id=event.shipment_id,
        at=at, amount=0, rrp=0, state=CANCELLED, decided=at, ended=at,
    )  # fmt: skip


def _approvals(known: Request) -> list[tuple[Instant, Instant, int]]:
    """When a shipment was approved so far, and for how much."""
    if not known.reserved_until:
        return known.earlier
    until = known.reserved_until if known.state == DISPATCHED else min(known.ended, known.reserved_until)
    return [*known.earlier, (known.decided, until, known.amount)]


def _end(client: Client, known: Request, day: Days, at: Instant) -> None:
    """A request is given up: what its approval held is free again, unless its goods have left."""
    if known.state == DISPATCHED:  # should that dispatch be withdrawn, it may not leave again
        known.reserved_until = min(known.reserved_until, at)
    if known.state not in (DISPATCHED, CANCELLED) and not known.ended:
        reservations.end(client, known, CANCELLED, at)
        dispatch = client.facts.dispatches.get(known.shipment_id)
        if dispatch is None or dispatch.voided:
            overrides.give_back(client, known.shipment_id)
            first_deal_start.ended(client, known.shipment_id, day)


def of_shipment(rules: Rules, event: ShipmentRequested | ShipmentDispatched, rate: str) -> Request:
    """What is asked for, or went out, in the policy's currency; without lines the payable amount is the price."""
    on = rules.day_of(event.at_ms)
    terms = [one.due_date.toordinal() - on for one in event.instalments or ()]
    amount = convert(event.amount_minor, rate)
    return Request(
        revision=event.revision,
        digest=event.digest,
        day=on,
        id=event.id,
        shipment_id=event.shipment_id,
        at=event.at_ms,
        amount=amount,
        rrp=min(convert(event.rrp_minor, rate), AMOUNT_MAX) if event.lines else amount,
        outlet_id=event.outlet_id or "",
        deal_id=event.deal_id or "",
        stated=(event.amount_minor, event.currency),
        term_days_max=max(terms) if terms else event.payment_term_days or 0,
        lines=[
            RequestedLine(line.quantity_milli, line.rrp_minor, line.product_category or "", bool(line.fast_moving))
            for line in event.lines
        ],
    )


def left(rules: Rules, client: Client, event: ShipmentDispatched, rate: str, at: Instant) -> None:
    """Goods left: the reservation of their shipment is used up, whole, and the next decision looks whether they might.

    Called before the dispatch is booked. Nothing to look at when nobody asks and the client never was blocked.
    """
    if client.facts.requests is None and not rules.requests_required:
        return
    requests = reservations.of(client)
    request = requests.asked.get(event.shipment_id)
    requests.to_check.append(of_shipment(rules, event, rate))
    if request is not None and request.shipment_id in requests.open:
        reservations.end(client, request, DISPATCHED, at)


def did_not_leave(rules: Rules, client: Client, shipment_id: str, day: Days, at: Instant) -> None:
    """A dispatch was withdrawn: the approval that it used is open again, until it expires.

    Called with the position as it is without the dispatch. Asked for after it had left, it is approved as of now.
    """
    requests = client.facts.requests
    request = None if requests is None else requests.asked.get(shipment_id)
    if request is not None and request.state == DISPATCHED:
        reservations.begin(client, request, request.reserved_until)
        if not first_deal_start.open_again(client, shipment_id) and at < request.reserved_until:
            first_deal_start.approve(rules, client, request, at, day, request.reserved_until)


def cancelled(
    rules: Rules, client: Client, event: ShipmentCancelled, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`shipment.cancelled`: what was reserved is free again. A request is cancelled once, by whatever record."""
    requests = client.facts.requests
    known = None if requests is None else requests.asked.get(event.shipment_id)
    if event.voided:
        return UNCHANGED  # what was given up is asked for anew
    if known is None:
        return _NEVER_ASKED
    if event.id in known.cancelled_by:
        return UNCHANGED
    known.cancelled_by = [*known.cancelled_by, event.id][-_REMEMBERED_MAX:]
    over = bool(known.ended) or known.state == CANCELLED
    _end(client, known, day, at)
    return UNCHANGED if over else KEPT


def _forget(rules: Rules, client: Client, at: Instant) -> None:
    """Requests that ended longer ago than a correction may take need no second answer."""
    requests = reservations.of(client)
    oldest = at - rules.correction_days * DAY_MS
    if any(request.decided < oldest for request in requests.asked.values()):
        requests.asked = {
            name: request
            for name, request in requests.asked.items()
            if name in requests.open or max(request.decided, request.ended) >= oldest
        }


def _make_room(rules: Rules, client: Client) -> bool:
    """Forget a tenth of the requests, those that ended the longest ago, before their time; whether any could go."""
    requests = reservations.of(client)
    ended = [(max(one.decided, one.ended), name) for name, one in requests.asked.items() if name not in requests.open]
    for _, name in sorted(ended)[: max(1, rules.facts_max // 10)]:
        del requests.asked[name]
    return bool(ended)
