"""Events of the topic `sales`."""

from datetime import date

import msgspec

from schemas.events.base import Event, Id


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


class SoldLine(msgspec.Struct):
    """Units of one article sold so far; `quantity_milli` in thousandths, may be 0."""

    sku: str
    quantity: str
    quantity_milli: int = 0


class SellThroughReported(Event, tag="sell_through.reported"):
    """Comes from the model only, so no article is there twice."""

    shipment_id: str = ""
    at: str = ""
    lines: list[SoldLine] = []
    at_ms: int = 0
