"""The next change happens exactly when foretold, and nothing happens before."""

import json
from collections import Counter
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from streams.domain.next_change import coming, look, predict
from tests.domain.decisions.driver import Company
from tests.domain.decisions.histories import MALLS, Step, histories, tell
from tests.domain.decisions.signing import KEYS, TERMS, limit_beside

POLICIES: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"conditions": {"risk_group": {"group_min": 1, "requires_overdue": False}}},
    {"window_days": 20},
    {"overdue_tolerance": "50.00"},
    {"roll_due_dates": True},
)
FORETOLD: Final = (
    "risk_group rises",
    "risk_group falls",
    "volume",
    "risk_group opens",
    "risk_group closes",
    "first_payment_overdue opens",
    "credit_limit opens",
    "credit_limit closes",
)
"""What time alone can do today; a rule whose change is foretold joins this list, and the histories that bring it."""


def _open(company: Company, lifecycle: str) -> None:
    """Opening balances of the day before the history begins: debts, past violations, turnover."""
    debts = [
        {"obligation_id": f"B{number}", "due_date": f"2026-01-{10 + number}", "amount": "90.00"} for number in (0, 8)
    ]
    past = [
        {"obligation_id": f"V{number}", "first_day": f"2025-0{number}-01", "last_day": f"2025-0{number}-03"}
        for number in (3, 6, 9)
    ]
    turnover = [{"month": "2025-12", "amount": "700.00"}, {"month": "2026-01", "amount": "150.00"}]
    balances = {"obligations": debts, "violations": past, "turnover": turnover}
    more: dict[str, Any] = {"as_of": "2026-01-11", "currency": "USD", "lifecycle": lifecycle, **balances}
    company.send("client.opened", "opening", "2026-01-11", **more)


def _happened(company: Company, before: int) -> list[dict[str, object]]:
    changes: list[dict[str, object]] = []
    for item in company.published[before:]:
        if item.topic == "category-changes":
            scope = {"scope": item["scope"]} if item["scope"] else {}
            changes.append({"dimension": item["dimension"], "from": item["from"], "to": item["to"]} | scope)
        elif item.topic == "shipment-blocks":
            opened = item["opened"] if item["type"] == "shipment.blocked" else []
            changes += [{"condition": reason, "change": "opens"} for reason in opened]
            changes += [{"condition": reason, "change": "closes"} for reason in item["closed"]]
    return changes


def _check(
    history: list[Step], numbers: dict[str, Any], opened: str, terms: tuple[str, ...], seen: Counter[str]
) -> None:
    company = Company(Policy.from_document({"version": 1, "keys": KEYS, "large_malls": MALLS, **numbers}))
    if opened:
        _open(company, opened)
    limit_beside(company, terms)
    tell(company, history)
    company.wait_until(company.at)  # a broadcast may be the last record
    client = company.clients.get("c1")
    if client is None or not client.decided.status:  # all its records are dead letters
        return
    for _ in range(24):  # change after change, to the end of time
        standing = company.shared.standing(client.seen)
        view = look(standing, client, company.at, standing.rules.day_of(company.at))
        first = coming(standing, client, view)
        prediction = predict(standing, client, view, first)
        published = json.loads(client.decided.status)["next_change"]
        if prediction is None:
            assert published is None
            before = len(company.published)
            company.wait("2030-01-01")
            assert _happened(company, before) == []
            return
        foretold = [json.loads(json.dumps(item)) for item in published["changes"]]
        assert published["at"] == standing.rules.instant_text(prediction.instant)
        before = len(company.published)
        company.wait_until(prediction.instant - 1)
        assert _happened(company, before) == []
        company.wait_until(prediction.instant)
        assert _happened(company, before) == foretold
        seen.update(map(_kind, foretold))
    raise AssertionError("a client does not come to rest")


def _kind(change: dict[str, Any]) -> str:
    if "condition" in change:
        return f"{change['condition']} {change['change']}"
    if change["dimension"] == "risk_group":
        return "risk_group rises" if change["to"] > change["from"] else "risk_group falls"
    return str(change["dimension"])


def test_the_next_change_is_exact_whatever_it_is() -> None:
    """And every kind of change that time alone can bring was among those foretold, so that none is left untested."""
    seen: Counter[str] = Counter()

    @settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
    @given(histories, st.sampled_from(POLICIES), st.sampled_from(["", "active", "new"]), st.sampled_from(TERMS))
    def check(history: list[Step], numbers: dict[str, Any], opened: str, terms: tuple[str, ...]) -> None:
        _check(history, numbers, opened, terms, seen)

    check()
    assert [kind for kind in FORETOLD if not seen[kind]] == []
