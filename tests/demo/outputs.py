"""Published records written by hand, as the contract has them, with what the view reads."""

from typing import Any


def blocked(
    client_id: str, sequence: int, at: str, en: str = "Do not ship.", ru: str = "Не отгружать."
) -> dict[str, Any]:
    """A `shipment.blocked`."""
    return {
        "type": "shipment.blocked",
        "client_id": client_id,
        "sequence": sequence,
        "effective_at": at,
        "explanation": {"en": en, "ru": ru},
    }


def released(client_id: str, sequence: int, at: str) -> dict[str, Any]:
    """A `shipment.released`."""
    return {
        **blocked(client_id, sequence, at, "Shipping is allowed again.", "Отгрузки снова разрешены."),
        "type": "shipment.released",
    }


def status(
    client_id: str, at: str, risk_group: int, next_at: str | None = None, changes: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A `client.status`; `changes` are expected at `next_at`."""
    return {
        "type": "client.status",
        "client_id": client_id,
        "sequence": 1,
        "effective_at": at,
        "categories": {"risk_group": risk_group, "volume": "C"},
        "next_change": {"at": next_at, "changes": changes} if next_at else None,
    }
