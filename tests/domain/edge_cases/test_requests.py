"""A request to ship is answered approved or refused, with every reason, and again with the same when it is repeated."""

from typing import Any

import pytest

from tests.domain.decisions.asking import FAST_A, ask, asking_company, cancel, leave
from tests.domain.decisions.driver import Company, Published, kinds
from tests.domain.decisions.signing import grant, judge


def reasons(published: list[Published]) -> list[str]:
    """Of the one answer among what was published; none: approved."""
    (answer,) = [item for item in published if item.topic == "shipment-decisions"]
    assert (answer["type"] == "shipment.approved") == (answer["reasons"] == [])
    return [reason["reason"] for reason in answer["reasons"]]


def test_two_requests_of_150_under_a_limit_of_200() -> None:
    company = asking_company("200.00")
    first = ask(company, "S1", "150.00", "2026-02-02")
    assert kinds(first) == ["shipment.approved", "client.status"]
    approved = first[0].body
    assert (approved["shipment_id"], approved["amount_reserved"], approved["currency"]) == ("S1", "150.00", "USD")
    assert (approved["reserved_until"], approved["repeated"]) == ("2026-02-05T09:00:00+03:00", False)  # 72 hours
    assert (approved["reasons"], approved["overrides"]) == ([], [])
    assert approved["because"] == [
        {"rule": "credit_limit", "threshold": "200.00", "observed": "150.00", "facts": ["L1", "S1"]}
    ]
    assert approved["cause"] == {
        "kind": "record", "id": "R-S1", "type": "shipment.requested", "topic": "shipments", "partition": 0, "offset": 0
    }  # fmt: skip
    assert approved["explanation"] == {
        "en": "Shipment S1 may leave: 150.00 USD reserved until 5 February 2026, 09:00.",
        "ru": "Отгрузка S1 разрешена: зарезервировано 150.00 USD до 05.02.2026 09:00.",
    }
    second = ask(company, "S2", "150.00", "2026-02-02T10:00:00+03:00")
    assert kinds(second) == ["shipment.refused"]  # the client itself is as before
    refused = second[0].body
    assert (refused["amount_reserved"], refused["reserved_until"], refused["repeated"]) == ("0.00", None, False)
    assert refused["reasons"] == [
        {
            "reason": "credit_limit",
            "because": [{"rule": "credit_limit", "threshold": "200.00", "observed": "300.00", "facts": ["L1", "S2"]}],
            "lifted_by": [
                {"kind": "payment", "amount": "100.00", "currency": "USD", "obligations": []},
                {"kind": "date", "at": "2026-02-05T09:00:00+03:00"},  # the reservation of the first one ends
                {"kind": "person", "role": "manager"},
            ],
            "explanation": {
                "en": "The debt of 150.00 USD, reservations included, and 150.00 USD of this shipment are above the "
                "credit limit of 200.00 USD. A payment of 100.00 USD lifts it. It ends by itself on 5 February 2026.",
                "ru": "Долг 150.00 USD с учётом резервов и эта отгрузка на 150.00 USD вместе выше кредитного лимита "
                "200.00 USD. Снимается оплатой 100.00 USD. Снимется само собой 05.02.2026.",
            },
        }
    ]
    assert refused["explanation"]["en"].startswith("Do not ship S2. The debt of 150.00 USD")
    assert refused["because"] == refused["reasons"][0]["because"]


def test_the_limit_itself_is_allowed_and_money_not_applied_counts_against_the_debt() -> None:
    company = asking_company("200.00")
    assert reasons(ask(company, "S1", "200.00", "2026-02-02")) == []
    assert reasons(ask(company, "S2", "0.01", "2026-02-02")) == ["credit_limit"]
    company.pay("P1", "0.01", "2026-02-02T10:00:00+03:00")
    assert reasons(ask(company, "S3", "0.01", "2026-02-02T11:00:00+03:00")) == []


def test_exactly_the_least_payment_lets_a_request_through() -> None:
    for paid, expected in (("100.00", []), ("99.99", ["credit_limit"])):
        company = asking_company("200.00")
        ask(company, "S1", "150.00", "2026-02-02")
        assert reasons(ask(company, "S2", "150.00", "2026-02-02")) == ["credit_limit"]
        company.pay("P1", paid, "2026-02-02T10:00:00+03:00")
        assert reasons(ask(company, "S2", "150.00", "2026-02-02T11:00:00+03:00", revision=2)) == expected


def test_no_payment_helps_a_request_above_the_limit_by_itself() -> None:
    company = asking_company("200.00")
    (answer,) = ask(company, "S1", "200.01", "2026-02-02")
    assert answer["reasons"][0]["lifted_by"] == [{"kind": "person", "role": "manager"}]


def test_the_same_request_twice_is_answered_again_and_reserves_once() -> None:
    company = asking_company("200.00")
    first = ask(company, "S1", "150.00", "2026-02-02")[0].body
    (again,) = ask(company, "S1", "150.00", "2026-02-02", number="another id", arrives="2026-02-03")
    assert (again["type"], again["repeated"], again["amount_reserved"]) == ("shipment.approved", True, "150.00")
    for field in ("reasons", "because", "explanation", "overrides", "reserved_until"):
        assert again[field] == first[field]
    assert again["effective_at"] == "2026-02-03T09:00:00+03:00"
    assert again["cause"]["id"] == "another id"
    assert company.status()["reserved"] == "150.00"


def test_a_refusal_is_repeated_though_the_client_could_ship_now() -> None:
    company = asking_company("100.00")
    assert reasons(ask(company, "S1", "150.00", "2026-02-02")) == ["credit_limit"]
    company.pay("P1", "60.00", "2026-02-02T10:00:00+03:00")
    (again,) = ask(company, "S1", "150.00", "2026-02-02", arrives="2026-02-02T11:00:00+03:00")
    assert (again["type"], again["repeated"]) == ("shipment.refused", True)


def test_an_approval_that_ended_is_repeated_with_nothing_reserved() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02")
    cancel(company, "S1", "2026-02-02T10:00:00+03:00")
    (again,) = ask(company, "S1", "150.00", "2026-02-02", arrives="2026-02-02T11:00:00+03:00")
    assert (again["type"], again["repeated"], again["amount_reserved"]) == ("shipment.approved", True, "0.00")


def test_the_same_shipment_with_another_amount_is_a_conflict_and_a_revision_is_asked_anew() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02")
    conflict = ask(company, "S1", "160.00", "2026-02-02")
    assert kinds(conflict) == ["client.status", "dead-letter:conflicting_revision"]
    asked = ask(company, "S1", "200.00", "2026-02-02T10:00:00+03:00", revision=2)
    assert reasons(asked) == []  # what the first one held is free again
    assert company.status()["reserved"] == "200.00"
    assert ask(company, "S1", "150.00", "2026-02-02") == []  # an older revision


def test_a_withdrawn_request_holds_nothing() -> None:
    company = asking_company("200.00")
    ask(company, "S1", "150.00", "2026-02-02")
    published = ask(company, "S1", "150.00", "2026-02-02T10:00:00+03:00", revision=2, voided=True)
    assert kinds(published) == ["client.status"]
    assert company.status()["reserved"] == "0.00"


def test_every_reason_is_named_in_the_order_of_the_table() -> None:
    company = asking_company("50.00", large_malls=[])
    company.send("outlet.opened", "N1", "2026-02-01", outlet_id="N1", on="2026-02-01", territory="msk")
    judge(company, "conduct.recorded", "C1", "2026-02-01T12:00:00+03:00", kind="ethics", evidence="letter 7")
    company.dispatch("O1", "40.00", "2026-02-01", "2026-02-01T13:00:00+03:00")
    company.wait("2026-02-09T23:59:00+03:00")
    assert reasons(ask(company, "S1", "20.00", "2026-02-10", outlet_id="N7")) == [
        "conduct", "risk_group", "credit_limit", "outlet_unknown"
    ]  # fmt: skip


def test_before_both_documents_are_signed_a_request_is_refused() -> None:
    company = asking_company()
    company.signs = False
    (refused, _) = company.send(
        "shipment.requested", "R9", "2026-02-02", "c9", shipment_id="S9", at="2026-02-02T09:00:00+03:00",
        currency="USD", amount="10.00", payment_term_days=10, lines=[FAST_A],
    )  # fmt: skip
    assert [reason["reason"] for reason in refused["reasons"]] == ["documents_missing"]
    assert refused["reasons"][0]["lifted_by"] == [
        {"kind": "document", "documents": ["cooperation_agreement", "supply_contract"]},
        {"kind": "person", "role": "director"},
    ]
    assert company.status("c9")["blocked"] is False  # nothing was dispatched yet


@pytest.mark.parametrize(
    ("outlet", "expected"), [("N1", []), ("N2", ["outlet_closed"]), ("N3", ["outlet_unknown"]), (None, [])]
)
def test_outlets(outlet: str | None, expected: list[str]) -> None:
    company = asking_company()
    for name in ("N1", "N2"):
        company.send("outlet.opened", name, "2026-02-01", outlet_id=name, on="2026-02-01", territory="msk")
    company.send("outlet.closed", "N2x", "2026-02-02", outlet_id="N2", on="2026-02-02")
    (answer, *_) = ask(company, "S1", "10.00", "2026-02-03", **({"outlet_id": outlet} if outlet else {}))
    assert [reason["reason"] for reason in answer["reasons"]] == expected
    assert all(reason["lifted_by"] == [] for reason in answer["reasons"])  # nobody: ask for another outlet
    grounds = [ground["rule"] for reason in answer["reasons"] for ground in reason["because"]]
    assert grounds == expected


def test_a_client_without_outlets_is_exempt_and_the_policy_may_switch_both_off() -> None:
    assert reasons(ask(asking_company(), "S1", "10.00", "2026-02-03", outlet_id="N9")) == []
    off = {"outlet_unknown": {"enabled": False}, "outlet_closed": {"enabled": False}}
    company = asking_company(conditions=off)
    company.send("outlet.opened", "N1", "2026-02-01", outlet_id="N1", on="2026-02-01", territory="msk")
    company.send("outlet.closed", "N1x", "2026-02-02", outlet_id="N1", on="2026-02-02")
    assert reasons(ask(company, "S1", "10.00", "2026-02-03", outlet_id="N1")) == []
    assert reasons(ask(company, "S2", "10.00", "2026-02-03", outlet_id="N9")) == []


# The first deal


def new_client(*outlets: str) -> Company:
    """A company with a client of whom only the documents, and these outlets, are known."""
    company = asking_company()
    company.clients.clear()
    company.signed.clear()
    for name in outlets:
        company.send("outlet.opened", name, "2026-02-02", outlet_id=name, on="2026-02-02", territory="msk")
    return company


def of_rrp(rrp: str, **more: Any) -> dict[str, Any]:
    return {"lines": [{**FAST_A, "rrp": rrp, **more}]}


def test_a_point_closed_in_mid_deal_of_three() -> None:
    company = new_client("N1", "N2", "N3")
    assert reasons(ask(company, "S1", "100.00", "2026-02-03", outlet_id="N1", deal_id="D", **of_rrp("150.00"))) == []
    assert company.status()["first_deal"]["entitlement"] == "600.00"
    published = company.send("outlet.closed", "N3x", "2026-02-04", outlet_id="N3", on="2026-02-04")
    assert [
        (item["dimension"], item["from"], item["to"]) for item in published if item.topic == "category-changes"
    ] == [("sales_type", "chain", "single")]
    assert company.status()["first_deal"]["entitlement"] == "600.00"
    at = "2026-02-04T10:00:00+03:00"
    assert reasons(ask(company, "S2", "10.00", at, outlet_id="N3", deal_id="D")) == ["outlet_closed"]
    # the entitlement stays: 450 of 600 are left for the other outlet
    assert reasons(ask(company, "S3", "10.00", at, outlet_id="N2", deal_id="D", **of_rrp("450.01"))) == [
        "first_deal_limit"
    ]
    assert reasons(ask(company, "S4", "10.00", at, outlet_id="N2", deal_id="D", **of_rrp("450.00"))) == []


@pytest.mark.parametrize(("rrp", "expected"), [("200.00", []), ("200.01", ["first_deal_limit"])])
def test_200_in_recommended_prices_into_one_outlet(rrp: str, expected: list[str]) -> None:
    assert reasons(ask(new_client("N1"), "S1", "100.00", "2026-02-03", outlet_id="N1", **of_rrp(rrp))) == expected


def test_the_least_advance_lets_a_first_deal_above_its_limit_through() -> None:
    """RRP 300 of 100.00 payable: counted is 300 x (100 - paid) / 100, at most 200 with 33.34 paid (199.98)."""
    company = new_client("N1")
    (refused,) = ask(company, "S1", "100.00", "2026-02-03", outlet_id="N1", **of_rrp("300.00"))
    assert refused["reasons"][0]["lifted_by"][0] == {
        "kind": "payment", "amount": "33.34", "currency": "USD", "obligations": []
    }  # fmt: skip
    for number, (paid, expected) in enumerate((("33.33", ["first_deal_limit"]), ("33.34", []))):
        company = new_client("N1")
        company.pay("P1", paid, "2026-02-03")
        asked = ask(company, f"S{number}", "100.00", "2026-02-03T10:00:00+03:00", outlet_id="N1", **of_rrp("300.00"))
        assert reasons(asked) == expected


def lifts_of(published: list[Published], reason: str) -> list[dict[str, Any]]:
    return [lift for found in published[0]["reasons"] if found["reason"] == reason for lift in found["lifted_by"]]


def test_money_on_which_an_approval_counts_must_be_paid_first() -> None:
    """The advance of 100 covered S1, then went to goods nobody asked for: 100 for S1 and 33.34 for S2 are missing."""
    company = new_client("N1", "N2", "N3")
    company.send("outlet.closed", "N3x", "2026-02-02", outlet_id="N3", on="2026-02-02")
    company.pay("P1", "100.00", "2026-02-03")
    more: dict[str, Any] = {"deal_id": "D"}
    ask(company, "S1", "100.00", "2026-02-03", outlet_id="N1", **more, **of_rrp("300.00"))
    leave(company, "S9", "100.00", "2026-02-03T10:00:00+03:00", outlet_id="N3", lines=[FAST_A], **more)
    at, again = "2026-02-03T11:00:00+03:00", "2026-02-03T13:00:00+03:00"
    refused = ask(company, "S2", "100.00", at, outlet_id="N2", **more, **of_rrp("300.00"))
    assert lifts_of(refused, "first_deal_limit")[0]["amount"] == "133.34"
    company.pay("P2", "133.34", "2026-02-03T12:00:00+03:00")
    assert reasons(ask(company, "S2", "100.00", again, outlet_id="N2", revision=2, **more, **of_rrp("300.00"))) == []


def test_what_waits_for_an_approval_of_the_first_deal_may_be_asked_for_when_it_expires() -> None:
    company = new_client("N1")
    ask(company, "S1", "150.00", "2026-02-03", outlet_id="N1", deal_id="D", **of_rrp("150.00"))
    refused = ask(company, "S2", "100.00", "2026-02-03", outlet_id="N1", deal_id="E", **of_rrp("100.00"))
    assert reasons(refused) == ["first_deal_limit", "first_deal_unpaid"]
    expiry = {"kind": "date", "at": "2026-02-06T09:00:00+03:00"}
    person = {"kind": "person", "role": "manager"}
    assert lifts_of(refused, "first_deal_unpaid") == [expiry, person]
    half = {"kind": "payment", "amount": "50.00", "currency": "USD", "obligations": []}
    assert lifts_of(refused, "first_deal_limit") == [half, expiry, person]
    later = ask(company, "S2", "100.00", "2026-02-06", outlet_id="N1", deal_id="E", revision=2, **of_rrp("100.00"))
    assert [item["type"] for item in later if item.topic == "shipment-decisions"] == [
        "shipment.approval_expired", "shipment.approved"
    ]  # fmt: skip


def test_an_outlet_that_opens_soon_may_be_asked_for_from_then_on() -> None:
    company = new_client("N1")
    company.send("outlet.closed", "N1x", "2026-02-02", outlet_id="N1", on="2026-02-02")
    company.send("outlet.opened", "N1y", "2026-02-02", outlet_id="N1", on="2026-02-05", territory="msk")
    refused = ask(company, "S1", "10.00", "2026-02-03", outlet_id="N1")
    assert reasons(refused) == ["outlet_closed"]
    assert lifts_of(refused, "outlet_closed") == [{"kind": "date", "at": "2026-02-05T00:00:00+03:00"}]


def test_no_payment_helps_where_goods_left_above_the_limit_and_an_approval_keeps_the_deal_open() -> None:
    company = new_client("N1", "N2")
    leave(company, "S1", "100.00", "2026-02-03", outlet_id="N1", deal_id="D", **of_rrp("250.00"))
    blocked = ["limit_exceeded", "first_deal_limit"]
    assert reasons(ask(company, "S2", "10.00", "2026-02-04", outlet_id="N2", deal_id="D")) == blocked
    until = "2026-02-10T09:00:00+03:00"
    grant(company, "V1", "2026-02-03", until, *blocked, shipment_id="S2")
    at = "2026-02-04T10:00:00+03:00"
    assert reasons(ask(company, "S2", "10.00", at, outlet_id="N2", deal_id="D", revision=2)) == []
    refused = ask(company, "S3", "10.00", at, outlet_id="N1", deal_id="D")
    assert lifts_of(refused, "first_deal_limit") == [{"kind": "person", "role": "manager"}]


def test_a_second_shipment_to_an_outlet_waits_for_the_payment_of_the_first_deal() -> None:
    company = new_client("N1", "N2")
    ask(company, "S1", "100.00", "2026-02-03", outlet_id="N1", deal_id="D")
    leave(company, "S1", "100.00", "2026-02-03T12:00:00+03:00", outlet_id="N1", deal_id="D", lines=[FAST_A])
    at = "2026-02-04"
    second = ask(company, "S2", "10.00", at, outlet_id="N1", deal_id="D")
    assert reasons(second) == ["first_deal_unpaid"]
    assert second[0]["reasons"][0]["lifted_by"] == [
        {"kind": "payment", "amount": "100.00", "currency": "USD", "obligations": ["S1/1"]},
        {"kind": "person", "role": "manager"},
    ]
    assert reasons(ask(company, "S3", "10.00", at, outlet_id="N2", deal_id="D")) == []  # the first one of its outlet
    assert reasons(ask(company, "S4", "10.00", at, outlet_id="N2")) == ["first_deal_unpaid"]  # of another deal
    cancel(company, "S3", "2026-02-04T10:00:00+03:00")
    company.pay("P1", "99.99", "2026-02-04T11:00:00+03:00")
    assert reasons(ask(company, "S5", "10.00", "2026-02-04T12:00:00+03:00", outlet_id="N1")) == ["first_deal_unpaid"]
    company.pay("P2", "0.01", "2026-02-04T13:00:00+03:00")
    assert reasons(ask(company, "S6", "10.00", "2026-02-04T14:00:00+03:00", outlet_id="N1")) == []


@pytest.mark.parametrize(("days", "expected"), [(10, []), (11, ["payment_term_too_long"])])
def test_ten_days_are_the_longest_term_of_a_first_deal_only(days: int, expected: list[str]) -> None:
    assert reasons(ask(new_client(), "S1", "100.00", "2026-02-03", payment_term_days=days)) == expected
    assert reasons(ask(asking_company(), "S1", "100.00", "2026-02-03", payment_term_days=days)) == []


def test_the_term_is_that_of_every_instalment() -> None:
    rows = [{"obligation_id": f"O{day}", "due_date": f"2026-02-{day}", "amount": "50.00"} for day in ("12", "13", "14")]
    assert reasons(ask(new_client(), "S1", "100.00", "2026-02-03", instalments=rows[:2])) == []
    assert reasons(ask(new_client(), "S1", "100.00", "2026-02-03", instalments=rows[1:])) == ["payment_term_too_long"]


def test_the_assortment_of_a_first_deal_only() -> None:
    slow = of_rrp("10.00", fast_moving=False)
    assert reasons(ask(new_client(), "S1", "100.00", "2026-02-03", **slow)) == ["assortment"]
    assert reasons(ask(new_client(), "S1", "100.00", "2026-02-03", **of_rrp("9.00", product_category="B"))) == [
        "assortment"
    ]
    assert reasons(ask(asking_company(), "S1", "100.00", "2026-02-03", **slow)) == []


def test_a_first_deal_of_which_everything_is_cancelled_is_void() -> None:
    company = new_client("N1")
    ask(company, "S1", "100.00", "2026-02-03", outlet_id="N1", deal_id="D1")
    assert company.status()["first_deal"]["deal_id"] == "D1"
    assert reasons(ask(company, "S2", "100.00", "2026-02-03", outlet_id="N1", deal_id="D2")) == ["first_deal_unpaid"]
    cancel(company, "S1", "2026-02-03T10:00:00+03:00")
    assert company.status()["first_deal"] is None
    assert reasons(ask(company, "S3", "100.00", "2026-02-03T11:00:00+03:00", outlet_id="N1", deal_id="D2")) == []


# Overrides


def test_an_override_lets_a_request_of_a_blocked_client_through() -> None:
    company = asking_company("50.00")
    company.dispatch("O1", "60.00", "2026-03-20", "2026-02-02")
    assert company.status()["blocked"] is True
    grant(company, "V1", "2026-02-03", "2026-02-10T09:00:00+03:00", "credit_limit", shipment_id="S1")
    assert reasons(ask(company, "S2", "10.00", "2026-02-04")) == ["credit_limit"]
    published = ask(company, "S1", "10.00", "2026-02-04")
    assert kinds(published) == ["shipment.approved", "client.status"]
    assert published[0]["overrides"] == ["V1"]
    assert published[0]["explanation"]["en"].endswith("It relies on override V1.")
    assert company.status()["blocked"] is True  # it is for one shipment


def test_an_amount_of_an_override_is_used_up() -> None:
    company = asking_company("50.00")
    company.dispatch("O1", "60.00", "2026-03-20", "2026-02-02")
    grant(company, "V1", "2026-02-03", "2026-02-10T09:00:00+03:00", "credit_limit", amount_max="100.00", currency="USD")
    assert reasons(ask(company, "S1", "60.00", "2026-02-04")) == []
    assert reasons(ask(company, "S2", "40.01", "2026-02-04")) == ["credit_limit"]
    cancel(company, "S1", "2026-02-04T10:00:00+03:00")  # gives it back
    assert reasons(ask(company, "S3", "40.01", "2026-02-04T11:00:00+03:00")) == []


def test_an_override_of_a_reason_of_the_request() -> None:
    company = new_client()
    until = "2026-02-10T09:00:00+03:00"
    grant(company, "V1", "2026-02-02", until, "payment_term_too_long", "assortment", shipment_id="S1")
    slow = of_rrp("10.00", fast_moving=False)
    assert reasons(ask(company, "S1", "100.00", "2026-02-03", payment_term_days=30, **slow)) == []


# What does not fit


def test_a_cancellation_of_what_nobody_asked_is_a_dead_letter() -> None:
    assert kinds(cancel(asking_company(), "S1", "2026-02-02")) == ["client.status", "dead-letter:partner_missing"]


def test_cancelled_twice_or_after_it_left_changes_nothing() -> None:
    company = asking_company()
    ask(company, "S1", "10.00", "2026-02-02")
    assert kinds(cancel(company, "S1", "2026-02-02T10:00:00+03:00")) == ["client.status"]
    assert cancel(company, "S1", "2026-02-02T11:00:00+03:00") == []
    ask(company, "S2", "10.00", "2026-02-02T11:00:00+03:00")
    leave(company, "S2", "10.00", "2026-02-02T12:00:00+03:00")
    assert cancel(company, "S2", "2026-02-02T13:00:00+03:00") == []


def test_asked_after_it_left_reserves_nothing_and_counts_it_once() -> None:
    company = asking_company("100.00")
    leave(company, "S1", "80.00", "2026-02-02")
    (answer,) = ask(company, "S1", "80.00", "2026-02-02T10:00:00+03:00")
    assert (answer["type"], answer["amount_reserved"]) == ("shipment.approved", "0.00")


def test_a_request_in_another_currency_needs_its_rate() -> None:
    company = asking_company("200.00")
    published = ask(company, "S1", "100.00", "2026-02-02", currency="EUR")
    assert kinds(published) == ["client.status", "dead-letter:rate_missing"]
    (approved, _) = ask(company, "S2", "100.00", "2026-02-02", currency="EUR", rate="1.5")
    assert approved["amount_reserved"] == "150.00"


def test_a_paid_first_deal_closes_when_its_last_approval_expires_and_the_status_foretells_it() -> None:
    company = new_client("N1", "N2")
    ask(company, "S1", "100.00", "2026-02-03", outlet_id="N1", deal_id="D")
    leave(company, "S1", "100.00", "2026-02-03T12:00:00+03:00", outlet_id="N1", deal_id="D", lines=[FAST_A])
    ask(company, "S2", "10.00", "2026-02-04", outlet_id="N2", deal_id="D")
    company.pay("P1", "100.00", "2026-02-05")
    assert company.status()["first_deal"]["state"] == "open"
    assert company.status()["next_change"] == {
        "at": "2026-02-07T09:00:00+03:00",
        "changes": [{"dimension": "lifecycle", "from": "new", "to": "active"}],
    }
    published = company.wait("2026-02-07T09:00:00+03:00")
    assert kinds(published) == ["shipment.approval_expired", "category.changed", "client.status"]
    assert (published[1]["dimension"], published[1]["to"]) == ("lifecycle", "active")
    assert company.status()["first_deal"]["state"] == "closed"


def test_the_term_is_compared_before_a_due_date_rolls() -> None:
    """Ten days from 4 February 2026 end on Saturday the 14th and roll to Monday the 16th, the twelfth day."""
    company = new_client()
    company.activate(2, "2026-02-02T12:00:00+03:00", roll_due_dates=True)
    assert reasons(ask(company, "S1", "100.00", "2026-02-04", payment_term_days=10)) == []
    assert reasons(ask(company, "S2", "100.00", "2026-02-05", payment_term_days=11)) == [
        "first_deal_unpaid", "payment_term_too_long"
    ]  # fmt: skip
