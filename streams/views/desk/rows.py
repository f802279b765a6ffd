"""A client as one row of the desk's lists, from what the read model holds of it."""

from datetime import date
from typing import Any, Final

import msgspec

from streams.views.next_change import NextChange

_BEST: Final = ("key", "medium", "small")


class _Obligation(msgspec.Struct, gc=False):
    due_date: date
    outstanding: str
    judged: bool


class _Lift(msgspec.Struct, gc=False):
    kind: str
    amount: str | None = None
    at: str | None = None


class _Condition(msgspec.Struct, gc=False):
    reason: str
    since: str
    overrides: list[str] = []
    lifted_by: list[_Lift] = []


class _Scope(msgspec.Struct, gc=False):
    kind: str
    id: str


class _Importance(msgspec.Struct, gc=False):
    scope: _Scope
    importance: str


class _Categories(msgspec.Struct, gc=False):
    risk_group: int
    volume: str
    lifecycle: str | None = None
    importance: list[_Importance] = []


class _Reservation(msgspec.Struct, gc=False):
    shipment_id: str


class _Status(msgspec.Struct, gc=False):
    blocked: bool
    sequence: int
    categories: _Categories
    currency: str
    outstanding: str
    overdue_days_current: int
    overdue_since: date | None
    open_obligations: list[_Obligation]
    next_change: NextChange | None
    explanation: dict[str, str]
    reservations: list[_Reservation] = []


class _Block(msgspec.Struct, gc=False):
    type: str
    sequence: int
    explanation: dict[str, str]
    conditions: list[_Condition] = []


_status: Final = msgspec.json.Decoder(_Status).decode
_block: Final = msgspec.json.Decoder(_Block).decode


class Row(msgspec.Struct, gc=False):
    """One client. Money is minor units here; `ClientTable` writes it as the contract does."""

    client_id: str
    name: str | None
    blocked: bool
    blocked_since: str | None
    reasons: list[str]
    """What blocks, without what an override covers."""
    explanation: dict[str, str]
    pay: int | None
    """The largest of the least payments that each lift one of the reasons; None: a payment lifts none."""
    ends_at: str | None
    """When a reason ends by time alone."""
    risk_group: int
    volume: str
    lifecycle: str | None
    importance: str | None
    """The best of its scopes."""
    scopes: list[tuple[str, str, str]]
    """(kind, id, importance) of each direction and territory."""
    currency: str
    outstanding: int
    overdue: int
    """Of the obligations judged overdue."""
    overdue_since: date | None
    due_next: date | None
    blocks_at: str | None
    """When it will be blocked if nothing arrives; None when it is, or nothing is in sight."""
    blocks_by: list[str]
    obligations: list[tuple[date, int, bool]]
    """(due date, outstanding, judged) of each open obligation that the status lists."""
    shipments: list[str]
    """Approved and not left."""
    sequence: int
    words: str
    """What a search looks through, casefolded."""


def row_of(client_id: str, status_json: bytes, block_json: bytes | None, name: str | None) -> Row:
    """The row of a client's status, last block and name, as published."""
    status = _status(status_json)
    block = None if block_json is None else _block(block_json)
    is_blocked = block is not None and block.type == "shipment.blocked"
    held = [one for one in block.conditions if not one.overrides] if block is not None and is_blocked else []
    lifts = [lift for one in held for lift in one.lifted_by]
    payments = [_minor(lift.amount) for lift in lifts if lift.kind == "payment" and lift.amount is not None]
    following = status.next_change
    opening = following.opens() if following else []
    coming = following.at if following is not None and opening and not is_blocked else None
    scopes = [(one.scope.kind, one.scope.id, one.importance) for one in status.categories.importance]
    found = {importance for _, _, importance in scopes}
    obligations = [(one.due_date, _minor(one.outstanding), one.judged) for one in status.open_obligations]
    return Row(
        client_id=client_id,
        name=name,
        blocked=is_blocked,
        blocked_since=min((one.since for one in held), default=None),
        reasons=[one.reason for one in held],
        explanation=block.explanation if block is not None and is_blocked else status.explanation,
        pay=max(payments, default=None),
        ends_at=min((lift.at for lift in lifts if lift.kind == "date" and lift.at is not None), default=None),
        risk_group=status.categories.risk_group,
        volume=status.categories.volume,
        lifecycle=status.categories.lifecycle,
        importance=next((one for one in _BEST if one in found), None),
        scopes=scopes,
        currency=status.currency,
        outstanding=_minor(status.outstanding),
        overdue=sum(amount for _, amount, judged in obligations if judged),
        overdue_since=status.overdue_since,
        due_next=obligations[0][0] if obligations else None,
        blocks_at=coming,
        blocks_by=opening if coming is not None else [],
        obligations=obligations,
        shipments=[one.shipment_id for one in status.reservations],
        sequence=max(status.sequence, 0 if block is None else block.sequence),
        words=f"{client_id} {name or ''}".casefold(),
    )


def shown(row: Row, today: date) -> dict[str, Any]:
    """The row as the page gets it."""
    since = row.overdue_since
    return {
        "client_id": row.client_id,
        "name": row.name,
        "blocked": row.blocked,
        "blocked_since": row.blocked_since,
        "reasons": row.reasons,
        "explanation": row.explanation,
        "pay": None if row.pay is None else money(row.pay),
        "ends_at": row.ends_at,
        "risk_group": row.risk_group,
        "volume": row.volume,
        "lifecycle": row.lifecycle,
        "importance": row.importance,
        "currency": row.currency,
        "outstanding": money(row.outstanding),
        "overdue": money(row.overdue),
        "overdue_days": (today - since).days + 1 if since is not None and since <= today else 0,
        "due_next": row.due_next,
        "blocks_at": row.blocks_at,
        "blocks_by": row.blocks_by,
        "sequence": row.sequence,
    }


def money(minor: int) -> str:
    """Minor units as the contract writes them."""
    return f"{minor // 100}.{minor % 100:02d}"


def _minor(text: str) -> int:
    return int(text.replace(".", ""))
