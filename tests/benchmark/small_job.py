"""The small job: count a client's events, and say when its group moves. The same data and outputs for every contestant.

Three types of event over some clients, 200 bytes each on average; a client's group is its number of events divided by
eight, at most 3. It knows no rule of ours: it measures what carries the rules.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

GROUP_EVENTS = 8
GROUP_MAX = 3


def events(count: int, clients: int) -> Iterator[tuple[bytes, bytes]]:
    """(key, value) of each event, the same at every call."""
    generator = random.Random(7)
    for number in range(count):
        client = f"client-{generator.randrange(clients):07d}"
        value = json.dumps(_event(generator, number, client), separators=(",", ":"))
        yield client.encode(), value.encode()


def _event(generator: random.Random, number: int, client: str) -> dict[str, Any]:
    day = f"2026-11-{1 + number % 28:02d}"
    if number % 3 == 0:
        return {
            "type": "payment.received",
            "id": f"pay-{number}",
            "client_id": client,
            "amount": f"{generator.randrange(100, 100_000) / 100:.2f}",
            "currency": "USD",
            "value_date": day,
            "obligations": [f"ob-{number - 2}"],
            "document": f"PP-{number}",
        }
    if number % 3 == 1:
        return {
            "type": "shipment.dispatched",
            "id": f"sh-{number}",
            "client_id": client,
            "shipment_id": f"s-{number}",
            "point_id": "p-1",
            "at": f"{day}T10:00:00+03:00",
            "territory": "msk",
            "direction": "stationery",
            "currency": "USD",
            "deferral_days": number % 14,
            "amount": f"{generator.randrange(100, 20_000) / 100:.2f}",
        }
    return {
        "type": "sale.recorded",
        "id": f"sa-{number}",
        "client_id": client,
        "amount": f"{generator.randrange(100, 60_000) / 100:.2f}",
        "currency": "USD",
        "sold_on": day,
        "direction": "stationery",
        "territory": "msk",
    }


class Move(NamedTuple):
    """What the output topic must hold: one record for each change of group."""

    client_id: str
    before: int
    after: int
    sequence: int


def expected_moves(count: int, clients: int) -> Counter[Move]:
    """Every output that the first `count` events demand."""
    per_client = Counter(key.decode() for key, _ in events(count, clients))
    return Counter(
        Move(client, group - 1, group, GROUP_EVENTS * group)
        for client, total in per_client.items()
        for group in range(1, min(GROUP_MAX, total // GROUP_EVENTS) + 1)
    )


def move_of(value: bytes) -> Move:
    """The output record `value`."""
    body = json.loads(value)
    return Move(body["client_id"], body["from"], body["to"], body["sequence"])


class _Event(msgspec.Struct, tag_field="type", kw_only=True, gc=False):
    id: str
    client_id: str
    amount: Decimal
    currency: str


class Payment(_Event, tag="payment.received", kw_only=True, gc=False):
    """Money received."""

    value_date: date
    obligations: list[str]
    document: str


class Shipment(_Event, tag="shipment.dispatched", kw_only=True, gc=False):
    """Goods dispatched."""

    shipment_id: str
    point_id: str
    at: datetime
    territory: str
    direction: str
    deferral_days: int


class Sale(_Event, tag="sale.recorded", kw_only=True, gc=False):
    """Goods sold on."""

    sold_on: date
    direction: str
    territory: str


class State(msgspec.Struct, array_like=True, gc=False):
    """What is counted of one client."""

    count: int = 0
    payments: int = 0
    shipments: int = 0
    sales: int = 0
    cents: int = 0
    latest: date = date.min
    group: int = 0


class _Moved(msgspec.Struct, rename={"before": "from", "after": "to"}, gc=False):
    client_id: str
    before: int
    after: int
    sequence: int


decode_event = msgspec.json.Decoder(Payment | Shipment | Sale).decode
_encode_move = msgspec.json.Encoder().encode


def fold(state: State, event: Payment | Shipment | Sale) -> bytes | None:
    """Fold one event into the state; the output record when the group moved."""
    kind = type(event)
    if kind is Payment:
        state.payments += 1
        day = event.value_date  # type: ignore[union-attr]
    elif kind is Shipment:
        state.shipments += 1
        day = event.at.date()  # type: ignore[union-attr]
    else:
        state.sales += 1
        day = event.sold_on  # type: ignore[union-attr]
    state.count += 1
    state.cents += int(event.amount.scaleb(2))
    if day > state.latest:
        state.latest = day
    before = state.group
    group = state.count // GROUP_EVENTS
    if group > GROUP_MAX:
        group = GROUP_MAX
    if group == before:
        return None
    state.group = group
    return _encode_move(_Moved(event.client_id, before, group, state.count))
