"""Input events as the fold receives them: decoded straight from bytes, numbers already in their units.

The pydantic models in `schemas.inputs` are the contract; these structs are its fast form. `schemas.decoding.decode`
gives one of them or says why the record is no event. `*_minor` is money in minor units of `currency`, `*_ms` an
instant in milliseconds, `digest` eight bytes over the normalised body (equal bodies, equal digests; `revision` is
part of it, unknown fields and formatting are not).
"""

from datetime import date

import msgspec


class Event(msgspec.Struct, tag_field="type", kw_only=True):
    """What every fact carries."""

    id: str
    client_id: str
    revision: int = 1
    voided: bool = False
    digest: bytes = b""

    @property
    def type(self) -> str:
        """The event's name in the contract, e.g. `payment.received`."""
        return str(self.__struct_config__.tag)


class PaymentReceived(Event, tag="payment.received"):
    amount: str = ""
    currency: str = ""
    value_date: date = date.min
    obligations: list[str] = []
    document: str = ""
    rate: str | None = None
    amount_minor: int = 0


class PaymentReversed(Event, tag="payment.reversed"):
    payment_id: str = ""
    amount: str | None = None
    value_date: date = date.min
    reason: str = ""
    amount_minor: int | None = None


class Line(msgspec.Struct):
    """One line of a shipment; `quantity_milli` in thousandths of a unit."""

    sku: str
    quantity: str
    price: str | None = None
    rrp: str | None = None
    product_category: str | None = None
    fast_moving: bool | None = None
    quantity_milli: int = 0
    price_minor: int = 0
    rrp_minor: int = 0


class Instalment(msgspec.Struct):
    obligation_id: str
    due_date: date
    amount: str
    amount_minor: int = 0


class ShipmentDispatched(Event, tag="shipment.dispatched"):
    shipment_id: str = ""
    outlet_id: str | None = None
    deal_id: str | None = None
    at: str = ""
    territory: str | None = None
    direction: str | None = None
    currency: str = ""
    amount: str = ""
    lines: list[Line] = []
    payment_term_days: int | None = None
    instalments: list[Instalment] | None = None
    rate: str | None = None
    amount_minor: int = 0
    at_ms: int = 0


class GoodsReturned(Event, tag="goods.returned"):
    shipment_id: str = ""
    returned_on: date = date.min
    amount: str = ""
    currency: str = ""
    lines: list[Line] = []
    accepted_by: str | None = None
    rate: str | None = None
    amount_minor: int = 0


class SaleRecorded(Event, tag="sale.recorded"):
    amount: str = ""
    currency: str = ""
    sold_on: date = date.min
    direction: str = ""
    territory: str | None = None
    territorial: bool = False
    shipment_id: str | None = None
    rate: str | None = None
    amount_minor: int = 0


class SaleReturned(Event, tag="sale.returned"):
    sale_id: str = ""
    amount: str = ""
    returned_on: date = date.min
    amount_minor: int = 0


class ClientRegistered(Event, tag="client.registered"):
    name: str = ""
    wholesaler: bool = False
    activities: list[str] = []
    territory: str | None = None
    directions: list[str] = []
    registered_on: date = date.min


class OpeningObligation(msgspec.Struct):
    """An obligation open on the opening date; `amount` is what is still outstanding."""

    obligation_id: str
    due_date: date
    amount: str
    shipment_id: str | None = None
    amount_minor: int = 0


class OpeningViolation(msgspec.Struct):
    """An episode of the past: overdue days `first_day` through `last_day` of one obligation."""

    obligation_id: str
    first_day: date
    last_day: date


class OpeningTurnover(msgspec.Struct):
    """Turnover of one month (`YYYY-MM`) in one scope."""

    month: str
    amount: str
    direction: str | None = None
    territory: str | None = None
    amount_minor: int = 0


class ClientOpened(Event, tag="client.opened"):
    as_of: date = date.min
    currency: str = ""
    name: str = ""
    lifecycle: str = "active"
    unapplied: str = "0.00"
    obligations: list[OpeningObligation] = []
    violations: list[OpeningViolation] = []
    turnover: list[OpeningTurnover] = []
    outlets: list[dict[str, str]] = []
    documents: list[dict[str, str]] = []
    rate: str | None = None
    unapplied_minor: int = 0


class CreditLimitSet(Event, tag="credit_limit.set"):
    """Signed by a person with the role; `amount` None lifts the limit."""

    amount: str | None = None
    currency: str = ""
    valid_from: date = date.min
    valid_until: date | None = None
    author: str = ""
    role: str = ""
    signature: str = ""
    key_id: str = ""
    rate: str | None = None
    amount_minor: int | None = None


class PaymentsCompleted(msgspec.Struct, tag_field="type", tag="payments.completed", kw_only=True):
    """Accounting has posted every payment with a value date up to `through`; to every partition, no client."""

    id: str
    through: date
    revision: int = 1
    digest: bytes = b""


class PolicyActivated(msgspec.Struct, tag_field="type", tag="policy.activated", kw_only=True):
    """The whole policy; to every partition, no client. `policy` is checked by `schemas.policy`."""

    id: str
    version: int
    policy: dict[str, object]
    digest: bytes = b""


ClientEvent = (
    PaymentReceived
    | PaymentReversed
    | ShipmentDispatched
    | GoodsReturned
    | SaleRecorded
    | SaleReturned
    | ClientRegistered
    | ClientOpened
    | CreditLimitSet
)
Broadcast = PaymentsCompleted | PolicyActivated
