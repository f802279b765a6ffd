"""What would end an active condition: the least payment, a date, a person."""

from datetime import date
from typing import Final

import msgspec

from schemas.records import NEVER
from streams.domain import allocation, explanation, money
from streams.domain.next_change import ends_at, look
from streams.domain.sentences import Text
from streams.domain.shared import Standing
from streams.domain.state import Client, Payment
from streams.domain.stop_conditions import documents_missing
from streams.domain.stop_conditions.credit_limit import CREDIT_LIMIT
from streams.domain.stop_conditions.documents_missing import DOCUMENTS_MISSING
from streams.domain.stop_conditions.table import STOP_CONDITIONS
from streams.domain.view import View

_PROBE_ID: Final = "\U0010ffff"
"""Sorts after every printable id, so the probe is the last payment of its day."""


class PaymentLift(msgspec.Struct, tag_field="kind", tag="payment", gc=False):
    """The least amount that ends it, paid today on `obligations` in this order (empty: on any)."""

    amount: str
    currency: str
    obligations: list[str]


class DateLift(msgspec.Struct, tag_field="kind", tag="date", gc=False):
    """It ends by itself."""

    at: str


class DocumentLift(msgspec.Struct, tag_field="kind", tag="document", gc=False):
    """It ends when these are in force."""

    documents: list[str]


class PersonLift(msgspec.Struct, tag_field="kind", tag="person", gc=False):
    """Who may lift it."""

    role: str


Lift = PaymentLift | DateLift | DocumentLift | PersonLift


def of(standing: Standing, client: Client, view: View, reason: str) -> list[Lift]:
    """Every way out of `reason`, the payment first."""
    rules, lifts = standing.rules, list[Lift]()
    amount, ids = least_payment(standing, client, view, reason)
    if amount:
        lifts.append(PaymentLift(money.text(amount), rules.currency, ids))
    ends = ends_at(standing, client, view, reason)
    if ends != NEVER:
        lifts.append(DateLift(rules.instant_text(ends)))
    if reason == DOCUMENTS_MISSING.reason:
        lifts.append(DocumentLift(view.profile.missing))
    lifts.append(PersonLift(STOP_CONDITIONS[reason].role))
    return lifts


def in_words(lifts: list[Lift]) -> list[Text]:
    """The payments, dates and documents among the ways out, each a sentence."""
    said: list[Text] = []
    for lift in lifts:
        if isinstance(lift, PaymentLift):
            said.append(explanation.payment_lifts(lift.amount, lift.currency, lift.obligations))
        elif isinstance(lift, DateLift):
            said.append(explanation.date_lifts(date.fromisoformat(lift.at[:10]).toordinal()))
        elif isinstance(lift, DocumentLift):
            said.append(documents_missing.lifts(lift.documents))
    return said


def least_payment(standing: Standing, client: Client, view: View, reason: str) -> tuple[int, list[str]]:
    """The smallest amount that ends `reason` when paid today, and the obligations to name; 0 when no payment does."""
    rules = standing.rules
    if reason == CREDIT_LIMIT.reason:
        assert view.limit is not None
        return view.exposure - view.limit, []
    ids = STOP_CONDITIONS[reason].to_pay(rules, client, view)
    if not ids:
        return 0, []
    amount = allocation.owed(client, ids)
    if STOP_CONDITIONS[reason].in_full:  # unless it is written off or approved in part: then no payment closes the deal
        return (amount, ids) if _ends(standing, client, view, (reason,), amount, ids) else (0, [])
    amount -= rules.overdue_tolerance  # the last of them may keep what the policy tolerates
    if client.position.last_step[0] < view.day:
        return amount, ids
    return _searched(standing, client, view, (reason,), amount, ids), ids


def release_payment(standing: Standing, client: Client, view: View) -> PaymentLift | None:
    """The least payment of today after which no condition of the view holds; None when no payment does that."""
    each = [least_payment(standing, client, view, reason) for reason in view.reasons]
    amount = max(least for least, _ in each)
    if not all(least for least, _ in each):
        return None
    in_full = [name for reason, (_, ids) in zip(view.reasons, each, strict=True) if _in_full(reason) for name in ids]
    named = dict.fromkeys(name for _, names in each for name in names)
    ids = list(dict.fromkeys([*in_full, *(name for name in view.overdue.judged if name in named)]))
    if in_full:
        owed = allocation.owed(client, ids)
        keeps = standing.rules.overdue_tolerance if len(ids) > len(dict.fromkeys(in_full)) else 0
        amount = _searched(standing, client, view, view.reasons, max(amount, owed - keeps), ids)
    elif client.position.last_step[0] >= view.day:
        amount = _searched(standing, client, view, view.reasons, amount, ids)
    return PaymentLift(money.text(amount), standing.rules.currency, ids) if amount else None


def _in_full(reason: str) -> bool:
    return STOP_CONDITIONS[reason].in_full


def _searched(
    standing: Standing, client: Client, view: View, reasons: tuple[str, ...], low: int, ids: list[str]
) -> int:
    """The least amount found by trying: a reversal or return of today comes after a payment of today."""
    if _ends(standing, client, view, reasons, low, ids):
        return low
    high = max(client.position.outstanding, low + 1)
    if not _ends(standing, client, view, reasons, high, ids):
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        if _ends(standing, client, view, reasons, middle, ids):
            high = middle
        else:
            low = middle
    return high


def _ends(
    standing: Standing, client: Client, view: View, reasons: tuple[str, ...], amount: int, ids: list[str]
) -> bool:
    """Whether a payment of today ends these conditions, tried on a copy."""
    trial = paid_today(standing, client, view, amount, ids)
    after = look(standing, trial, view.instant, view.day).active
    return not any(reason in after for reason in reasons)


def paid_today(standing: Standing, client: Client, view: View, amount: int, ids: list[str]) -> Client:
    """A copy of the client after one more payment, the last of the day of the view, which names `ids`."""
    trial = allocation.copy(client)
    trial.facts.payments[_PROBE_ID] = Payment(revision=1, digest=b"", day=view.day, amount=amount, names=ids)
    allocation.replay(standing.rules, trial, view.day)
    return trial
