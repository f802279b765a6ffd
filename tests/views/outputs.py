"""Outputs of made-up clients, small but with all that the contract demands."""

import json
from types import SimpleNamespace
from typing import Any

COMMON: dict[str, Any] = {
    "cause": {"kind": "deadline", "at": "2026-03-01T00:00:00+03:00"},
    "because": [],
    "correction": False,
    "policy": {"version": 1, "digest": "0" * 64},
    "rules_version": "1",
    "explanation": {"en": "So.", "ru": "Так."},
    "effective_at": "2026-03-01T00:00:00+03:00",
}


def output(kind: str, client: str, sequence: int, **body: Any) -> dict[str, Any]:
    """An output with the common fields filled."""
    about = {"type": kind, "id": f"{client}:{sequence}", "client_id": client, "sequence": sequence}
    return {**COMMON, **about, **body}


def status(client: str, sequence: int, **body: Any) -> dict[str, Any]:
    """A client that owes nothing and may be shipped to, but for what `body` says."""
    calm: dict[str, Any] = {
        "as_of": "2026-03-01T00:00:00+03:00",
        "blocked": False,
        "categories": {"risk_group": 0, "volume": "C", "lifecycle": "active"},
        "violations": 0,
        "overdue_days_longest": 0,
        "overdue_days_current": 0,
        "overdue_since": None,
        "currency": "USD",
        "outstanding": "0.00",
        "unapplied": "0.00",
        "exposure": "0.00",
        "limit": None,
        "open_obligations": [],
        "open_obligations_count": 0,
        "conditions": [],
        "warnings": [],
        "next_change": None,
        "documents": [
            {"document": name, "number": "1", "form": "original", "on": "2026-01-01", "in_force": True}
            for name in ("cooperation_agreement", "supply_contract")
        ],
        "first_deal": None,
        "flags": [],
    }
    return output("client.status", client, sequence, **{**calm, **body})


def condition(reason: str, since: str = "2026-03-01T00:00:00+03:00", **body: Any) -> dict[str, Any]:
    """A stop condition as `shipment.blocked` tells it."""
    explained = {"en": f"It is {reason}.", "ru": f"Причина: {reason}."}
    told = {"reason": reason, "since": since, "because": [], "lifted_by": [], "explanation": explained}
    return {**told, "overrides": [], **body}


def blocked(client: str, sequence: int, *conditions: dict[str, Any], **body: Any) -> dict[str, Any]:
    """A block."""
    reasons = [item["reason"] for item in conditions]
    return output("shipment.blocked", client, sequence, conditions=list(conditions), opened=reasons, closed=[], **body)


def released(client: str, sequence: int, **body: Any) -> dict[str, Any]:
    """A release."""
    return output("shipment.released", client, sequence, **{"closed": [], "overridden": False, "overrides": [], **body})


def owed(obligation: str, due: str, outstanding: str, judged: bool = False) -> dict[str, Any]:
    """An open obligation."""
    known = {"obligation_id": obligation, "shipment_id": None, "due_date": due, "amount": outstanding}
    return {**known, "outstanding": outstanding, "judged": judged}


def record(event: dict[str, Any] | bytes, topic: str = "client-status", offset: int = 0, partition: int = 0) -> Any:
    """As a consumer gives it."""
    value = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
    return SimpleNamespace(topic=topic, partition=partition, offset=offset, value=value, key=None, headers=())
