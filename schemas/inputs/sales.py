"""Inputs of the topic `sales`: our sales to a client, and what the client has sold of our goods."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fields import LINES_MAX, Currency, Day, Id, Instant, Money, QuantityOrNone, Rate
from schemas.inputs.base import Fact, Input


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


class SoldLine(Input):
    """What the client has sold of one article."""

    sku: Id
    quantity: QuantityOrNone
    """Units sold so far, at most three places; may be 0."""


class SellThroughReported(Fact):
    """What the client has sold of a shipment so far; the latest report of a shipment counts."""

    type: Literal["sell_through.reported"]
    shipment_id: Id
    at: Instant
    lines: Annotated[list[SoldLine], Field(max_length=LINES_MAX)]
    """Articles left out have sold nothing."""

    @model_validator(mode="after")
    def _articles_once(self) -> Self:
        if len({line.sku for line in self.lines}) != len(self.lines):
            raise PydanticCustomError("twice", "lines: two of them share a sku; make one of them")
        return self
