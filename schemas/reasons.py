"""The reasons not to ship, and who may lift each: the table of the rules, for everybody who names one."""

from typing import Final, Literal, get_args

ClientReason = Literal[
    "not_selling",
    "first_payment_overdue",
    "limit_exceeded",
    "conduct",
    "risk_group",
    "credit_limit",
    "documents_missing",
    "first_deal_returned",
    "held",
]
"""Stop conditions: while one is active, the client is blocked. `held`: its state waits for an upgrade."""
RequestReason = Literal[
    "credit_limit",
    "documents_missing",
    "first_deal_limit",
    "first_deal_unpaid",
    "payment_term_too_long",
    "assortment",
    "outlet_unknown",
    "outlet_closed",
]
"""Refuse one request and leave the client as it is."""
Liftable = Literal[
    "not_selling",
    "first_payment_overdue",
    "limit_exceeded",
    "conduct",
    "risk_group",
    "credit_limit",
    "documents_missing",
    "first_deal_returned",
    "first_deal_limit",
    "first_deal_unpaid",
    "payment_term_too_long",
    "assortment",
]
"""What a person may lift, in the order of the table."""
LIFTABLE: Final[tuple[str, ...]] = get_args(Liftable)
CLIENT_REASONS: Final[tuple[str, ...]] = get_args(ClientReason)
REQUEST_REASONS: Final[tuple[str, ...]] = get_args(RequestReason)
REASONS: Final[tuple[str, ...]] = tuple(dict.fromkeys((*CLIENT_REASONS, *REQUEST_REASONS)))

_DIRECTORS_ONLY: Final = ("conduct", "documents_missing")
ROLE_LIFTING: Final[dict[str, str]] = {
    reason: "director" if reason in _DIRECTORS_ONLY else "manager" for reason in LIFTABLE
}
"""The least role that may lift a reason; a director may lift what a manager may."""
