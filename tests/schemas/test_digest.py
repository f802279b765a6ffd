"""Equal bodies have equal digests, however they are written; each field that says something changes the digest."""

import json
from typing import Any

import pytest

from schemas.decoding import decode
from tests.schemas.examples import EXAMPLES, LINE, TOPICS, record


def digest(kind: str, /, *without: str, **changes: Any) -> bytes:
    event: Any = decode(TOPICS[kind], record(kind, *without, **changes))
    return bytes(event.digest)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("payment.received", {"amount": "1234.5"}),
        ("payment.received", {"revision": 1, "voided": False, "rate": None}),
        ("payment.received", {"colour": "red"}),
        ("sale.recorded", {"amount": "12.5", "territorial": False, "territory": None}),
        ("shipment.dispatched", {"at": "2026-03-01T09:00:00Z", "amount": "25"}),
        ("shipment.dispatched", {"lines": [{**LINE, "quantity": "2.500", "price": "10", "rrp": "15.9"}]}),
        ("goods.returned", {"lines": [{"quantity": "1.0", "sku": "pen-7", "price": "3"}]}),
        ("credit_limit.set", {"signature": "another", "amount": "500"}),
        ("client.opened", {"unapplied": "5"}),
        ("shipment.requested", {"at": "2026-03-01T07:00:00Z", "lines": [{**LINE, "price": "10", "quantity": "2.50"}]}),
        ("shipment.cancelled", {"at": "2026-03-01T08:00:00.0009Z"}),
        (
            "sell_through.reported",
            {"lines": [{"sku": "pen-8", "quantity": "0.000"}, {"sku": "pen-7", "quantity": "1.500"}]},
        ),
        ("override.granted", {"conditions": ["credit_limit", "risk_group"], "signature": "x", "amount_max": "300"}),
        ("conduct.recorded", {"at": "2026-03-01T09:00:00Z", "signature": "x", "key_id": "another"}),
    ],
)
def test_writing_does_not_change_it(kind: str, changes: dict[str, Any]) -> None:
    assert digest(kind, **changes) == digest(kind)


def test_rate_is_a_number() -> None:
    assert digest("payment.received", rate="1.50") == digest("payment.received", rate="1.5")
    assert digest("payment.received", rate="1.50") != digest("payment.received", rate="1.05")


def test_order_of_members_does_not_change_it() -> None:
    members = dict(reversed(EXAMPLES["client.opened"].items()))
    event: Any = decode("clients", json.dumps(members).encode())
    assert event.digest == digest("client.opened")


OBLIGATION = {
    "revision": 2,
    "obligation_id": "S-2/1",
    "on": "2026-03-10",
    "author": "ivanov",
    "reason": "another",
    "voided": True,
}
SIGNED = {"revision": 2, "author": "ivanov", "role": "director", "voided": True}
CHANGES: dict[str, dict[str, Any]] = {
    "payment.received": {
        "revision": 2,
        "amount": "1234.51",
        "currency": "EUR",
        "value_date": "2026-03-06",
        "obligations": ["S-2/1", "S-1/1"],
        "document": "",
        "rate": "2",
        "voided": True,
    },
    "payment.reversed": {
        "revision": 2,
        "payment_id": "P-2",
        "amount": None,
        "value_date": "2026-03-13",
        "reason": "",
        "voided": True,
    },
    "payments.completed": {"revision": 2, "through": "2026-03-06"},
    "shipment.dispatched": {
        "revision": 2,
        "shipment_id": "S-2",
        "outlet_id": "shop-4",
        "deal_id": "deal",
        "at": "2026-03-01T12:00:00.001+03:00",
        "territory": None,
        "direction": None,
        "currency": "EUR",
        "amount": "25.01",
        "lines": [],
        "payment_term_days": 11,
        "rate": "2",
        "voided": True,
    },
    "goods.returned": {
        "revision": 2,
        "shipment_id": "S-2",
        "returned_on": "2026-03-09",
        "amount": "10.01",
        "currency": "EUR",
        "lines": [],
        "accepted_by": "petrova",
        "rate": "2",
        "voided": True,
    },
    "sale.recorded": {
        "revision": 2,
        "amount": "12.51",
        "currency": "EUR",
        "sold_on": "2026-03-06",
        "direction": "photo",
        "territory": "moscow",
        "territorial": True,
        "shipment_id": "S-1",
        "rate": "2",
        "voided": True,
    },
    "sale.returned": {"revision": 2, "sale_id": "SA-2", "amount": "2.51", "returned_on": "2026-03-07", "voided": True},
    "client.registered": {
        "revision": 2,
        "name": "Another",
        "wholesaler": True,
        "activities": [],
        "territory": None,
        "directions": [],
        "registered_on": "2026-01-16",
        "voided": True,
    },
    "client.opened": {
        "revision": 2,
        "as_of": "2026-01-02",
        "currency": "EUR",
        "name": "Another",
        "lifecycle": "lost",
        "unapplied": "5.01",
        "obligations": [],
        "violations": [],
        "turnover": [],
        "outlets": [],
        "documents": [],
        "rate": "2",
        "voided": True,
    },
    "credit_limit.set": {
        "revision": 2,
        "amount": None,
        "currency": "EUR",
        "valid_from": "2026-02-02",
        "valid_until": None,
        "author": "ivanov",
        "role": "director",
        "rate": "2",
        "voided": True,
    },
    "policy.activated": {"version": 2, "policy": {"version": 2}},
    "shipment.requested": {
        "revision": 2,
        "shipment_id": "S-2",
        "outlet_id": "shop-4",
        "deal_id": None,
        "at": "2026-03-01T10:00:00.001+03:00",
        "territory": None,
        "direction": None,
        "currency": "EUR",
        "amount": "25.01",
        "lines": [{**LINE, "quantity": "3"}],
        "payment_term_days": 11,
        "rate": "2",
        "voided": True,
    },
    "shipment.cancelled": {"revision": 2, "shipment_id": "S-2", "at": "2026-03-01T11:00:01+03:00", "voided": True},
    "sell_through.reported": {
        "revision": 2,
        "shipment_id": "S-2",
        "at": "2026-03-07T20:00:01+03:00",
        "lines": [{"sku": "pen-7", "quantity": "1.501"}, {"sku": "pen-8", "quantity": "0"}],
        "voided": True,
    },
    "client.closed": {"revision": 2, "on": "2026-05-02", "voided": True},
    "document.signed": {
        "revision": 2,
        "document": "cooperation_agreement",
        "number": "78",
        "on": "2026-02-02",
        "form": "copy",
        "accepted_by": "ivanov",
        "direction": "photo",
        "voided": True,
    },
    "document.ended": {
        "revision": 2,
        "document": "cooperation_agreement",
        "number": "78",
        "on": "2027-02-02",
        "voided": True,
    },
    "outlet.opened": {
        "revision": 2,
        "outlet_id": "shop-4",
        "on": "2026-02-02",
        "territory": "tver",
        "mall": None,
        "voided": True,
    },
    "outlet.closed": {
        "revision": 2,
        "outlet_id": "shop-4",
        "on": "2026-04-02",
        "territory": "tver",
        "mall": "mega",
        "voided": True,
    },
    "obligation.rescheduled": {**OBLIGATION, "due_date": "2026-03-21"},
    "obligation.disputed": OBLIGATION,
    "obligation.resolved": OBLIGATION,
    "obligation.written_off": OBLIGATION,
    "conduct.recorded": {**SIGNED, "kind": "requirement", "at": "2026-03-01T12:00:01+03:00", "evidence": "Letter 13"},
    "conduct.cleared": {**SIGNED, "conduct_id": "CR-2", "at": "2026-03-03T12:00:01+03:00", "reason": "another"},
    "override.granted": {
        **SIGNED,
        "granted_at": "2026-03-01T12:00:01+03:00",
        "conditions": ["risk_group"],
        "amount_max": "300.01",
        "currency": "EUR",
        "expires_at": "2026-03-08T12:00:01+03:00",
        "reason": "another",
        "rate": "2",
    },
    "override.revoked": {**SIGNED, "override_id": "OG-2", "at": "2026-03-02T12:00:01+03:00", "reason": "another"},
    "first_deal.decided": {**SIGNED, "decision": "stop", "at": "2026-03-12T12:00:01+03:00", "reason": "another"},
}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_field_counts(kind: str) -> None:
    seen = {digest(kind)}
    for name, value in CHANGES[kind].items():
        seen.add(digest(kind, **{name: value}))
    assert len(seen) == 1 + len(CHANGES[kind])


@pytest.mark.parametrize(
    "change",
    [
        {"sku": "pen-8"},
        {"quantity": "2.501"},
        {"price": "10.01"},
        {"rrp": "15.91"},
        {"product_category": "B"},
        {"fast_moving": False},
    ],
)
def test_every_field_of_a_line_counts(change: dict[str, Any]) -> None:
    assert digest("shipment.dispatched", lines=[{**LINE, **change}]) != digest("shipment.dispatched")


KNOWN = {
    "payment.received": "86d6e6e866a7f7ce",
    "payment.reversed": "49e398a52c112483",
    "payments.completed": "578e1f9846bb1b29",
    "shipment.dispatched": "138be06223606f05",
    "goods.returned": "41e1b195b6b76cc6",
    "sale.recorded": "bf06a288fd72b3ae",
    "sale.returned": "22d0d8a4fca104ba",
    "client.registered": "6bd3aed3a8d65b71",
    "client.opened": "e2162e2fc530a00a",
    "credit_limit.set": "94908a221d32155c",
    "policy.activated": "37a4ed148d55f212",
    "shipment.requested": "c81a749b8107f7d5",
    "shipment.cancelled": "664a0f35912e11d0",
    "sell_through.reported": "e7f80b0ea622007a",
    "client.closed": "fe4a50aa40ecc6da",
    "document.signed": "de5412edeb3bc171",
    "document.ended": "b8bc8702db69e837",
    "outlet.opened": "913aeb8a0ded73da",
    "outlet.closed": "b68200683c516242",
    "obligation.rescheduled": "2c83e51d965b2374",
    "obligation.disputed": "7714bebe89cc51c3",
    "obligation.resolved": "7714bebe89cc51c3",
    "obligation.written_off": "7714bebe89cc51c3",
    "conduct.recorded": "12dff60d6a36efc2",
    "conduct.cleared": "196683d33bb033e1",
    "override.granted": "80e8795632bfbb85",
    "override.revoked": "dbcd3a83039ee739",
    "first_deal.decided": "27fb6fdf6bebec86",
}


def test_it_is_the_same_on_every_machine() -> None:
    # Digests lie in snapshots: if one of these changes, every repeat of an old record becomes a conflict.
    assert {kind: digest(kind).hex() for kind in EXAMPLES} == KNOWN
