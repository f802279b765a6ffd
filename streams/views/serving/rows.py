"""One line of a list: a client in short."""

from typing import Any, Final

import msgspec

from streams.views.next_change import NextChange


class _Obligation(msgspec.Struct, gc=False):
    due_date: str
    outstanding: str
    judged: bool


class _Condition(msgspec.Struct, gc=False):
    reason: str
    since: str
    overrides: list[str] = []


class _Categories(msgspec.Struct, gc=False):
    risk_group: int
    volume: str
    lifecycle: str | None = None


class _Status(msgspec.Struct, gc=False):
    blocked: bool
    sequence: int
    as_of: str
    categories: _Categories
    currency: str
    outstanding: str
    overdue_since: str | None
    open_obligations: list[_Obligation]
    conditions: list[_Condition]
    next_change: NextChange | None
    explanation: dict[str, str]
    flags: list[str] = []


class _Block(msgspec.Struct, gc=False):
    type: str
    explanation: dict[str, str]
    conditions: list[_Condition] = []


class Row(msgspec.Struct, gc=False):
    """A client in short; `blocks_at`: when it will be blocked if nothing arrives."""

    client_id: str
    name: str | None
    blocked: bool
    blocked_since: str | None
    reasons: list[str]
    risk_group: int
    volume: str
    lifecycle: str | None
    currency: str
    outstanding: str
    overdue: str
    overdue_since: str | None
    due_next: str | None
    blocks_at: str | None
    flags: list[str]
    sequence: int
    as_of: str
    explanation: dict[str, str]
    """Why it is blocked, else the status in a sentence."""


_status: Final = msgspec.json.Decoder(_Status).decode
_block: Final = msgspec.json.Decoder(_Block).decode


def row_of(client_id: str, status_json: bytes, block_json: bytes | None, name: Any) -> Row:
    """From what Redis has of a client."""
    status = _status(status_json)
    block = None if block_json is None else _block(block_json)
    is_blocked = block is not None and block.type == "shipment.blocked"
    held = [one for one in (block.conditions if block is not None and is_blocked else []) if not one.overrides]
    overdue = sum(_cents(one.outstanding) for one in status.open_obligations if one.judged)
    following = status.next_change
    opens = following is not None and bool(following.opens())
    return Row(
        client_id,
        None if name is None else name.decode(),
        is_blocked,
        min((one.since for one in held), default=None),
        [one.reason for one in held],
        status.categories.risk_group,
        status.categories.volume,
        status.categories.lifecycle,
        status.currency,
        status.outstanding,
        f"{overdue // 100}.{overdue % 100:02d}",
        status.overdue_since,
        status.open_obligations[0].due_date if status.open_obligations else None,
        following.at if following is not None and opens and not is_blocked else None,
        status.flags,
        status.sequence,
        status.as_of,
        block.explanation if block is not None and is_blocked else status.explanation,
    )


def _cents(text: str) -> int:
    return int(text.replace(".", ""))
