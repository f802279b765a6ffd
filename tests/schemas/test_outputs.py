"""The models of the outputs take what the contract shows, and no field too much or too little."""

import json
from typing import Any, Final

import pytest
from pydantic import ValidationError

from schemas import outputs
from schemas.outputs import validate_output

BECAUSE: Final = {"rule": "risk_group.overdue_days", "threshold": "8", "observed": "9", "facts": ["S-1/1"]}
SENTENCE: Final = {"en": "9 days overdue.", "ru": "Просрочка 9 дней."}
COMMON: Final[dict[str, Any]] = {
    "id": "C-1:7",
    "client_id": "C-1",
    "sequence": 7,
    "effective_at": "2026-03-20T00:00:00+03:00",
    "cause": {"kind": "deadline", "at": "2026-03-20T00:00:00+03:00"},
    "because": [BECAUSE],
    "correction": False,
    "policy": {"version": 1, "digest": "0" * 64},
    "rules_version": "1",
    "explanation": SENTENCE,
}
CONDITION: Final[dict[str, Any]] = {
    "reason": "risk_group",
    "since": "2026-03-20T00:00:00+03:00",
    "because": [BECAUSE],
    "lifted_by": [
        {"kind": "payment", "amount": "100.00", "currency": "USD", "obligations": ["S-1/1"]},
        {"kind": "date", "at": "2027-03-20T00:00:00+03:00"},
        {"kind": "person", "role": "manager"},
    ],
    "explanation": SENTENCE,
}
REFUSAL: Final[dict[str, Any]] = {
    "reason": "documents_missing",
    "because": [BECAUSE],
    "lifted_by": [
        {"kind": "document", "documents": ["supply_contract"]},
        {"kind": "person", "role": "director"},
    ],
    "explanation": SENTENCE,
}
OUTPUTS: Final[dict[str, dict[str, Any]]] = {
    "category.changed": {
        "type": "category.changed",
        **COMMON,
        "dimension": "risk_group",
        "scope": None,
        "from": 2,
        "to": 3,
        "decided_by": ["overdue_days"],
    },
    "shipment.blocked": {
        "type": "shipment.blocked",
        **COMMON,
        "conditions": [CONDITION],
        "opened": ["risk_group"],
        "closed": [],
        "overridden": True,
        "overrides": ["OG-1"],
    },
    "shipment.released": {
        "type": "shipment.released",
        **COMMON,
        "closed": ["risk_group"],
        "overridden": False,
        "overrides": [],
    },
    "shipment.approved": {
        "type": "shipment.approved",
        **COMMON,
        "shipment_id": "S-1",
        "amount_reserved": "150.00",
        "currency": "USD",
        "reserved_until": "2026-03-23T10:00:00+03:00",
        "reasons": [],
        "repeated": False,
        "overrides": ["OG-1"],
    },
    "shipment.refused": {
        "type": "shipment.refused",
        **COMMON,
        "shipment_id": "S-1",
        "amount_reserved": "0.00",
        "currency": "USD",
        "reserved_until": None,
        "reasons": [REFUSAL],
        "repeated": True,
    },
    "shipment.approval_expired": {
        "type": "shipment.approval_expired",
        **COMMON,
        "shipment_id": "S-1",
        "amount_released": "150.00",
        "currency": "USD",
        "reasons": [],
    },
    "shipment.approval_withdrawn": {
        "type": "shipment.approval_withdrawn",
        **COMMON,
        "shipment_id": "S-1",
        "amount_released": "150.00",
        "currency": "USD",
        "reasons": [{**REFUSAL, "reason": "conduct"}],
    },
    "shipment.shipped_while_blocked": {
        "type": "shipment.shipped_while_blocked",
        **COMMON,
        "shipment_id": "S-1",
        "dispatched_at": "2026-03-20T09:00:00+03:00",
        "amount": "150.00",
        "currency": "USD",
        "conditions": ["conduct"],
        "blocked_from": "2026-03-19T00:00:00+03:00",
        "blocked_until": None,
        "block_id": "C-1:5",
    },
    "shipment.shipped_without_approval": {
        "type": "shipment.shipped_without_approval",
        **COMMON,
        "shipment_id": "S-1",
        "dispatched_at": "2026-03-20T09:00:00+03:00",
        "amount": "150.00",
        "currency": "USD",
        "approval": "exceeded",
        "amount_approved": "100.00",
        "reasons": [{**REFUSAL, "reason": "outlet_unknown", "lifted_by": []}],
    },
    "client.status": {
        "type": "client.status",
        **COMMON,
        "as_of": "2026-03-20T00:00:00+03:00",
        "blocked": True,
        "categories": {
            "risk_group": 3,
            "volume": "C",
            "sales_type": "chain",
            "activities": ["photo", "watches"],
            "mall_outlets": [{"territory": "moscow", "outlets": 2}],
            "lifecycle": "new",
            "importance": [{"scope": {"kind": "direction", "id": "watches"}, "importance": "medium"}],
        },
        "violations": 1,
        "overdue_days_longest": 9,
        "overdue_days_current": 9,
        "overdue_since": "2026-03-12",
        "currency": "USD",
        "outstanding": "100.00",
        "unapplied": "0.00",
        "exposure": "100.00",
        "limit": None,
        "open_obligations": [
            {
                "obligation_id": "S-1/1",
                "shipment_id": "S-1",
                "due_date": "2026-03-11",
                "amount": "100.00",
                "outstanding": "100.00",
                "judged": True,
            }
        ],
        "open_obligations_count": 1,
        "conditions": [{"reason": "risk_group", "since": "2026-03-20T00:00:00+03:00", "overrides": ["OG-1"]}],
        "warnings": ["sell_through_unknown"],
        "next_change": {
            "at": "2026-04-01T00:00:00+03:00",
            "changes": [
                {"dimension": "volume", "from": "B", "to": "C"},
                {"condition": "credit_limit", "change": "closes"},
                {
                    "dimension": "importance",
                    "from": "key",
                    "to": None,
                    "scope": {"kind": "territory", "id": "moscow"},
                },
            ],
        },
        "reserved": "150.00",
        "reservations": [{"shipment_id": "S-2", "amount": "150.00", "reserved_until": "2026-03-23T10:00:00+03:00"}],
        "reservations_count": 1,
        "overrides": [
            {
                "id": "OG-1",
                "conditions": ["risk_group", "assortment"],
                "shipment_id": None,
                "amount_max": "300.00",
                "amount_used": "150.00",
                "expires_at": "2026-03-27T12:00:00+03:00",
                "author": "petrova",
            }
        ],
        "documents": [
            {
                "document": "supply_contract",
                "number": "77",
                "form": "copy",
                "on": "2026-02-01",
                "in_force": False,
            }
        ],
        "first_deal": {
            "deal_id": "deal-1",
            "state": "open",
            "started_at": "2026-03-01T10:00:00+03:00",
            "closed_on": None,
            "entitlement": "600.00",
            "rrp_dispatched": "39.75",
            "outlets": ["shop-3"],
        },
        "flags": ["unregistered"],
    },
}
CAUSES: Final[list[dict[str, Any]]] = [
    {"kind": "record", "id": "P-1", "type": "payment.received", "topic": "payments", "partition": 3, "offset": 41},
    {"kind": "record", "id": None, "type": None, "topic": "payments", "partition": 3, "offset": 41},
    {"kind": "policy", "version": 2, "id": "p", "topic": "policies", "partition": 3, "offset": 1},
    {"kind": "broadcast", "id": "d", "type": "payments.completed", "topic": "payments", "partition": 0, "offset": 0},
]


def check(document: dict[str, Any]) -> outputs.Common:
    return validate_output(json.dumps(document).encode())


@pytest.mark.parametrize("kind", OUTPUTS)
def test_output_of_the_contract(kind: str) -> None:
    assert set(OUTPUTS) == set(outputs.MODELS)
    output = check(OUTPUTS[kind])
    assert (output.type, output.client_id, output.sequence) == (kind, "C-1", 7)


ADDED_LATER: Final = {
    "shipment.blocked": ["overridden", "overrides"],
    "client.status": ["reserved", "reservations", "reservations_count", "overrides", "documents", "first_deal"],
}
"""Fields that readers may find missing in what an older version published."""


@pytest.mark.parametrize("kind", OUTPUTS)
def test_no_field_too_little_or_too_much(kind: str) -> None:
    for name in OUTPUTS[kind]:
        if name in ADDED_LATER.get(kind, []):
            check({field: value for field, value in OUTPUTS[kind].items() if field != name})
        elif name != "type":
            with pytest.raises(ValidationError):
                check({field: value for field, value in OUTPUTS[kind].items() if field != name})
    with pytest.raises(ValidationError):
        check({**OUTPUTS[kind], "colour": "red"})


@pytest.mark.parametrize("cause", CAUSES)
def test_causes(cause: dict[str, Any]) -> None:
    check({**OUTPUTS["shipment.released"], "cause": cause})


@pytest.mark.parametrize(
    ("dimension", "scope", "before", "after"),
    [
        ("volume", None, "C", "A"),
        ("importance", {"kind": "direction", "id": "watches"}, "key", "medium"),
        ("importance", {"kind": "territory", "id": "moscow"}, None, "small"),
        ("sales_type", None, "single", "chain"),
        ("sales_type", None, "chain", None),
        ("activities", None, [], ["photo", "watches"]),
        ("mall_outlets", {"kind": "territory", "id": "moscow"}, 9, 12),
        ("lifecycle", None, "active", "lost"),
    ],
)
def test_categories(dimension: str, scope: Any, before: Any, after: Any) -> None:
    change = {"dimension": dimension, "scope": scope, "from": before, "to": after}
    output = check({**OUTPUTS["category.changed"], **change})
    assert json.loads(output.model_dump_json(by_alias=True))["to"] == after


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("shipment.approved", {"reserved_until": None}),
        ("shipment.approved", {"amount_reserved": "150"}),
        ("shipment.refused", {"reasons": []}),
        ("shipment.refused", {"reasons": [{**REFUSAL, "reason": "mood"}]}),
        ("shipment.refused", {"reasons": [{**REFUSAL, "lifted_by": [{"kind": "document", "documents": []}]}]}),
        ("shipment.refused", {"reasons": [{key: REFUSAL[key] for key in ("reason", "because", "lifted_by")}]}),
        ("shipment.approval_withdrawn", {"reasons": []}),
        ("shipment.shipped_while_blocked", {"conditions": []}),
        ("shipment.shipped_while_blocked", {"conditions": ["assortment"]}),
        ("shipment.shipped_without_approval", {"approval": "approved"}),
        ("shipment.blocked", {"opened": ["assortment"]}),
        ("category.changed", {"scope": {"kind": "planet", "id": "Mars"}}),
        ("category.changed", {"to": -1}),
        ("client.status", {"first_deal": {}}),
        ("client.status", {"outstanding": "100"}),
        ("client.status", {"outstanding": "-1.00"}),
        ("client.status", {"outstanding": 100.0}),
        ("client.status", {"overdue_since": "yesterday"}),
        ("client.status", {"next_change": {"at": "2026-04-01T00:00:00+03:00", "changes": []}}),
        ("client.status", {"flags": ["strange"]}),
        ("client.status", {"effective_at": "2026-03-20T00:00:00"}),
        ("client.status", {"sequence": 0}),
        ("client.status", {"policy": {"version": 1, "digest": "abc"}}),
        ("client.status", {"explanation": {"en": "One language."}}),
        ("shipment.blocked", {"conditions": []}),
        ("shipment.blocked", {"opened": ["mood"]}),
        ("shipment.blocked", {"conditions": [{**CONDITION, "lifted_by": [{"kind": "prayer"}]}]}),
        ("category.changed", {"dimension": "height"}),
        ("category.changed", {"to": "D"}),
        ("category.changed", {"cause": {"kind": "whim"}}),
    ],
)
def test_what_is_no_output(kind: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        check({**OUTPUTS[kind], **changes})


def test_unknown_type() -> None:
    with pytest.raises(KeyError):
        check({"type": "client.imagined"})
