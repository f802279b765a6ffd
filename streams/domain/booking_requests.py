"""Booking of requests to ship, of their cancellation, and of dispatches that use them; the decision answers at once."""

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
        if known.answer:
            requests.to_answer.append((event.shipment_id, True))
        return KEPT
    if known is None:
        _forget(rules, client, at)
        if len(requests.asked) >= rules.facts_max:
            return _TOO_MANY
    rate = "" if event.voided else rate_of(rules, event.currency, event.rate, event.amount_minor)
    if isinstance(rate, Refused):
        return rate
    if known is not None:
        _end(client, known, day, at)
    if event.voided:
        if known is None:
            return UNCHANGED
        known.revision, known.digest, known.voided = event.revision, event.digest, True
        return KEPT
    requests.asked[event.shipment_id] = of_shipment(rules, event, rate)
    requests.to_answer.append((event.shipment_id, False))
    return KEPT


def _end(client: Client, known: Request, day: Days, at: Instant) -> None:
    """A request is given up: what its approval held is free again."""
    if known.state not in (DISPATCHED, CANCELLED) and not known.ended:
        reservations.end(client, known, CANCELLED, at)
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
    if known.ended or known.state == CANCELLED:
        return UNCHANGED
    _end(client, known, day, at)
    return KEPT


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
