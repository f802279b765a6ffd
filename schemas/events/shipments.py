"""Events of the topic `shipments`: requested, cancelled, dispatched, returned."""

from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.events.base import Event, Id, ObligationId

AMOUNT_MAX: Final = 10**15 - 1
"""The largest amount that a record can name, in minor units: what is above it in sum is reckoned as this much."""


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


class Shipment(Event):
    """What a request and a dispatch say alike."""

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

    @property
    def rrp_minor(self) -> int:
        """Recommended retail price of all lines together, in `currency`, rounded up to the cent; at most AMOUNT_MAX."""
        milli = sum(line.quantity_milli * line.rrp_minor for line in self.lines)
        return min(-(-milli // 1000), AMOUNT_MAX)


class ShipmentDispatched(Shipment, tag="shipment.dispatched"):
    """Goods left."""


class ShipmentRequested(Shipment, tag="shipment.requested"):
    """May goods leave? Has at least one line."""


class ShipmentCancelled(Event, tag="shipment.cancelled"):
    shipment_id: Id = ""
    at: str = ""
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
