"""The client of the guided story: its first deal comes due on the show's first day, and only the reader pays it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from schemas.catalogue import CLIENTS, SHIPMENTS
from streams.cli.simulator.forms import HOUR_MS, SimulatedEvent, midnight_ms
from streams.cli.simulator.names import Name

CLIENT_ID: Final = "romashka"
NAME: Final = Name("Romashka, Kolomna", "Ромашка, Коломна")
_TERM_DAYS: Final = 10
_REQUESTS: Final = 4
_MINUTES_MS: Final = 60_000


def events(first_day: date, show_day: date, name: str) -> Iterator[SimulatedEvent]:
    """In order of time. Due on `show_day`, it is judged overdue at the next day's statement; the sales desk asks that
    afternoon for the next truck, and again on the days after."""
    registered = midnight_ms(first_day) + 6 * HOUR_MS
    body = {"name": name, "wholesaler": False, "activities": ["stationery"], "territory": "kolomna"}
    yield _event(
        CLIENTS, registered, "client.registered", "reg-romashka",
        body | {"directions": ["stationery"], "registered_on": first_day.isoformat()},
    )  # fmt: skip
    for minutes, document in enumerate(("cooperation_agreement", "supply_contract"), 1):
        said = {"document": document, "number": f"romashka/{minutes}", "on": first_day.isoformat(), "form": "original"}
        said |= {"accepted_by": "head", "direction": "stationery"}
        yield _event(CLIENTS, registered + minutes * _MINUTES_MS, "document.signed", f"{document}-romashka", said)
    shipped = show_day - timedelta(days=_TERM_DAYS)
    yield _event(
        SHIPMENTS, midnight_ms(shipped) + 14 * HOUR_MS, "shipment.dispatched", "D-dn-1041",
        _shipment("dn-1041", shipped, "180.00"),
    )  # fmt: skip
    for number in range(_REQUESTS):
        day, shipment_id = show_day + timedelta(days=1 + number), f"dn-{1077 + number}"
        said = _shipment(shipment_id, day, "60.00") | {"lines": [_LINE]}
        yield _event(SHIPMENTS, midnight_ms(day) + 14 * HOUR_MS, "shipment.requested", f"R-{shipment_id}", said)


_LINE: Final = {
    "sku": "pencil-hb",
    "quantity": "100",
    "price": "0.60",
    "rrp": "0.65",
    "product_category": "A",
    "fast_moving": True,
}


def _shipment(shipment_id: str, day: date, amount: str) -> dict[str, Any]:
    return {
        "shipment_id": shipment_id,
        "at": f"{day.isoformat()}T14:00:00+03:00",
        "territory": "kolomna",
        "direction": "stationery",
        "currency": "USD",
        "amount": amount,
        "payment_term_days": _TERM_DAYS,
    }


def _event(topic: str, instant: int, kind: str, event_id: str, said: dict[str, Any]) -> SimulatedEvent:
    body = {"type": kind, "id": event_id, "client_id": CLIENT_ID, **said}
    return SimulatedEvent(topic, CLIENT_ID, instant, msgspec.json.encode(body))
