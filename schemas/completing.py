"""Completes an event read by the fast path: checks what its types cannot say, fills numbers and digest.

Each function answers False when the contract may not allow the event; the model of `schemas.inputs` then decides.
Fields that are derived here are always written: a sender could have named them.

A digest covers what the fact says and not how it is written. Digests live in the clients' states, so a field added to
an event later joins its tuple only when it is given: otherwise every repeat of an old record would be a conflict.
"""

from collections.abc import Callable
from typing import Any, Final

from schemas.canonical import canonical_json
from schemas.completing_clients import ABOUT_CLIENT
from schemas.completing_judged import JUDGED
from schemas.digests import digest_of
from schemas.events import (
    Broadcast,
    ClientEvent,
    GoodsReturned,
    Instalment,
    Line,
    PaymentReceived,
    PaymentReversed,
    PaymentsCompleted,
    PolicyActivated,
    SaleRecorded,
    SaleReturned,
    Shipment,
    ShipmentCancelled,
    ShipmentDispatched,
    ShipmentRequested,
)
from schemas.fields import LINES_MAX
from schemas.forms import INVALID, instant_of, is_currency, is_day, is_printable, milli_of, minor_of, price_of, rate_of


def complete(event: ClientEvent | Broadcast) -> bool:
    """Fill what is derived; False when the event is not valid for sure."""
    fact = _FACTS.get(type(event))
    if fact is None:
        return is_printable(event.id) and _BROADCASTS[type(event)](event)
    if not is_printable(event.id + event.client_id):  # type: ignore[union-attr]
        return False
    return _withdraw(event) if event.voided else fact(event)  # type: ignore[union-attr, arg-type]


def _rate(event: Any) -> str | None:
    """The rate without superfluous zeros, None when there is none, empty when it is not valid."""
    return None if event.rate is None else rate_of(event.rate)


def _withdraw(event: ClientEvent) -> bool:
    """A withdrawn fact is its identity and nothing else, whatever came with it."""
    identity = type(event)(id=event.id, client_id=event.client_id, revision=event.revision, voided=True)
    content: tuple[Any, ...] = (event.revision, True)
    if isinstance(event, Shipment):
        if not event.shipment_id or not is_printable(event.shipment_id):
            return False
        identity.shipment_id = event.shipment_id  # type: ignore[union-attr]
        content = (event.revision, True, event.shipment_id)
    for name in event.__struct_fields__:
        setattr(event, name, getattr(identity, name))
    event.digest = digest_of(content)
    return True


def _payment_received(event: PaymentReceived) -> bool:
    amount = event.amount_minor = minor_of(event.amount)
    day = event.value_date
    rate = event.rate if event.rate is None else rate_of(event.rate)
    if amount <= 0 or rate == "" or not is_currency(event.currency) or not is_day(day):
        return False
    for obligation in event.obligations:
        if not is_printable(obligation):
            return False
    event.digest = digest_of((event.revision, amount, event.currency, day, event.obligations, event.document, rate))
    return True


def _payment_reversed(event: PaymentReversed) -> bool:
    amount = event.amount_minor = None if event.amount is None else minor_of(event.amount)
    if amount is not None and amount <= 0:
        return False
    if not event.payment_id or not is_printable(event.payment_id) or not is_day(event.value_date):
        return False
    event.digest = digest_of((event.revision, event.payment_id, amount, event.value_date, event.reason))
    return True


def _shipment(event: Shipment) -> bool:
    amount = event.amount_minor = minor_of(event.amount)
    at = event.at_ms = instant_of(event.at)
    rate = event.rate if event.rate is None else rate_of(event.rate)
    if amount == INVALID or at == INVALID or rate == "" or not is_currency(event.currency):
        return False
    shipment, outlet, deal = event.shipment_id, event.outlet_id, event.deal_id
    territory, direction, term = event.territory, event.direction, event.payment_term_days
    if not shipment or not is_printable(
        shipment + (outlet or "") + (deal or "") + (territory or "") + (direction or "")
    ):
        return False
    if not 0 < len(event.lines) <= LINES_MAX and isinstance(event, ShipmentRequested):
        return False
    lines = []
    for line in event.lines:
        said = _dispatch_line(line)
        if said is None:
            return False
        lines.append(said)
    parts = None
    if event.instalments is not None:
        if term is not None or not _instalments(event.instalments, amount):
            return False
        parts = [(part.obligation_id, part.due_date, part.amount_minor) for part in event.instalments]
    elif term is None:
        return False
    where = (shipment, outlet, deal, territory, direction)
    event.digest = digest_of((event.revision, *where, at, event.currency, amount, lines, term, parts, rate))
    return True


def _shipment_cancelled(event: ShipmentCancelled) -> bool:
    at = event.at_ms = instant_of(event.at)
    if at == INVALID or not event.shipment_id or not is_printable(event.shipment_id):
        return False
    event.digest = digest_of((event.revision, event.shipment_id, at))
    return True


def _dispatch_line(line: Line) -> tuple[Any, ...] | None:
    """What the line says, or None when it may not be valid."""
    category, fast_moving = line.product_category, line.fast_moving
    if line.price is None or line.rrp is None or fast_moving is None or not is_printable(line.sku):
        return None
    quantity = line.quantity_milli = milli_of(line.quantity)
    price = line.price_minor = price_of(line.price)
    rrp = line.rrp_minor = price_of(line.rrp)
    if quantity <= 0 or price == INVALID or rrp == INVALID or category not in ("A", "B", "C"):
        return None
    return line.sku, quantity, price, rrp, category, fast_moving


def _instalments(parts: list[Instalment], amount: int) -> bool:
    """Valid, none twice, and together the amount."""
    total = 0
    for part in parts:
        minor = part.amount_minor = minor_of(part.amount)
        if minor == INVALID or not is_day(part.due_date) or not is_printable(part.obligation_id):
            return False
        total += minor
    return bool(parts) and total == amount and len({part.obligation_id for part in parts}) == len(parts)


def _goods_returned(event: GoodsReturned) -> bool:
    amount = event.amount_minor = minor_of(event.amount)
    rate = _rate(event)
    if amount == INVALID or rate == "" or not is_currency(event.currency) or not is_day(event.returned_on):
        return False
    if not event.shipment_id or not is_printable(event.shipment_id + (event.accepted_by or "")):
        return False
    for line in event.lines:
        line.quantity_milli = milli_of(line.quantity)
        if line.quantity_milli <= 0 or not is_printable(line.sku):
            return False
        line.price = line.rrp = line.product_category = line.fast_moving = None  # no fields of a return
        line.price_minor = line.rrp_minor = 0
    lines = [(line.sku, line.quantity_milli) for line in event.lines]
    facts = (event.shipment_id, event.returned_on, amount, event.currency, lines, event.accepted_by, rate)
    event.digest = digest_of((event.revision, facts))
    return True


def _sale_recorded(event: SaleRecorded) -> bool:
    amount = event.amount_minor = minor_of(event.amount)
    day, direction, territory, shipment_id = event.sold_on, event.direction, event.territory, event.shipment_id
    rate = event.rate if event.rate is None else rate_of(event.rate)
    if amount == INVALID or rate == "" or not is_currency(event.currency) or not is_day(day):
        return False
    if not direction or not is_printable(direction + (territory or "") + (shipment_id or "")):
        return False
    where = (direction, territory, event.territorial, shipment_id)
    event.digest = digest_of((event.revision, amount, event.currency, day, *where, rate))
    return True


def _sale_returned(event: SaleReturned) -> bool:
    amount = event.amount_minor = minor_of(event.amount)
    if amount == INVALID or not is_day(event.returned_on):
        return False
    if not event.sale_id or not is_printable(event.sale_id):
        return False
    event.digest = digest_of((event.revision, event.sale_id, amount, event.returned_on))
    return True


def _payments_completed(event: PaymentsCompleted) -> bool:
    event.digest = digest_of((event.revision, event.through))
    return is_day(event.through)


def _policy_activated(event: PolicyActivated) -> bool:
    event.digest = digest_of((event.version, canonical_json(event.policy)))
    return True


_FACTS: Final[dict[type, Callable[[Any], bool]]] = {
    PaymentReceived: _payment_received,
    PaymentReversed: _payment_reversed,
    ShipmentDispatched: _shipment,
    GoodsReturned: _goods_returned,
    SaleRecorded: _sale_recorded,
    SaleReturned: _sale_returned,
    ShipmentRequested: _shipment,
    ShipmentCancelled: _shipment_cancelled,
    **ABOUT_CLIENT,
    **JUDGED,
}
_BROADCASTS: Final[dict[type, Callable[[Any], bool]]] = {
    PaymentsCompleted: _payments_completed,
    PolicyActivated: _policy_activated,
}
