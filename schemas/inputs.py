"""The contract of the inputs: one model an event, strict, with a description of every field.

These models decide what a valid record is; `schemas.decoding` is their fast form and a test holds the two together.
JSON Schema and AsyncAPI are generated from them. Within a major version only optional fields are added. Unknown fields
are ignored. Amounts are decimal strings with at most two places, times RFC 3339 with offset, dates ISO.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fields import (
    Currency,
    Day,
    Document,
    Id,
    Instant,
    KeyId,
    Money,
    Month,
    ObligationId,
    PositiveMoney,
    Quantity,
    Rate,
    Revision,
    Text,
)


class Input(BaseModel):
    """Strict: no text for a number, no number for a text."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", use_attribute_docstrings=True)


class Fact(Input):
    """What every fact about a client carries."""

    id: Id
    """Unique per client and type."""
    client_id: Id
    """The client; also the record's key."""
    revision: Revision = 1
    """The highest revision of a fact replaces the others."""
    voided: bool = False
    """True withdraws the fact; the other fields are then not needed and not read."""


class PaymentReceived(Fact):
    """Money of a client came in."""

    type: Literal["payment.received"]
    amount: PositiveMoney
    """What was paid, in `currency`."""
    currency: Currency
    value_date: Day
    """The bank's value date: lateness is judged by it, not by arrival."""
    obligations: list[ObligationId] = []
    """The obligations it pays, in this order; without any, the oldest due first."""
    document: Text = ""
    """Number of the bank's document."""
    rate: Rate | None = None
    """Policy currency per unit of `currency`; needed when they differ."""


class PaymentReversed(Fact):
    """A payment was taken back, in whole or in part."""

    type: Literal["payment.reversed"]
    payment_id: Id
    """The `id` of the payment."""
    amount: PositiveMoney | None = None
    """In the payment's currency; absent: all of it."""
    value_date: Day
    reason: Text = ""


class DispatchLine(Input):
    """One line of a shipment."""

    sku: Id
    quantity: Quantity
    """Units, at most three places."""
    price: Money
    """Per unit, VAT in."""
    rrp: Money
    """Recommended retail price per unit."""
    product_category: Literal["A", "B", "C"]
    fast_moving: bool


class Instalment(Input):
    """One part of a shipment's amount, due on its own date."""

    obligation_id: ObligationId
    due_date: Day
    amount: Money


class ShipmentDispatched(Fact):
    """Goods left for a client; what is to be paid for them, and when."""

    type: Literal["shipment.dispatched"]
    shipment_id: Id
    """The business id: revisions of one shipment share it."""
    outlet_id: Id | None = None
    deal_id: Id | None = None
    """The deal it belongs to; absent: a deal of its own."""
    at: Instant
    territory: Id | None = None
    direction: Id | None = None
    currency: Currency
    amount: Money
    """Payable, VAT in."""
    lines: list[DispatchLine] = []
    payment_term_days: Annotated[int, Field(ge=0, le=3_650)] | None = None
    """Days from dispatch to the due date of the only obligation, `<shipment_id>/1`."""
    instalments: Annotated[list[Instalment], Field(min_length=1)] | None = None
    """Obligations that sum to `amount`. Exactly one of this and `payment_term_days` is given."""
    rate: Rate | None = None
    """Policy currency per unit of `currency`; needed when they differ."""

    @model_validator(mode="after")
    def _payable_once(self) -> Self:
        if self.instalments is None:
            if self.payment_term_days is None:
                raise PydanticCustomError("missing", "payment_term_days: give it, or instalments")
            return self
        if self.payment_term_days is not None:
            raise PydanticCustomError("terms", "instalments: give either these or payment_term_days, not both")
        ids = [part.obligation_id for part in self.instalments]
        if len(set(ids)) != len(ids):
            raise PydanticCustomError("terms", "instalments: two of them share an obligation_id; make them differ")
        if sum(_cents(part.amount) for part in self.instalments) != _cents(self.amount):
            raise PydanticCustomError("terms", "instalments: their amounts must sum to amount")
        return self


class ReturnLine(Input):
    """One line of goods that came back."""

    sku: Id
    quantity: Quantity


class GoodsReturned(Fact):
    """Goods of a shipment came back; within the payment term they need not be paid."""

    type: Literal["goods.returned"]
    shipment_id: Id
    returned_on: Day
    amount: Money
    currency: Currency
    lines: list[ReturnLine] = []
    accepted_by: Id | None = None
    """Who accepted it after the payment term; without, a late return has no effect."""
    rate: Rate | None = None
    """Policy currency per unit of `currency`; needed when they differ."""


class SaleRecorded(Fact):
    """A sale to the client, which counts as turnover."""

    type: Literal["sale.recorded"]
    amount: Money
    currency: Currency
    sold_on: Day
    direction: Id
    """Line of business."""
    territory: Id | None = None
    territorial: bool = False
    """Counts in its territory instead of its direction."""
    shipment_id: Id | None = None
    rate: Rate | None = None
    """Policy currency per unit of `currency`; needed when they differ."""


class SaleReturned(Fact):
    """A sale was taken back, in whole or in part; booked to the month of the sale."""

    type: Literal["sale.returned"]
    sale_id: Id
    """The `id` of the sale, whose currency and rate it takes."""
    amount: Money
    returned_on: Day


class ClientRegistered(Fact):
    """Who a client is; a higher revision updates it."""

    type: Literal["client.registered"]
    name: Annotated[str, Field(min_length=1, max_length=500)]
    wholesaler: bool = False
    activities: list[Id] = []
    territory: Id | None = None
    directions: list[Id] = []
    registered_on: Day


class OpeningObligation(Input):
    """An obligation open on the opening date."""

    obligation_id: ObligationId
    due_date: Day
    amount: Money
    """What is still outstanding."""
    shipment_id: Id | None = None


class OpeningViolation(Input):
    """An episode of the past: the first and the last overdue day of one obligation."""

    obligation_id: ObligationId
    first_day: Day
    last_day: Day

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last_day < self.first_day:
            raise PydanticCustomError("order", "last_day: must not lie before first_day")
        return self


class OpeningTurnover(Input):
    """Turnover of one month in one scope."""

    month: Month
    """Like 2026-03."""
    amount: Money
    direction: Id | None = None
    territory: Id | None = None


class OpeningOutlet(Input):
    """A trading point that was open on the opening date."""

    outlet_id: Id
    territory: Id | None = None
    mall: Id | None = None


class OpeningDocument(Input):
    """A document in force on the opening date."""

    document: Literal["cooperation_agreement", "supply_contract"]
    number: Id
    direction: Id | None = None


class ClientOpened(Fact):
    """Balances of a client that existed before the system; facts dated before `as_of` are in them already."""

    type: Literal["client.opened"]
    as_of: Day
    currency: Currency
    name: Text = ""
    lifecycle: Literal["potential", "new", "active", "lost"] = "active"
    unapplied: Money = "0.00"
    """Money that no obligation had taken."""
    obligations: list[OpeningObligation] = []
    violations: list[OpeningViolation] = []
    turnover: list[OpeningTurnover] = []
    outlets: list[OpeningOutlet] = []
    documents: list[OpeningDocument] = []
    rate: Rate | None = None
    """Policy currency per unit of `currency`; needed when they differ."""

    @model_validator(mode="after")
    def _obligations_once(self) -> Self:
        ids = [obligation.obligation_id for obligation in self.obligations]
        if len(set(ids)) != len(ids):
            raise PydanticCustomError("twice", "obligations: two of them share an obligation_id; make them differ")
        return self

    @model_validator(mode="after")
    def _past(self) -> Self:
        if any(violation.last_day >= self.as_of for violation in self.violations):
            text = "violations: must end before as_of; what is still overdue is one of the obligations"
            raise PydanticCustomError("order", text)
        if any(row.month > self.as_of.isoformat()[:7] for row in self.turnover):
            raise PydanticCustomError("order", "turnover: must be of months up to that of as_of")
        return self


class CreditLimitSet(Fact):
    """A person sets or lifts a client's credit limit; without a valid signature it has no effect."""

    type: Literal["credit_limit.set"]
    amount: Money | None
    """null: no limit."""
    currency: Currency
    valid_from: Day
    valid_until: Day | None = None
    """The last day; absent: without end."""
    author: Id
    role: Id
    signature: Text = ""
    """Ed25519 over the RFC 8785 form of the value without this field, base64."""
    key_id: KeyId = ""
    """A key of the policy."""
    rate: Rate | None = None
    """Policy currency per unit of `currency`; needed when they differ."""

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise PydanticCustomError("order", "valid_until: must not lie before valid_from")
        return self


class PaymentsCompleted(Input):
    """Accounting has posted every payment with a value date up to `through`; no key, to every partition."""

    type: Literal["payments.completed"]
    id: Id
    """Unique over all."""
    revision: Revision = 1
    through: Day


class PolicyActivated(Input):
    """The whole policy, in force from this record on; no key, to every partition."""

    type: Literal["policy.activated"]
    id: Id
    version: Revision
    """The version the policy itself names."""
    policy: Document
    """The document of the policy's schema."""


class VoidedFact(Fact):
    """Withdraws a fact: its identity is enough."""

    voided: Literal[True]


class VoidedDispatch(VoidedFact):
    """Withdraws a shipment: its business id is needed as well."""

    shipment_id: Id


def _cents(text: str) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole) * 100 + int(fraction.ljust(2, "0"))


MODELS: Final[dict[str, type[Input]]] = {
    "payment.received": PaymentReceived,
    "payment.reversed": PaymentReversed,
    "payments.completed": PaymentsCompleted,
    "shipment.dispatched": ShipmentDispatched,
    "goods.returned": GoodsReturned,
    "sale.recorded": SaleRecorded,
    "sale.returned": SaleReturned,
    "client.registered": ClientRegistered,
    "client.opened": ClientOpened,
    "credit_limit.set": CreditLimitSet,
    "policy.activated": PolicyActivated,
}
"""The model of each event type."""


def voided_model(kind: str) -> type[VoidedFact]:
    """The model of a withdrawn fact of this type."""
    return VoidedDispatch if kind == "shipment.dispatched" else VoidedFact
