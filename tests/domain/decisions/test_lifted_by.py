"""The least payment is the least: exactly that ends the reason, one cent less does not."""

import copy
from datetime import datetime, timedelta, timezone

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from streams.domain import lifted_by
from streams.domain.next_change import look
from tests.domain.decisions.driver import Company
from tests.domain.decisions.histories import Step, histories, money, tell
from tests.domain.decisions.signing import KEYS

MOSCOW = timezone(timedelta(hours=3))


def _company(history: list[Step], tolerance: str) -> Company:
    company = Company(Policy.from_document({"version": 1, "keys": KEYS, "overdue_tolerance": tolerance}))
    tell(company, history)
    company.wait_until(company.at + 3 * 86_400_000)
    return company


def _pay(company: Company, cents: int, ids: list[str]) -> set[str]:
    """The reasons left after a payment now of `cents`, which names `ids`."""
    now = datetime.fromtimestamp(company.at / 1000, MOSCOW)
    trial = copy.deepcopy(company)
    if cents:
        trial.pay("zz", money(cents), str(now.date()), arrives=now.isoformat(), obligations=ids)
    return set(trial.clients["c1"].decided.conditions)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories, st.sampled_from(["0.00", "1.00", "50.00"]))
def test_exactly_the_least_payment_ends_the_reason(history: list[Step], tolerance: str) -> None:
    company = _company(history, tolerance)
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
        if reason in ("first_deal_returned", "not_selling", "limit_exceeded") and not amount:
            owed = client.position.outstanding  # everything came back: a person's alone
            assert reason in _pay(company, owed, []), f"{owed} ends {reason}"
            continue
        if reason == "documents_missing":
            assert amount == 0, "no payment brings a document"
            continue
        assert amount > 0
        assert reason not in _pay(company, amount, ids), f"{amount} for {ids} does not end {reason}"
        assert reason in _pay(company, amount - 1, ids), f"{amount - 1} for {ids} ends {reason} already"


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
