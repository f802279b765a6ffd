"""Overrides: a person lifts named conditions for a time; then the client is blocked again by time alone."""

import json

import pytest

from schemas.policy import Policy
from schemas.signatures import sign
from streams.domain import first_deal_decisions, overrides
from streams.domain.policy import Rules
from tests.domain.decisions.driver import Company, instant, kinds
from tests.domain.decisions.signing import KEYS, PRIVATE_KEY, grant, judge, judged_company, set_limit, statement

RULES = Rules.compile(Policy(version=1))


def overdue() -> Company:
    """The first deal of 100.00 was due on Monday 2 March; judged overdue and blocked on 3 March at 12:00."""
    company = judged_company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-03-03T12:00:00+03:00")
    assert company.status()["blocked"] is True
    return company


def test_an_override_releases_and_its_expiry_blocks_again_by_time_alone() -> None:
    company = overdue()
    until = "2026-03-05T18:30:00+03:00"
    released, status = grant(company, "V1", "2026-03-04", until, "first_payment_overdue")
    assert released["type"] == "shipment.released"
    assert (released["closed"], released["overridden"], released["overrides"]) == (
        ["first_payment_overdue"],
        True,
        ["V1"],
    )
    assert released["because"] == [
        {"rule": "override", "threshold": until, "observed": "2026-03-04T09:00:00+03:00", "facts": ["V1"]}
    ]
    assert released["explanation"] == {
        "en": "Shipping is allowed again after override V1: override V1 of A. Manager lifts the stop for an overdue "
        "first deal until 5 March 2026, 18:30 (agreed by telephone).",
        "ru": "Отгрузки снова разрешены после исключения V1: первый платёж просрочен: действует исключение V1, "
        "A. Manager, до 05.03.2026 18:30 (agreed by telephone).",
    }
    assert released["cause"] == {
        "kind": "record", "id": "V1", "type": "override.granted", "topic": "judgements", "partition": 0, "offset": 0,
    }  # fmt: skip
    assert status["blocked"] is False
    assert status["conditions"] == [
        {"reason": "first_payment_overdue", "since": "2026-03-03T12:00:00+03:00", "overrides": ["V1"]}
    ]
    assert status["overrides"] == [
        {
            "id": "V1",
            "conditions": ["first_payment_overdue"],
            "shipment_id": None,
            "amount_max": None,
            "amount_used": None,
            "expires_at": until,
            "author": "A. Manager",
        }
    ]
    assert status["next_change"] == {
        "at": until,
        "changes": [{"condition": "first_payment_overdue", "change": "opens"}],
    }
    assert company.wait("2026-03-05T18:29:59.999+03:00") == []
    blocked, status = company.wait(until)
    assert (blocked["type"], blocked["effective_at"]) == ("shipment.blocked", until)
    assert blocked["cause"] == {"kind": "deadline", "at": until}
    assert (blocked["opened"], blocked["closed"]) == (["first_payment_overdue"], [])
    assert (blocked["overridden"], blocked["overrides"]) == (False, [])
    assert [item["since"] for item in blocked["conditions"]] == ["2026-03-03T12:00:00+03:00"]  # it never ended
    assert (status["blocked"], status["overrides"]) == (True, [])


def test_an_override_of_two_reasons_is_named_once() -> None:
    company = overdue()
    judge(company, "conduct.recorded", "C1", "2026-03-03T13:00:00+03:00", kind="ethics", evidence="A letter.")
    until = "2026-03-05T18:30:00+03:00"
    released, _ = grant(company, "V1", "2026-03-04", until, "first_payment_overdue", "conduct", key="k2")
    assert released["closed"] == ["first_payment_overdue", "conduct"]
    assert released["explanation"] == {
        "en": "Shipping is allowed again after override V1: override V1 of D. Director lifts the stop for an overdue "
        "first deal and the stop for conduct until 5 March 2026, 18:30 (agreed by telephone).",
        "ru": "Отгрузки снова разрешены после исключения V1: первый платёж просрочен и нарушение требований или этики: "
        "действует исключение V1, D. Director, до 05.03.2026 18:30 (agreed by telephone).",
    }


def test_revoked_before_it_expires() -> None:
    company = overdue()
    grant(company, "V1", "2026-03-04", "2026-03-05T18:30:00+03:00", "first_payment_overdue")
    published = judge(company, "override.revoked", "R1", "2026-03-04T12:00:00+03:00", override_id="V1")
    assert kinds(published) == ["shipment.blocked", "client.status"]
    assert company.status()["overrides"] == []
    assert kinds(company.wait("2026-03-05T23:00:00+03:00")) == []  # nothing happens at its expiry


def test_revoked_as_of_tomorrow() -> None:
    company = overdue()
    grant(company, "V1", "2026-03-04", "2026-03-05T18:30:00+03:00", "first_payment_overdue")
    at = "2026-03-05T08:00:00+03:00"
    judge(company, "override.revoked", "R1", at, override_id="V1", arrives="2026-03-04T12:00:00+03:00")
    assert company.status()["next_change"]["at"] == at
    assert kinds(company.wait(at)) == ["shipment.blocked", "client.status"]


def test_a_director_takes_a_revocation_back() -> None:
    company = overdue()
    grant(company, "V1", "2026-03-04", "2026-03-05T18:30:00+03:00", "first_payment_overdue")
    judge(company, "override.revoked", "R1", "2026-03-04T12:00:00+03:00", override_id="V1")
    published = judge(company, "override.revoked", "R1", "2026-03-04T13:00:00+03:00", "k2", revision=2, voided=True)
    assert kinds(published) == ["shipment.released", "client.status"]


def test_a_revocation_of_what_was_not_granted_is_a_dead_letter() -> None:
    company = overdue()
    grant(company, "V1", "2026-03-04", "2026-03-05T18:30:00+03:00", "first_payment_overdue")
    published = judge(company, "override.revoked", "R1", "2026-03-04T12:00:00+03:00", override_id="V7")
    assert kinds(published)[-1] == "dead-letter:partner_missing"
    assert published[-1].headers["stoplist-field"] == "override_id"
    assert [item["id"] for item in company.status()["overrides"]] == ["V1"]


def test_it_covers_reopenings_of_its_conditions() -> None:
    company = overdue()
    grant(company, "V1", "2026-03-04", "2026-03-17T09:00:00+03:00", "first_payment_overdue")
    company.pay("P1", "100.00", "2026-03-04T10:00:00+03:00")
    assert company.status()["conditions"] == []
    # the reversal reopens the debt; a first deal that has not closed at a day's end is open still
    published = company.reverse("R1", "P1", "2026-03-04T11:00:00+03:00")
    assert "shipment.blocked" not in kinds(published)
    assert [item["overrides"] for item in company.status()["conditions"]] == [["V1"]]
    assert company.status()["blocked"] is False


def test_granted_before_the_condition_opens_nothing_is_blocked() -> None:
    company = judged_company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    grant(company, "V1", "2026-03-02", "2026-03-04T09:00:00+03:00", "first_payment_overdue")
    assert kinds(company.wait("2026-03-03T12:00:00+03:00")) == ["category.changed", "client.status"]
    assert company.status()["blocked"] is False
    assert kinds(company.wait("2026-03-04T09:00:00+03:00")) == ["shipment.blocked", "client.status"]


def test_only_what_it_names_is_lifted_and_a_block_says_what_is_overridden() -> None:
    company = overdue()
    set_limit(company, "L1", "50.00", "2026-03-03T13:00:00+03:00", valid_from="2026-03-03")
    blocked, _ = grant(company, "V1", "2026-03-04", "2026-03-06T09:00:00+03:00", "first_payment_overdue")
    assert blocked["type"] == "shipment.blocked"
    assert (blocked["opened"], blocked["closed"]) == ([], ["first_payment_overdue"])
    assert [(item["reason"], item["overrides"]) for item in blocked["conditions"]] == [
        ("first_payment_overdue", ["V1"]),
        ("credit_limit", []),
    ]
    assert (blocked["overridden"], blocked["overrides"]) == (True, ["V1"])
    assert blocked["explanation"]["en"] == (
        "Do not ship. The debt of 100.00 USD is above the credit limit of 50.00 USD. A payment of 50.00 USD lifts it."
    )
    # what it would take to end the overridden condition is still told: all of the obligation
    assert blocked["conditions"][0]["lifted_by"][0]["amount"] == "100.00"
    published = company.pay("P1", "50.00", "2026-03-04T10:00:00+03:00")
    assert (published[0]["type"], published[0]["closed"]) == ("shipment.released", ["credit_limit"])
    assert (published[0]["overridden"], published[0]["overrides"]) == (True, ["V1"])


def test_while_blocked_the_end_of_an_overridden_condition_is_published_too() -> None:
    company = overdue()
    judge(company, "conduct.recorded", "B1", "2026-03-03T13:00:00+03:00", kind="ethics", evidence="a letter")
    grant(company, "V1", "2026-03-04", "2026-03-06T09:00:00+03:00", "first_payment_overdue")
    blocked = company.pay("P1", "100.00", "2026-03-04T10:00:00+03:00")[1]  # after the lifecycle
    assert (blocked["type"], blocked["opened"], blocked["closed"]) == ("shipment.blocked", [], [])
    assert [item["reason"] for item in blocked["conditions"]] == ["conduct"]


def test_two_overrides_hold_until_the_last_of_them_ends() -> None:
    company = overdue()
    grant(company, "V1", "2026-03-04", "2026-03-04T18:00:00+03:00", "first_payment_overdue")
    grant(company, "V2", "2026-03-04T10:00:00+03:00", "2026-03-05T18:00:00+03:00", "first_payment_overdue")
    assert company.status()["next_change"]["at"] == "2026-03-05T18:00:00+03:00"
    assert kinds(company.wait("2026-03-04T18:00:00+03:00")) == ["client.status"]
    assert [item["id"] for item in company.status()["overrides"]] == ["V2"]
    assert kinds(company.wait("2026-03-05T18:00:00+03:00")) == ["shipment.blocked", "client.status"]


def test_an_override_from_tomorrow_on() -> None:
    company = overdue()
    until = "2026-03-06T09:00:00+03:00"
    published = grant(company, "V1", "2026-03-05T08:00:00+03:00", until, "first_payment_overdue", arrives="2026-03-04")
    assert company.status()["next_change"] == {
        "at": "2026-03-05T08:00:00+03:00",
        "changes": [{"condition": "first_payment_overdue", "change": "closes"}],
    }
    assert kinds(published) == ["client.status"]
    published = company.wait("2026-03-05T08:00:00+03:00")
    assert (published[0]["type"], published[0]["overridden"]) == ("shipment.released", True)


@pytest.mark.parametrize(
    ("until", "answer"),
    [
        ("2026-03-18T09:00:00+03:00", "client.status"),  # 14 days to the millisecond
        ("2026-03-18T09:00:00.001+03:00", "dead-letter:invalid_field"),
        ("2026-03-04T09:00:00+03:00", "dead-letter:invalid_field"),  # no time at all
    ],
)
def test_expiry_is_at_most_the_policys_days_after_the_grant(until: str, answer: str) -> None:
    company = judged_company()
    company.pay("P1", "1.00", "2026-03-01")
    published = grant(company, "V1", "2026-03-04", until, "risk_group")
    assert kinds(published)[-1] == answer
    if answer.startswith("dead"):
        assert published[-1].headers["stoplist-field"] == "expires_at"


def test_the_remedy_names_the_latest_expiry() -> None:
    published = grant(judged_company(), "V1", "2026-03-04", "2026-03-19T09:00:00+03:00", "risk_group")
    assert (
        published[-1]
        .headers["__streams.errors.message"]
        .endswith("Grant it for at most 14 days: until 2026-03-18T09:00:00+03:00 at the latest.")
    )


def test_an_override_without_expiry_is_refused() -> None:
    document = statement("override.granted", "V1", "2026-03-04", conditions=["risk_group"])
    (letter,) = judged_company().send_bytes(
        "judgements", json.dumps(sign(document, "k1", PRIVATE_KEY)).encode(), "2026-03-04"
    )
    assert (letter.headers["stoplist-reason"], letter.headers["stoplist-field"]) == ("missing_field", "expires_at")


def test_a_shorter_time_in_a_later_policy_leaves_what_was_granted() -> None:
    company = overdue()
    grant(company, "V1", "2026-03-04", "2026-03-16T09:00:00+03:00", "first_payment_overdue")
    company.activate(2, "2026-03-04T12:00:00+03:00", keys=KEYS, overrides={"days_max": 3})
    assert company.status()["blocked"] is False
    again = grant(
        company, "V1", "2026-03-04", "2026-03-16T09:00:00+03:00", "first_payment_overdue", arrives="2026-03-05"
    )
    assert kinds(again) == []  # the same again is a duplicate, not a grant
    refused = grant(company, "V2", "2026-03-05T10:00:00+03:00", "2026-03-09T10:00:00+03:00", "risk_group")
    assert kinds(refused)[-1] == "dead-letter:invalid_field"


def test_a_revision_prolongs_and_a_withdrawal_ends_it() -> None:
    company = overdue()
    grant(company, "V1", "2026-03-04", "2026-03-05T18:00:00+03:00", "first_payment_overdue")
    grant(
        company, "V1", "2026-03-04", "2026-03-05T20:00:00+03:00", "first_payment_overdue",
        arrives="2026-03-05", revision=2,
    )  # fmt: skip
    assert company.wait("2026-03-05T18:00:00+03:00") == []
    published = grant(
        company, "V1", "2026-03-04", "2026-03-05T20:00:00+03:00", "first_payment_overdue",
        arrives="2026-03-05T19:00:00+03:00", revision=3, voided=True,
    )  # fmt: skip
    assert kinds(published) == ["shipment.blocked", "client.status"]


@pytest.mark.parametrize("scope", [{"shipment_id": "S9"}, {"amount_max": "80.00", "currency": "USD"}])
def test_an_override_for_a_shipment_or_an_amount_leaves_the_client_blocked(scope: dict[str, str]) -> None:
    company = overdue()
    published = grant(company, "V1", "2026-03-04", "2026-03-05T18:00:00+03:00", "first_payment_overdue", **scope)
    assert kinds(published) == ["client.status"]
    status = company.status()
    assert (status["blocked"], status["conditions"][0]["overrides"]) == (True, [])
    (listed,) = status["overrides"]
    assert listed["shipment_id"] == scope.get("shipment_id")
    assert (listed["amount_max"], listed["amount_used"]) == (
        ("80.00", "0.00") if "amount_max" in scope else (None, None)
    )
    assert kinds(company.wait("2026-03-05T18:00:00+03:00")) == ["client.status"]
    assert company.status()["overrides"] == []


def covering(company: Company, at: str, reason: str, shipment: str, cents: int) -> str | None:
    return overrides.covers(RULES, company.clients["c1"], instant(at), reason, shipment, cents)


def test_a_request_is_covered_by_the_widest_override_that_fits() -> None:
    company = judged_company()
    until = "2026-03-06T09:00:00+03:00"
    grant(company, "VA", "2026-03-04", until, "risk_group", "assortment", amount_max="80.00", currency="USD")
    grant(company, "VS", "2026-03-04", until, "risk_group", shipment_id="S1")
    at = "2026-03-04T12:00:00+03:00"
    assert covering(company, at, "risk_group", "S1", 999_999) == "VS"
    assert covering(company, at, "risk_group", "S2", 8_000) == "VA"
    assert covering(company, at, "risk_group", "S2", 8_001) is None
    assert covering(company, at, "assortment", "S1", 8_000) == "VA"
    assert covering(company, at, "credit_limit", "S1", 1) is None
    assert covering(company, "2026-03-04T08:59:59+03:00", "risk_group", "S1", 1) is None
    assert covering(company, until, "risk_group", "S1", 1) is None
    grant(company, "VZ", "2026-03-04T12:30:00+03:00", until, "risk_group")
    assert covering(company, "2026-03-04T12:30:00+03:00", "risk_group", "S1", 1) == "VZ"


def test_an_amount_is_used_up_by_approvals_and_given_back_by_those_that_end() -> None:
    company = judged_company()
    until = "2026-03-06T09:00:00+03:00"
    grant(company, "VA", "2026-03-04", until, "risk_group", amount_max="80.00", currency="USD")
    client, at = company.clients["c1"], "2026-03-04T12:00:00+03:00"
    overrides.use(client, ["VA"], "S1", 5_000)
    assert covering(company, at, "risk_group", "S2", 3_000) == "VA"
    assert covering(company, at, "risk_group", "S2", 3_001) is None
    assert covering(company, at, "risk_group", "S1", 8_000) == "VA"  # its own use does not stand against it
    company.restart()
    client = company.clients["c1"]
    # a revision keeps what is used
    grant(
        company, "VA", "2026-03-04", until, "risk_group",
        amount_max="90.00", currency="USD", revision=2, arrives="2026-03-04T13:00:00+03:00",
    )  # fmt: skip
    assert company.status()["overrides"][0]["amount_used"] == "50.00"
    assert covering(company, at, "risk_group", "S2", 4_001) is None
    overrides.give_back(client, "S1")
    assert covering(company, at, "risk_group", "S2", 9_000) == "VA"


def test_an_amount_in_another_currency_needs_its_rate() -> None:
    company = judged_company()
    until = "2026-03-06T09:00:00+03:00"
    refused = grant(company, "V1", "2026-03-04", until, "risk_group", amount_max="80.00", currency="EUR")
    assert kinds(refused)[-1] == "dead-letter:rate_missing"
    grant(company, "V2", "2026-03-04", until, "risk_group", amount_max="80.00", currency="EUR", rate="1.1")
    assert company.status()["overrides"][0]["amount_max"] == "88.00"


def test_the_last_decision_about_a_first_deal_is_asked_for_by_time() -> None:
    company = judged_company()
    judge(company, "first_deal.decided", "F1", "2026-03-04", decision="stop")
    judge(company, "first_deal.decided", "F2", "2026-03-06", decision="close")
    judge(company, "first_deal.decided", "F3", "2026-03-08", decision="restart")
    judge(company, "first_deal.decided", "F3", "2026-03-09", decision="restart", revision=2, voided=True)
    client = company.clients["c1"]

    def last(since: str, until: str) -> tuple[str, str] | None:
        found = first_deal_decisions.last(client, instant(since), instant(until))
        return None if found is None else (found[0], found[1].decision)

    assert last("2026-03-01", "2026-03-10") == ("F2", "close")
    assert last("2026-03-01", "2026-03-05") == ("F1", "stop")
    assert last("2026-03-06", "2026-03-06") == ("F2", "close")
    assert last("2026-03-07", "2026-03-31") is None


def test_after_a_gap_the_outputs_are_those_of_a_company_that_looks_daily() -> None:
    def story(company: Company) -> None:
        company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
        grant(company, "V1", "2026-03-02", "2026-03-04T08:00:00+03:00", "first_payment_overdue")
        grant(company, "V2", "2026-03-02", "2026-03-12T08:30:00+03:00", "first_payment_overdue", "risk_group")

    idle, awake = judged_company(), judged_company()
    for company in (idle, awake):
        story(company)
    for day in range(2, 31):
        awake.wait(f"2026-03-{day:02d}T23:59:00+03:00")
    idle.pay("P1", "1.00", "2026-03-31")
    awake.pay("P1", "1.00", "2026-03-31")
    assert [item.output for item in idle.published] == [item.output for item in awake.published]
    blocks = [(item["type"], item["effective_at"]) for item in idle.published if item.topic == "shipment-blocks"]
    assert blocks == [("shipment.blocked", "2026-03-12T08:30:00+03:00")]
    # released never: V2 covered both conditions from their beginning, then both blocked at one instant


def test_ended_overrides_are_forgotten_with_their_revocations() -> None:
    company = judged_company()
    grant(company, "V1", "2026-03-04", "2026-03-06T09:00:00+03:00", "risk_group")
    judge(company, "override.revoked", "R1", "2026-03-05", override_id="V1")
    judge(company, "first_deal.decided", "F1", "2026-03-05", decision="stop")
    judge(company, "first_deal.decided", "F2", "2026-03-06", decision="close")
    company.pay("P1", "1.00", "2028-03-01")
    facts = company.clients["c1"].facts
    assert facts.judgements is not None
    kept = facts.judgements
    assert (list(kept.overrides), list(kept.revocations), list(kept.first_deal)) == ([], [], ["F2"])
    assert facts.count == 4  # F2, P1 and both documents


def test_what_ends_an_overridden_condition_is_told_by_trying_where_it_must_be() -> None:
    """A reversal of today comes after a payment of today: 100.00 would go to O2 first, so it takes 170.00."""
    company = judged_company(conditions={"risk_group": {"enabled": True, "group_min": 1, "requires_overdue": True}})
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.pay("P1", "100.00", "2026-03-02")
    company.dispatch("O2", "70.00", "2026-06-01", "2026-03-03")
    set_limit(company, "L1", "10.00", "2026-03-04", valid_from="2026-03-04")
    grant(company, "V1", "2026-03-11", "2026-03-20T09:00:00+03:00", "risk_group")
    published = company.reverse("R1", "P1", "2026-03-12")
    blocked = next(item for item in published if item.topic == "shipment-blocks")
    lifts = {item["reason"]: (item["overrides"], item["lifted_by"][0]["amount"]) for item in blocked["conditions"]}
    assert lifts["risk_group"] == (["V1"], "170.00")


def test_an_override_to_come_does_not_end_a_condition() -> None:
    company = overdue()
    grant(
        company, "V1", "2026-03-05T08:00:00+03:00", "2026-03-06T08:00:00+03:00", "first_payment_overdue",
        arrives="2026-03-04",
    )  # fmt: skip
    published = judge(
        company, "conduct.recorded", "B1", "2026-03-04T10:00:00+03:00", kind="requirement", evidence="a letter"
    )
    overdue_condition = published[0]["conditions"][0]
    assert overdue_condition["reason"] == "first_payment_overdue"
    assert [item["kind"] for item in overdue_condition["lifted_by"]] == ["payment", "person"]
