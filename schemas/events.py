"""Input events as the fold receives them: decoded straight from bytes, numbers already in their units.

The pydantic models in `schemas.inputs` are the contract; these structs are its fast form. `schemas.decoding.decode`
gives one of them or says why the record is no event. `*_minor` is money in minor units of `currency`, `*_ms` an
instant in milliseconds, `digest` eight bytes over the normalised body (equal bodies, equal digests; `revision` is
part of it, unknown fields and formatting are not).
"""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(min_length=1, max_length=64)]
ObligationId = Annotated[str, Meta(min_length=1, max_length=66)]
"""Longer than other ids by `/1`: the only obligation of a shipment is `<shipment_id>/1`."""
Text = Annotated[str, Meta(max_length=500)]
Revision = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class Event(msgspec.Struct, tag_field="type", kw_only=True):
    """What every fact carries."""

    id: Id
    client_id: Id
    revision: Revision = 1
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
    obligations: list[ObligationId] = []
    document: Text = ""
    rate: str | None = None
    amount_minor: int = 0


class PaymentReversed(Event, tag="payment.reversed"):
    payment_id: Id = ""
    amount: str | None = None
    value_date: date = date.min
    reason: Text = ""
    amount_minor: int | None = None


class Line(msgspec.Struct):
    """One line of a shipment; `quantity_milli` in thousandths of a unit."""

    sku: Id
    quantity: str
    price: str | None = None
    rrp: str | None = None
    product_category: str | None = None
    fast_moving: bool | None = None
    quantity_milli: int = 0
    price_minor: int = 0
    rrp_minor: int = 0


class Instalment(msgspec.Struct):
    """One part of a shipment's amount, due on its own date."""

    obligation_id: ObligationId
    due_date: date
    amount: str
    amount_minor: int = 0


class ShipmentDispatched(Event, tag="shipment.dispatched"):
    shipment_id: Id = ""
    outlet_id: Id | None = None
    deal_id: Id | None = None
    at: str = ""
    territory: Id | None = None
    direction: Id | None = None
    currency: str = ""
    amount: str = ""
    lines: list[Line] = []
    payment_term_days: Annotated[int, Meta(ge=0, le=3_650)] | None = None
    instalments: list[Instalment] | None = None
    rate: str | None = None
    amount_minor: int = 0
    at_ms: int = 0


class GoodsReturned(Event, tag="goods.returned"):
    shipment_id: Id = ""
    returned_on: date = date.min
    amount: str = ""
    currency: str = ""
    lines: list[Line] = []
    accepted_by: Id | None = None
    rate: str | None = None
    amount_minor: int = 0


class SaleRecorded(Event, tag="sale.recorded"):
    amount: str = ""
    currency: str = ""
    sold_on: date = date.min
    direction: Id = ""
    territory: Id | None = None
    territorial: bool = False
    shipment_id: Id | None = None
    rate: str | None = None
    amount_minor: int = 0


class SaleReturned(Event, tag="sale.returned"):
    sale_id: Id = ""
    amount: str = ""
    returned_on: date = date.min
    amount_minor: int = 0


class ClientRegistered(Event, tag="client.registered"):
    name: Text = ""
    wholesaler: bool = False
    activities: list[Id] = []
    territory: Id | None = None
    directions: list[Id] = []
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

    id: Id
    through: date
    revision: Revision = 1
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

CLIENT_EVENTS: tuple[type[ClientEvent], ...] = (
    PaymentReceived,
    PaymentReversed,
    ShipmentDispatched,
    GoodsReturned,
    SaleRecorded,
    SaleReturned,
    ClientRegistered,
    ClientOpened,
    CreditLimitSet,
)
BROADCASTS: tuple[type[Broadcast], ...] = (PaymentsCompleted, PolicyActivated)
