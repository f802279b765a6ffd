"""One valid record of each event, as a sender writes it; tests change a field and look what happens."""

import json
from typing import Any, Final

LINE: Final[dict[str, Any]] = {
    "sku": "pen-7",
    "quantity": "2.5",
    "price": "10.00",
    "rrp": "15.90",
    "product_category": "A",
    "fast_moving": True,
}

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "payment.received": {
        "type": "payment.received",
        "id": "P-1",
        "client_id": "C-1",
        "amount": "1234.50",
        "currency": "USD",
        "value_date": "2026-03-05",
        "obligations": ["S-1/1", "S-2/1"],
        "document": "Счёт 17",
    },
    "payment.reversed": {
        "type": "payment.reversed",
        "id": "PR-1",
        "client_id": "C-1",
        "payment_id": "P-1",
        "amount": "10.00",
        "value_date": "2026-03-12",
        "reason": "sent twice",
    },
    "payments.completed": {"type": "payments.completed", "id": "day-2026-03-05", "through": "2026-03-05"},
    "shipment.dispatched": {
        "type": "shipment.dispatched",
        "id": "D-1",
        "client_id": "C-1",
        "shipment_id": "S-1",
        "outlet_id": "shop-3",
        "at": "2026-03-01T12:00:00+03:00",
        "territory": "moscow",
        "direction": "watches",
        "currency": "USD",
        "amount": "25.00",
        "lines": [LINE],
        "payment_term_days": 10,
    },
    "goods.returned": {
        "type": "goods.returned",
        "id": "GR-1",
        "client_id": "C-1",
        "shipment_id": "S-1",
        "returned_on": "2026-03-08",
        "amount": "10.00",
        "currency": "USD",
        "lines": [{"sku": "pen-7", "quantity": "1"}],
    },
    "sale.recorded": {
        "type": "sale.recorded",
        "id": "SA-1",
        "client_id": "C-1",
        "amount": "12.50",
        "currency": "USD",
        "sold_on": "2026-03-05",
        "direction": "watches",
    },
    "sale.returned": {
        "type": "sale.returned",
        "id": "SR-1",
        "client_id": "C-1",
        "sale_id": "SA-1",
        "amount": "2.50",
        "returned_on": "2026-03-06",
    },
    "client.registered": {
        "type": "client.registered",
        "id": "C-1",
        "client_id": "C-1",
        "name": "ООО «Ромашка»",
        "wholesaler": False,
        "activities": ["watches"],
        "territory": "moscow",
        "directions": ["watches"],
        "registered_on": "2026-01-15",
    },
    "client.opened": {
        "type": "client.opened",
        "id": "open-C-1",
        "client_id": "C-1",
        "as_of": "2026-01-01",
        "currency": "USD",
        "lifecycle": "active",
        "unapplied": "5.00",
        "obligations": [{"obligation_id": "old/1", "due_date": "2025-12-20", "amount": "70.00"}],
        "violations": [{"obligation_id": "old/0", "first_day": "2025-11-02", "last_day": "2025-11-04"}],
        "turnover": [{"month": "2025-12", "amount": "310.00", "direction": "watches"}],
        "outlets": [{"outlet_id": "shop-3"}],
        "documents": [{"document": "supply_contract", "number": "77"}],
    },
    "credit_limit.set": {
        "type": "credit_limit.set",
        "id": "L-1",
        "client_id": "C-1",
        "amount": "500.00",
        "currency": "USD",
        "valid_from": "2026-02-01",
        "valid_until": "2026-12-31",
        "author": "petrova",
        "role": "manager",
        "signature": "",
        "key_id": "petrova-2026",
    },
    "policy.activated": {"type": "policy.activated", "id": "policy-1", "version": 1, "policy": {"version": 1}},
}

TOPICS: Final[dict[str, str]] = {
    "payment.received": "payments",
    "payment.reversed": "payments",
    "payments.completed": "payments",
    "shipment.dispatched": "shipments",
    "goods.returned": "shipments",
    "sale.recorded": "sales",
    "sale.returned": "sales",
    "client.registered": "clients",
    "client.opened": "clients",
    "credit_limit.set": "judgements",
    "policy.activated": "policies",
}


def record(kind: str, /, *without: str, **changes: Any) -> bytes:
    """The example of an event, some fields changed or left out, as bytes."""
    fields = {**EXAMPLES[kind], **changes}
    return json.dumps({name: value for name, value in fields.items() if name not in without}).encode()
