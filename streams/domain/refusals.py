"""What comes of an event offered to the ledger, and why a fact may not count."""

from typing import Any, Final, NamedTuple

import msgspec

from schemas.records import NEVER
from streams.domain import money
from streams.domain.lookup import opening_in_force
from streams.domain.policy import Rules
from streams.domain.state import Client, Days, Fact


class Refused(NamedTuple):
    """Why a fact does not count; nothing of the client has changed."""

    reason: str
    """before_opening, rate_missing, invalid_field (a rate), future_dated (opening balances), month_closed,
    conflicting_revision, too_late (about folded facts) or limit_exceeded."""
    field: str | None
    remedy: str
    conflict: bool = False
    """The status is to be flagged `conflict`."""


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """What accepting a fact changed."""

    changed: bool
    """False: a duplicate or an older revision; then nothing has changed."""
    day_from: Days = NEVER
    """The first day whose past of debts may differ now (of the old and the new body); above today: nothing yet."""
    month: int = 0
    """The earliest month whose turnover changed; 0: none."""
    moved: bool = False
    """Whether obligations or money may differ now (false for sales, limits, registrations and what waits)."""


UNCHANGED: Final = Accepted(False)
KEPT: Final = Accepted(True)
"""Noted, without effect on debts or turnover."""
CONFLICT: Final = Refused(
    "conflicting_revision",
    "revision",
    "Send the changed document under its id with a higher revision; this one was taken with another body.",
    conflict=True,
)
RATE_MISSING: Final = Refused(
    "rate_missing",
    "rate",
    "Send the document again with `rate`, the policy's currency per unit of its own as a decimal string.",
)
TOO_MUCH: Final = Refused(
    "invalid_field",
    "rate",
    f"Correct rate or amount: in the policy's currency it may be at most {money.text(money.AMOUNT_MAX)}.",
)
FACTS_OF_ANY_AMOUNT: Final = 4_600
_AMOUNT_BESIDE_MANY_MAX: Final = 4_600_000_000_000


def too_large_beside_many(event: Any) -> Refused | None:
    """Refuse an amount, in the policy's currency, above 46 billion when the client has more than 4,600 facts.

    So the sums of a client's state stay below 2^63 minor units and can be stored: 4,600 facts of the largest amount and
    the 1,000,000 that a policy may allow of this one make 9.2 * 10^18.
    """
    amount = getattr(event, "amount_minor", None) or 0
    rate = getattr(event, "rate", None) or ""
    if money.convert(amount, rate) <= _AMOUNT_BESIDE_MANY_MAX:
        return None
    return Refused(
        "limit_exceeded",
        "amount",
        f"Split the document: a client with more than {FACTS_OF_ANY_AMOUNT} facts takes no amount above "
        f"{money.text(_AMOUNT_BESIDE_MANY_MAX)} in the policy's currency.",
    )


def too_old(client: Client, day: Days, field: str) -> Refused | None:
    """Refuse a fact dated before the opening balances, or before what was folded away."""
    facts = client.facts
    refused = before_opening(client, day, field) if facts.openings else None
    if refused is not None:
        return refused
    if day < facts.folded_before:
        return Refused("too_late", field, "Book it anew with a date inside the window: what is older is closed.")
    return None


def before_opening(client: Client, day: Days, field: str) -> Refused | None:
    """Refuse a fact dated before the opening balances."""
    opening_id = opening_in_force(client) if client.facts.openings else None
    if opening_id is not None and day < client.facts.openings[opening_id].day:
        return Refused("before_opening", field, "Nothing to do: the opening balances of the client include it.")
    return None


def folded(client: Client, known: Fact) -> Refused | None:
    """Refuse to change a fact that has become part of the base."""
    if known.day >= client.facts.folded_before:
        return None
    return Refused("too_late", "id", "Correct it by a new document: this one is older than the window and closed.")


def rate_of(rules: Rules, currency: str, rate: str | None, amount_minor: int) -> str | Refused:
    """The rate that brings `amount_minor` of `currency` into the policy's; empty when they are the same."""
    if currency == rules.currency:
        return ""
    if rate is None:
        return RATE_MISSING
    return TOO_MUCH if money.convert(amount_minor, rate) > money.AMOUNT_MAX else rate


def full(rules: Rules, client: Client) -> Refused | None:
    """Refuse a new fact when the client holds as many as the policy allows."""
    if client.facts.count < rules.facts_max:
        return None
    return Refused("limit_exceeded", None, "Raise limits.facts_max of the policy: the client has as many facts.")
