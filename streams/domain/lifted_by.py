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
from streams.domain.stop_conditions.credit_limit import CREDIT_LIMIT
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


class PersonLift(msgspec.Struct, tag_field="kind", tag="person", gc=False):
    """Who may lift it."""

    role: str


Lift = PaymentLift | DateLift | PersonLift


def of(standing: Standing, client: Client, view: View, reason: str) -> list[Lift]:
    """Every way out of `reason`, the payment first."""
    rules, lifts = standing.rules, list[Lift]()
    amount, ids = least_payment(standing, client, view, reason)
    if amount:
        lifts.append(PaymentLift(money.text(amount), rules.currency, ids))
    ends = ends_at(standing, client, view, reason)
    if ends != NEVER:
        lifts.append(DateLift(rules.instant_text(ends)))
    lifts.append(PersonLift(STOP_CONDITIONS[reason].role))
    return lifts


def in_words(lifts: list[Lift]) -> list[Text]:
    """The payments and dates among the ways out, each a sentence."""
    said: list[Text] = []
    for lift in lifts:
        if isinstance(lift, PaymentLift):
            said.append(explanation.payment_lifts(lift.amount, lift.currency, lift.obligations))
        elif isinstance(lift, DateLift):
            said.append(explanation.date_lifts(date.fromisoformat(lift.at[:10]).toordinal()))
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
    # the last of them may keep what the policy tolerates
    amount = allocation.owed(client, ids) - rules.overdue_tolerance
    if client.position.last_step[0] < view.day:
        return amount, ids
    return _searched(standing, client, view, (reason,), amount, ids), ids


def release_payment(standing: Standing, client: Client, view: View) -> PaymentLift | None:
    """The least payment of today after which no condition of the view holds; None when no payment does that."""
    each = [least_payment(standing, client, view, reason) for reason in view.reasons]
    amount = max(least for least, _ in each)
    named = dict.fromkeys(name for _, names in each for name in names)
    ids = [name for name in view.overdue.judged if name in named]
    if not all(least for least, _ in each):
        return None
    if client.position.last_step[0] >= view.day:
        amount = _searched(standing, client, view, view.reasons, amount, ids)
    return PaymentLift(money.text(amount), standing.rules.currency, ids) if amount else None


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
    trial = allocation.copy(client)
    trial.facts.payments[_PROBE_ID] = Payment(revision=1, digest=b"", day=view.day, amount=amount, names=ids)
    allocation.replay(standing.rules, trial, view.day)
    after = look(standing, trial, view.instant, view.day).active
    return not any(reason in after for reason in reasons)
