"""The least payment is the least: exactly that ends the reason, one cent less does not."""

from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from schemas.records import NEVER
from streams.domain import lifted_by
from streams.domain.next_change import ends_at, look
from streams.domain.state import Condition
from tests.domain.decisions.driver import Company
from tests.domain.decisions.histories import Step, histories, money, tell
from tests.domain.decisions.signing import KEYS, TERMS, limit_beside

MOSCOW = timezone(timedelta(hours=3))


TRIED: Final = (
    "first_payment_overdue by payment",
    "risk_group by payment",
    "risk_group by no payment",
    "credit_limit by payment",
    "credit_limit by a date",
    "several by one payment",
    "several by no payment",
)
"""Ways out that the histories must have brought; a reason that is added joins, with the histories that open it."""


def _company(history: list[Step], numbers: dict[str, Any], wait_days: int, terms: tuple[str, ...]) -> Company:
    company = Company(Policy.from_document({"version": 1, "keys": KEYS, **numbers}))
    limit_beside(company, terms)
    tell(company, history)
    company.wait_until(company.at + wait_days * 86_400_000)
    return company


def _waited(company: Company, until: int) -> set[str]:
    """The reasons left at `until` when nothing arrives."""
    trial = company.twin()
    trial.wait_until(until)
    return set(trial.clients["c1"].decided.conditions)


def _paid(company: Company, cents: int, ids: list[str]) -> dict[str, Condition]:
    """The conditions left after a payment now of `cents`, which names `ids`."""
    now = datetime.fromtimestamp(company.at / 1000, MOSCOW)
    trial = company.twin()
    if cents:
        trial.pay("zz", money(cents), str(now.date()), arrives=now.isoformat(), obligations=ids)
    return trial.clients["c1"].decided.conditions


def _pay(company: Company, cents: int, ids: list[str]) -> set[str]:
    """The reasons left after it, covered by an override or not."""
    return set(_paid(company, cents, ids))


def _still_blocks(company: Company, cents: int, ids: list[str]) -> list[str]:
    """Those that no override covers."""
    return [reason for reason, held in _paid(company, cents, ids).items() if not held.overridden]


POLICIES: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"overdue_tolerance": "1.00"},
    {"overdue_tolerance": "50.00"},
    {"conditions": {"risk_group": {"group_min": 1}}},
    {"conditions": {"risk_group": {"group_min": 1, "requires_overdue": False}}},
)
MUCH: Final = 100_000_000
"""Cents: more than any of these clients owes."""


def _check(
    history: list[Step], numbers: dict[str, Any], wait_days: int, terms: tuple[str, ...], seen: Counter[str]
) -> None:
    company = _company(history, numbers, wait_days, terms)
    client = company.clients.get("c1")
    if client is None:
        return
    standing = company.shared.standing(client.seen)
    view = look(standing, client, company.at, standing.rules.day_of(company.at))
    assert set(view.active) == set(client.decided.conditions)
    for reason in view.active:
        if reason == "conduct":  # a person's alone
            continue
        amount, ids = lifted_by.least_payment(standing, client, view, reason)
        if amount:
            seen[f"{reason} by payment"] += 1
            assert reason not in _pay(company, amount, ids), f"{amount} for {ids} does not end {reason}"
            assert reason in _pay(company, amount - 1, ids), f"{amount - 1} for {ids} ends {reason} already"
        else:
            seen[f"{reason} by no payment"] += 1
            assert reason in _pay(company, MUCH, []), f"a payment ends {reason}, and none is named"
        ends = ends_at(standing, client, view, reason)
        if ends != NEVER:
            seen[f"{reason} by a date"] += 1
            assert reason in _waited(company, ends - 1), f"{reason} ends before {ends}"
            assert reason not in _waited(company, ends), f"{reason} does not end at {ends}"
    if len(view.reasons) > 1:
        whole = lifted_by.release_payment(standing, client, view)
        seen[f"several by {'one payment' if whole else 'no payment'}"] += 1
        if whole is not None:
            cents = round(float(whole.amount) * 100)
            assert not _still_blocks(company, cents, whole.obligations), f"{whole} does not release"
            assert _still_blocks(company, cents - 1, whole.obligations), f"one cent less than {whole} releases already"


def test_exactly_the_least_payment_ends_the_reason_and_the_block() -> None:
    """A cent less does not; what no payment ends, none does; a date is the very instant."""
    seen: Counter[str] = Counter()

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(histories, st.sampled_from(POLICIES), st.sampled_from([0, 3]), st.sampled_from(TERMS))
    def check(history: list[Step], numbers: dict[str, Any], wait_days: int, terms: tuple[str, ...]) -> None:
        _check(history, numbers, wait_days, terms, seen)

    check()
    assert [kind for kind in TRIED if not seen[kind]] == []


def test_a_reversal_of_today_makes_the_least_payment_dearer() -> None:
    """A payment of today comes before the reversal of today: first it goes to what is open then."""
    company = Company()
    conditions = {"risk_group": {"enabled": True, "group_min": 1, "requires_overdue": True}}
    company.activate(2, "2026-02-01", conditions=conditions)
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.pay("P1", "100.00", "2026-03-02")
    company.dispatch("O2", "70.00", "2026-06-01", "2026-03-03")
    company.wait("2026-03-12T08:00:00+03:00")
    published = company.reverse("R1", "P1", "2026-03-12")
    (condition,) = next(item for item in published if item.topic == "shipment-blocks")["conditions"]
    # named, but O1 is not open yet at that step: 70.00 goes to O2 first
    assert condition["lifted_by"][0] == {
        "kind": "payment",
        "amount": "170.00",
        "currency": "USD",
        "obligations": ["O1"],
    }
