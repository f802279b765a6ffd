"""«May I ship?»: approve, refuse or unknown from what is published, by hand-made statuses and blocks."""

import json
from typing import Any

import pytest

from schemas.policy_file import default_policy
from streams.views.serving.may_ship import Answer, Asked, answer, minor_of
from tests.views.outputs import blocked, condition, owed, released, status

NOW = 1_772_438_400_000  # 2026-03-02T08:00:00Z, 11:00 in Moscow
LATE_MS_MAX = 60_000
POLICY = default_policy()


def ask(
    known: dict[str, Any] | None,
    block: dict[str, Any] | None = None,
    amount: int = 6_000,
    shipment: str | None = None,
    stale: str | None = None,
) -> Answer:
    """The answer about 60.00 at NOW."""
    parts = [None if event is None else json.dumps(event).encode() for event in (known, block)]
    return answer(Asked(amount, shipment, NOW), POLICY, parts[0], parts[1], stale, LATE_MS_MAX)


def said(found: Answer) -> tuple[str, list[str]]:
    """Decision and reasons."""
    return found.decision, [reason.reason for reason in found.reasons]


def override(name: str, *conditions: str, until: str = "2026-03-05T00:00:00+03:00", **body: Any) -> dict[str, Any]:
    """One in force, for anything unless `body` says what for."""
    for_what = {"shipment_id": None, "amount_max": None, "amount_used": None, **body}
    return {"id": name, "conditions": list(conditions), "expires_at": until, "author": "petrova", **for_what}


def test_a_client_that_owes_nothing_may_be_shipped_to() -> None:
    assert said(ask(status("a", 1))) == ("approve", [])


def test_a_blocked_client_is_refused_with_every_condition_and_its_words() -> None:
    lifts = [{"kind": "person", "role": "director"}]
    found = ask(
        status("a", 3, blocked=True), blocked("a", 3, condition("conduct", lifted_by=lifts), condition("risk_group"))
    )
    assert said(found) == ("refuse", ["conduct", "risk_group"])
    assert (found.reasons[0].lifted_by, found.reasons[0].explanation["en"]) == (lifts, "It is conduct.")


@pytest.mark.parametrize(
    ("known", "block"),
    [
        (status("a", 2), blocked("a", 3, condition("conduct"))),  # the status is on its way
        (status("a", 3, blocked=True, conditions=[{"reason": "conduct", "since": "2026-03-01T00:00:00+03:00"}]), None),
        (status("a", 5), blocked("a", 3, condition("conduct"))),  # the release is on its way
    ],
)
def test_while_only_one_topic_says_blocked_the_client_is(known: dict[str, Any], block: dict[str, Any] | None) -> None:
    assert said(ask(known, block)) == ("refuse", ["conduct"])


def test_a_released_client_may_be_shipped_to_again() -> None:
    assert said(ask(status("a", 4), released("a", 4))) == ("approve", [])


@pytest.mark.parametrize("stale", ["worker_silent", "worker_behind", "projector_behind"])
def test_what_cannot_be_relied_on_is_unknown_with_what_else_is_known(stale: str) -> None:
    assert said(ask(status("a", 1), stale=stale)) == ("unknown", [stale])
    found = ask(status("a", 1, blocked=True), blocked("a", 1, condition("conduct")), stale=stale)
    assert said(found) == ("unknown", [stale, "conduct"])


def test_a_client_nobody_knows_is_unknown() -> None:
    assert said(ask(None)) == ("unknown", ["client_unknown"])


@pytest.mark.parametrize(
    ("at", "decision"),
    [("2026-03-02T10:59:00+03:00", "approve"), ("2026-03-02T10:58:59+03:00", "unknown")],  # a minute's grace
)
def test_a_change_that_was_due_and_is_not_there_is_unknown(at: str, decision: str) -> None:
    due = {"at": at, "changes": [{"condition": "risk_group", "change": "opens"}]}
    assert ask(status("a", 1, next_change=due)).decision == decision


@pytest.mark.parametrize(
    ("limit", "exposure", "amount", "decision"),
    [
        ("100.00", "40.00", 6_000, "approve"),
        ("100.00", "40.01", 6_000, "refuse"),
        ("100.00", "40.00", 6_001, "refuse"),
        (None, "9999.00", 6_000, "approve"),
        ("0.00", "0.00", 1, "refuse"),
    ],
)
def test_exposure_and_amount_must_fit_the_limit(limit: str | None, exposure: str, amount: int, decision: str) -> None:
    assert ask(status("a", 1, limit=limit, exposure=exposure), amount=amount).decision == decision


def test_the_least_payment_that_makes_room_is_told_with_the_oldest_obligations() -> None:
    owing = [owed("o1", "2026-03-01", "30.00"), owed("o2", "2026-03-09", "50.00")]
    found = ask(status("a", 1, limit="100.00", exposure="80.00", open_obligations=owing))  # 80 + 60 − 100 = 40
    (reason,) = found.reasons
    assert reason.lifted_by == [
        {"kind": "payment", "amount": "40.00", "currency": "USD", "obligations": ["o1", "o2"]},
        {"kind": "person", "role": "manager"},
    ]
    larger = ask(status("a", 1, limit="50.00", exposure="0.00"))  # no payment makes a limit of 50 hold 60
    assert larger.reasons[0].lifted_by == [{"kind": "person", "role": "manager"}]


def test_an_approved_shipment_is_not_counted_twice() -> None:
    reserved = [{"shipment_id": "s", "amount": "60.00", "reserved_until": "2026-03-05T00:00:00+03:00"}]
    known = status("a", 1, limit="100.00", exposure="90.00", reservations=reserved)
    found = ask(known, shipment="s")
    assert said(found) == ("approve", [])
    assert found.reservation is not None
    assert said(ask(known, shipment="s", amount=7_000)) == ("approve", [])
    assert said(ask(known, shipment="s", amount=7_001)) == ("refuse", ["credit_limit"])
    assert said(ask(known, shipment="other")) == ("refuse", ["credit_limit"])
    expired = [{**reserved[0], "reserved_until": "2026-03-02T11:00:00+03:00"}]
    assert ask(status("a", 1, reservations=expired), shipment="s").reservation is None


def test_missing_documents_refuse() -> None:
    copy = {"document": "supply_contract", "number": "2", "form": "copy", "on": "2026-01-01", "in_force": False}
    found = ask(status("a", 1, documents=[copy]))
    assert said(found) == ("refuse", ["documents_missing"])
    lift = {"kind": "document", "documents": ["cooperation_agreement", "supply_contract"]}
    assert found.reasons[0].lifted_by[0] == lift


@pytest.mark.parametrize(
    ("state", "lifecycle", "decision"),
    [("started", "new", "unknown"), ("open", "new", "unknown"), ("closed", "active", "approve")],
)
def test_in_the_first_deal_only_a_request_is_judged(state: str, lifecycle: str, decision: str) -> None:
    deal = {"deal_id": "d", "state": state}
    categories = {"risk_group": 0, "volume": "C", "lifecycle": lifecycle}
    assert ask(status("a", 1, first_deal=deal, categories=categories)).decision == decision


def test_before_the_first_deal_a_request_is_needed_and_its_approval_is_enough() -> None:
    categories = {"risk_group": 0, "volume": "C", "lifecycle": "new"}
    assert said(ask(status("a", 1, categories=categories))) == ("unknown", ["request_needed"])
    reserved = [{"shipment_id": "s", "amount": "60.00", "reserved_until": "2026-03-05T00:00:00+03:00"}]
    assert ask(status("a", 1, categories=categories, reservations=reserved), shipment="s").decision == "approve"


@pytest.mark.parametrize(
    ("lifts", "shipment", "decision"),
    [
        (override("o", "conduct"), None, "approve"),
        (override("o", "risk_group"), None, "refuse"),
        (override("o", "conduct", until="2026-03-02T11:00:00+03:00"), None, "refuse"),
        (override("o", "conduct", shipment_id="s"), "s", "approve"),
        (override("o", "conduct", shipment_id="s"), "t", "refuse"),
        (override("o", "conduct", shipment_id="s"), None, "refuse"),
        (override("o", "conduct", amount_max="100.00", amount_used="40.00"), None, "approve"),
        (override("o", "conduct", amount_max="100.00", amount_used="40.01"), None, "refuse"),
    ],
)
def test_an_override_lifts_what_it_names_for_what_it_is_for(
    lifts: dict[str, Any], shipment: str | None, decision: str
) -> None:
    known = status("a", 3, blocked=True, overrides=[lifts])
    found = ask(known, blocked("a", 3, condition("conduct")), shipment=shipment)
    assert found.decision == decision
    assert found.overrides == (["o"] if decision == "approve" else [])


@pytest.mark.parametrize("text", ["", "0", "0.00", "-1", "1.234", "1e3", "NaN", "1,5", " 1", "١"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be an amount above zero"):
        minor_of(text)


def test_amounts_are_read_in_minor_units() -> None:
    assert [minor_of(text) for text in ("60", "60.5", "60.05", "0.01")] == [6_000, 6_050, 6_005, 1]
