"""Inputs of the topic `shipments`: requested, cancelled, dispatched, returned."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fields import LINES_MAX, Currency, Day, Id, Instant, Money, ObligationId, Quantity, Rate
from schemas.inputs.base import Fact, Input


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


class Shipment(Fact):
    """What goods leave for a client, what is to be paid for them, and when."""

    type: str
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


class ShipmentDispatched(Shipment):
    """Goods left for a client; what is to be paid for them, and when."""

    type: Literal["shipment.dispatched"]


class ShipmentRequested(Shipment):
    """The sales desk asks whether goods may leave; answered approved or refused. A shipment is asked for once: the
    same `shipment_id` under another `id` is a repetition and gets the recorded answer."""

    type: Literal["shipment.requested"]
    lines: Annotated[list[DispatchLine], Field(min_length=1, max_length=LINES_MAX)]
    """What is asked for: assortment and recommended retail price are judged by it."""


class ShipmentCancelled(Fact):
    """A requested shipment will not leave: what was reserved for it is free again."""

    type: Literal["shipment.cancelled"]
    shipment_id: Id
    at: Instant


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


def _cents(text: str) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole) * 100 + int(fraction.ljust(2, "0"))
