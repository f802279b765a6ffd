"""The first deal as stories: start, entitlement, closing, return in full, and what a person decides then."""

from typing import Any

import pytest

from tests.domain.decisions.driver import Company, Published, kinds
from tests.domain.decisions.signing import KEY, judge


def line(sku: str, quantity: str, rrp: str, **more: Any) -> dict[str, Any]:
    """One line of a dispatch, a fast mover of category A."""
    return {
        "sku": sku, "quantity": quantity, "price": rrp, "rrp": rrp, "product_category": "A", "fast_moving": True, **more
    }  # fmt: skip


def conditions(company: Company) -> list[str]:
    return [item["reason"] for item in company.status()["conditions"]]


def deal(company: Company) -> dict[str, Any]:
    found = company.status()["first_deal"]
    assert isinstance(found, dict)
    return found


def outlet(company: Company, name: str, on: str = "2026-01-01") -> None:
    company.send("outlet.opened", f"opened-{name}", "2026-03-01", outlet_id=name, on=on, territory="msk")


def report(company: Company, number: str, shipment: str, at: str, sold: dict[str, str]) -> list[Published]:
    lines = [{"sku": sku, "quantity": quantity} for sku, quantity in sold.items()]
    moment = at if "T" in at else f"{at}T09:00:00+03:00"
    return company.send("sell_through.reported", number, moment, shipment_id=shipment, at=moment, lines=lines)


def company_with_key() -> Company:
    company = Company()
    company.activate(2, "2026-02-01", keys=[KEY])
    return company


# Start and closing


def test_it_starts_with_the_dispatch_and_the_status_tells_its_terms() -> None:
    company = Company()
    company.sell("V1", "1.00", "2026-03-01")
    assert company.status()["first_deal"] is None
    company.dispatch("O1", "100.00", "2026-03-12", "2026-03-02", lines=[line("pen", "3", "50.00")], outlet_id="N1")
    assert deal(company) == {
        "deal_id": "S-O1",
        "state": "open",
        "started_at": "2026-03-02T09:00:00+03:00",
        "closed_on": None,
        "entitlement": "200.00",
        "rrp_dispatched": "150.00",
        "outlets": ["N1"],
    }


def test_paid_on_the_5th_dispatched_on_the_7th_it_closes_at_that_dispatch() -> None:
    company = Company()
    company.pay("P1", "100.00", "2026-03-05")
    company.dispatch("O1", "100.00", "2026-03-17", "2026-03-07")
    assert company.status()["outstanding"] == "0.00"
    assert (deal(company)["state"], deal(company)["closed_on"]) == ("closed", "2026-03-07")
    assert deal(company)["rrp_dispatched"] == "0.00"  # nothing of it is credit
    company.pay("P2", "1.00", "2026-03-09")
    assert (deal(company)["state"], deal(company)["closed_on"]) == ("closed", "2026-03-07")


def test_a_reversal_of_the_same_day_takes_the_closing_back_a_later_one_does_not() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-12", "2026-03-02")
    company.pay("P1", "100.00", "2026-03-05")
    assert deal(company)["state"] == "closed"
    company.reverse("R1", "P1", "2026-03-05T15:00:00+03:00")
    assert deal(company)["state"] == "open"
    company.pay("P2", "100.00", "2026-03-06")
    company.reverse("R2", "P2", "2026-03-09")
    assert (deal(company)["state"], deal(company)["closed_on"]) == ("closed", "2026-03-06")


def test_one_cent_unpaid_keeps_it_open() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-12", "2026-03-02")
    company.pay("P1", "99.99", "2026-03-03")
    assert deal(company)["state"] == "open"
    company.pay("P2", "0.01", "2026-03-04")
    assert deal(company)["closed_on"] == "2026-03-04"


def test_goods_for_nothing_close_it_at_once() -> None:
    company = Company()
    company.dispatch("O1", "0.00", "2026-03-12", "2026-03-02", lines=[line("pen", "3", "500.00")])
    assert (deal(company)["state"], conditions(company)) == ("closed", [])


def test_a_correction_moves_it_to_the_dispatch_that_was_earlier() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-14", "2026-03-04")
    company.dispatch("O0", "50.00", "2026-03-12", "2026-03-02", arrives="2026-03-05")
    assert (deal(company)["deal_id"], deal(company)["started_at"]) == ("S-O0", "2026-03-02T09:00:00+03:00")
    company.send("shipment.dispatched", "D-O0", "2026-03-06", shipment_id="S-O0", revision=2, voided=True)
    assert (deal(company)["deal_id"], deal(company)["started_at"]) == ("S-O1", "2026-03-04T09:00:00+03:00")


def test_its_only_dispatch_withdrawn_there_is_none() -> None:
    company = Company()
    company.dispatch("O1", "300.00", "2026-03-14", "2026-03-04")
    assert conditions(company) == ["limit_exceeded"]
    company.send("shipment.dispatched", "D-O1", "2026-03-06", shipment_id="S-O1", revision=2, voided=True)
    assert (company.status()["first_deal"], company.status()["blocked"]) == (None, False)


# Entitlement


def test_the_limit_itself_is_allowed_and_one_cent_more_is_not() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-12", "2026-03-02", lines=[line("pen", "1", "200.00")])
    assert conditions(company) == []
    company.dispatch("O2", "100.00", "2026-03-12", "2026-03-03", deal_id="S-O1", lines=[line("pen", "1", "0.01")])
    assert conditions(company) == ["limit_exceeded"]
    (block,) = [item for item in company.published if item.topic == "shipment-blocks"]
    assert block["because"] == [
        {"rule": "limit_exceeded", "threshold": "200.00", "observed": "200.01", "facts": ["S-O1", "S-O2"]}
    ]
    assert block["conditions"][0]["lifted_by"] == [
        {"kind": "payment", "amount": "200.00", "currency": "USD", "obligations": ["O1", "O2"]},
        {"kind": "person", "role": "manager"},
    ]
    published = company.pay("P1", "200.00", "2026-03-04")
    assert kinds(published)[-2:] == ["shipment.released", "client.status"]
    assert deal(company)["state"] == "closed"


def test_below_a_chain_the_limit_is_each_outlets_own() -> None:
    company = Company()
    outlet(company, "N1")
    outlet(company, "N2")
    company.dispatch("O1", "90.00", "2026-03-12", "2026-03-02", lines=[line("pen", "1", "200.01")], outlet_id="N1")
    assert (deal(company)["entitlement"], conditions(company)) == ("400.00", ["limit_exceeded"])
    assert "Outlet N1 has taken 200.01 USD" in company.published[-2]["explanation"]["en"]


def test_a_chain_spreads_its_limit_freely_and_keeps_it_when_a_point_closes_in_mid_deal() -> None:
    company = Company()
    for name in ("N1", "N2", "N3"):
        outlet(company, name)
    company.dispatch("O1", "300.00", "2026-03-12", "2026-03-02", lines=[line("pen", "1", "599.99")], outlet_id="N1")
    assert (deal(company)["entitlement"], conditions(company)) == ("600.00", [])
    company.send("outlet.closed", "closed-N3", "2026-03-04", outlet_id="N3", on="2026-03-04")
    assert company.status()["categories"]["sales_type"] == "single"
    company.dispatch(
        "O2", "1.00", "2026-03-12", "2026-03-05", deal_id="S-O1", lines=[line("pen", "1", "0.01")], outlet_id="N2"
    )
    assert (deal(company)["entitlement"], deal(company)["rrp_dispatched"]) == ("600.00", "600.00")
    assert conditions(company) == []
    assert deal(company)["outlets"] == ["N1", "N2"]


def test_what_unapplied_money_covers_is_no_credit() -> None:
    company = Company()
    company.pay("P1", "30.00", "2026-03-01")
    # 250.00 × (100 − 30) ÷ 100 = 175.00; a cent of RRP more is 175.007, rounded up
    company.dispatch("O1", "100.00", "2026-03-12", "2026-03-02", lines=[line("pen", "1", "250.01")])
    assert (deal(company)["rrp_dispatched"], conditions(company)) == ("175.01", [])


def test_a_shipment_without_lines_counts_by_what_is_payable() -> None:
    company = Company()
    company.dispatch("O1", "200.01", "2026-03-12", "2026-03-02")
    assert (deal(company)["rrp_dispatched"], conditions(company)) == ("200.01", ["limit_exceeded"])


def test_recommended_prices_in_another_currency_are_converted() -> None:
    company = Company()
    part = [{"obligation_id": "O1", "due_date": "2026-03-12", "amount": "100.00"}]
    more: dict[str, Any] = {
        "currency": "EUR",
        "rate": "1.5",
        "instalments": part,
        "lines": [line("pen", "1", "120.00")],
    }
    company.send(
        "shipment.dispatched", "D1", "2026-03-02", shipment_id="S1", at="2026-03-02T09:00:00+03:00",
        amount="100.00", **more,
    )  # fmt: skip
    assert deal(company)["rrp_dispatched"] == "180.00"


# What sells


PENS = [line("pen", "100", "1.00"), line("book", "10", "10.00")]  # 200.00 in all


@pytest.mark.parametrize(
    ("sold", "stops"),
    [
        ({"pen": "19.999"}, True),  # 19.999 of 200.00
        ({"pen": "20"}, False),  # 10 % exactly
        ({"book": "2"}, False),
        ({"book": "1", "pen": "9", "other": "500"}, True),  # what was not dispatched sells nothing
    ],
)
def test_less_than_a_tenth_sold_at_the_beginning_of_day_7_blocks(sold: dict[str, str], stops: bool) -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-02", lines=PENS)
    report(company, "T1", "S-O1", "2026-03-05", sold)
    expected = {"at": "2026-03-09T00:00:00+03:00", "changes": [{"condition": "not_selling", "change": "opens"}]}
    assert (company.status()["next_change"] == expected) is stops
    assert company.wait("2026-03-08T23:59:59+03:00") == []
    company.wait("2026-03-09T00:00:00+03:00")
    assert conditions(company) == (["not_selling"] if stops else [])
    assert company.status()["warnings"] == []


def test_a_report_of_enough_releases_and_so_does_payment() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-02", lines=PENS)
    report(company, "T1", "S-O1", "2026-03-05", {"pen": "1"})
    (block, _) = company.wait("2026-03-09T00:00:00+03:00")
    assert block["because"] == [
        {"rule": "not_selling", "threshold": "10%", "observed": "0.5%", "facts": ["S-O1", "T1"]}
    ]
    assert block["conditions"][0]["lifted_by"] == [
        {"kind": "payment", "amount": "100.00", "currency": "USD", "obligations": ["O1"]},
        {"kind": "person", "role": "manager"},
    ]
    assert kinds(report(company, "T2", "S-O1", "2026-03-10", {"book": "2"})) == ["shipment.released", "client.status"]
    report(company, "T3", "S-O1", "2026-03-11", {})  # the latest report counts
    assert conditions(company) == ["not_selling"]
    company.pay("P1", "100.00", "2026-03-12")
    assert (conditions(company), deal(company)["state"]) == ([], "closed")


def test_without_a_report_the_status_warns_and_nothing_is_blocked() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-02", lines=PENS)
    assert company.wait("2026-03-08T23:59:59+03:00") == []
    assert kinds(company.wait("2026-03-09T00:00:00+03:00")) == ["client.status"]
    assert (company.status()["warnings"], company.status()["blocked"]) == (["sell_through_unknown"], False)
    report(company, "T1", "S-O1", "2026-03-10", {"pen": "3"})
    assert (company.status()["warnings"], conditions(company)) == ([], ["not_selling"])


def test_what_came_back_need_not_sell() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-02", lines=PENS)
    report(company, "T1", "S-O1", "2026-03-05", {"pen": "10"})  # 10.00 of 200.00
    company.give_back("G1", "S-O1", "50.00", "2026-03-06", lines=[{"sku": "book", "quantity": "10"}])
    company.wait("2026-03-10")
    assert conditions(company) == []  # 10.00 of 100.00
    company.send("goods.returned", "G1", "2026-03-11", revision=2, voided=True)
    assert conditions(company) == ["not_selling"]
    company.give_back("G2", "S-O1", "50.00", "2026-03-12")  # names no articles: half of everything
    assert conditions(company) == []


def test_a_report_with_two_contents_is_a_conflict_and_a_withdrawn_one_says_nothing() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-02", lines=PENS)
    report(company, "T1", "S-O1", "2026-03-05", {"pen": "1"})
    assert report(company, "T1", "S-O1", "2026-03-05T09:00:00+03:00", {"pen": "1"}) == []
    assert "dead-letter:conflicting_revision" in kinds(report(company, "T1", "S-O1", "2026-03-05", {"pen": "2"}))
    company.send("sell_through.reported", "T1", "2026-03-06", revision=2, voided=True)
    company.wait("2026-03-10")
    assert (conditions(company), company.status()["warnings"]) == ([], ["sell_through_unknown"])


def test_once_it_is_closed_the_state_keeps_only_its_own_goods_and_reports() -> None:
    """A late fact may open it again (`test_moved_first_deals.py`); what else leaves is not kept."""
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-02", lines=PENS)
    report(company, "T1", "S-O1", "2026-03-05", {"pen": "1"})
    before = company.clients["c1"].facts.count
    company.pay("P1", "100.00", "2026-03-06")
    company.sell("V1", "500.00", "2026-03-07")
    report(company, "T2", "S-O2", "2026-03-08", {"pen": "1"})
    company.dispatch("O2", "900.00", "2026-03-20", "2026-03-08", lines=PENS)
    facts = company.clients["c1"].facts
    assert facts.deal is not None
    assert (list(facts.deal.goods), list(facts.deal.reports), conditions(company)) == (["S-O1"], ["T1"], [])
    assert facts.count == before + 3  # a payment, a sale and a dispatch
    assert (deal(company)["rrp_dispatched"], deal(company)["closed_on"]) == ("200.00", "2026-03-06")


# Returned in full


def test_returned_in_full_on_the_due_date_there_is_no_violation_and_a_person_decides() -> None:
    company = company_with_key()
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    company.give_back("G1", "S-O1", "100.00", "2026-03-11")
    assert (conditions(company), company.status()["violations"]) == (["first_deal_returned"], 0)
    assert (deal(company)["state"], deal(company)["closed_on"]) == ("returned", None)
    (block,) = [item for item in company.published if item.topic == "shipment-blocks"]
    assert block["conditions"][0]["lifted_by"] == [{"kind": "person", "role": "manager"}]


def test_returned_a_day_late_with_consent_the_violation_stays() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    company.wait("2026-03-12T15:00:00+03:00")
    company.give_back("G1", "S-O1", "100.00", "2026-03-12T16:00:00+03:00", accepted_by="boss")
    status = company.status()
    assert (status["violations"], status["overdue_days_longest"], status["overdue_days_current"]) == (1, 1, 0)
    assert conditions(company) == ["first_deal_returned"]


def test_a_late_return_without_consent_leaves_it_open() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    company.give_back("G1", "S-O1", "100.00", "2026-03-12T16:00:00+03:00")
    assert (deal(company)["state"], conditions(company)) == ("open", ["first_payment_overdue"])


def returned() -> Company:
    company = company_with_key()
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    company.give_back("G1", "S-O1", "100.00", "2026-03-05")
    assert conditions(company) == ["first_deal_returned"]
    return company


def test_close_ends_it_for_good() -> None:
    company = returned()
    judge(company, "first_deal.decided", "F1", "2026-03-06", decision="close")
    assert conditions(company) == []
    assert (deal(company)["state"], deal(company)["closed_on"]) == ("closed", "2026-03-06")
    company.dispatch("O2", "900.00", "2026-04-11", "2026-03-08")
    assert (conditions(company), deal(company)["deal_id"]) == ([], "S-O1")


def test_restart_lets_the_next_shipment_be_the_first() -> None:
    company = returned()
    judge(company, "first_deal.decided", "F1", "2026-03-06", decision="restart")
    assert (conditions(company), company.status()["first_deal"]) == ([], None)
    company.dispatch("O2", "300.00", "2026-03-18", "2026-03-08")
    assert (deal(company)["deal_id"], deal(company)["rrp_dispatched"]) == ("S-O2", "300.00")
    assert conditions(company) == ["limit_exceeded"]


def test_stop_keeps_it_until_another_decision() -> None:
    company = returned()
    judge(company, "first_deal.decided", "F1", "2026-03-06", decision="stop")
    assert (conditions(company), deal(company)["state"]) == (["first_deal_returned"], "stopped")
    judge(company, "first_deal.decided", "F2", "2026-03-07", decision="close")
    assert (conditions(company), deal(company)["closed_on"]) == ([], "2026-03-07")


def test_further_goods_do_not_undo_a_stop() -> None:
    company = returned()
    judge(company, "first_deal.decided", "F1", "2026-03-06", decision="stop")
    company.dispatch("O2", "50.00", "2026-03-18", "2026-03-08", deal_id="S-O1")
    company.pay("P1", "50.00", "2026-03-09")
    assert (conditions(company), deal(company)["state"]) == (["first_deal_returned"], "stopped")


def test_a_decision_before_everything_came_back_decides_nothing() -> None:
    company = company_with_key()
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    judge(company, "first_deal.decided", "F1", "2026-03-03", decision="close")
    company.give_back("G1", "S-O1", "100.00", "2026-03-05")
    assert (conditions(company), deal(company)["state"]) == (["first_deal_returned"], "returned")


def test_further_goods_of_the_deal_take_the_return_back() -> None:
    company = returned()
    company.dispatch("O2", "50.00", "2026-03-18", "2026-03-08", deal_id="S-O1")
    assert (conditions(company), deal(company)["state"]) == ([], "open")
    company.pay("P1", "50.00", "2026-03-09")
    assert deal(company)["closed_on"] == "2026-03-09"


def test_the_policy_may_do_without_a_decision() -> None:
    company = returned()
    document = Company().policy.to_document()["conditions"]
    company.activate(3, "2026-03-07", keys=[KEY], conditions={**document, "first_deal_returned": {"enabled": False}})
    company.wait("2026-03-08")
    assert (conditions(company), deal(company)["state"]) == ([], "returned")


def test_what_is_written_off_is_not_paid_and_a_person_may_close_it() -> None:
    company = company_with_key()
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    company.send(
        "obligation.written_off", "W1", "2026-03-05", obligation_id="O1", on="2026-03-05", author="boss", reason="lost"
    )
    assert (deal(company)["state"], company.status()["outstanding"]) == ("open", "0.00")
    judge(company, "first_deal.decided", "F1", "2026-03-06", decision="close")
    assert (deal(company)["state"], deal(company)["closed_on"]) == ("closed", "2026-03-06")


def test_a_client_opened_past_its_first_deal_has_none() -> None:
    company = Company()
    company.send(
        "client.opened", "OP", "2026-03-01", as_of="2026-03-01", currency="USD", name="Old", lifecycle="active"
    )
    company.dispatch("O1", "900.00", "2026-03-12", "2026-03-02", lines=PENS)
    assert (company.status()["first_deal"], conditions(company)) == (None, [])
    assert company.clients["c1"].facts.deal is None
