"""Late, revised and withdrawn facts move the first deal, and all that hangs on it moves along."""

from typing import Any

from tests.domain.decisions.driver import Company, Published
from tests.domain.decisions.signing import KEY, judge


def deal(company: Company) -> dict[str, Any]:
    found = company.status()["first_deal"]
    assert isinstance(found, dict)
    return found


def reasons(company: Company) -> list[str]:
    return [item["reason"] for item in company.status()["conditions"]]


def standing(company: Company) -> tuple[str, str]:
    categories = company.status()["categories"]
    return categories["volume"], categories["lifecycle"]


def line(rrp: str) -> dict[str, Any]:
    return {
        "sku": "pen", "quantity": "1", "price": rrp, "rrp": rrp, "product_category": "A", "fast_moving": True
    }  # fmt: skip


def opened(company: Company, arrives: str, **more: Any) -> list[Published]:
    """Balances of 1 February of a client past its first deal, which come late or once more."""
    body = {"as_of": "2026-02-01", "currency": "USD", "lifecycle": "active", **more}
    return company.send("client.opened", "open-2026-02-01", arrives, **body)


def traded() -> Company:
    """O1 of 4 March is paid on the 5th by name: the first deal is closed, and 600.00 of sales make the client an A."""
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-14", "2026-03-04")
    company.pay("P1", "100.00", "2026-03-05", obligations=["O1"])
    company.sell("V1", "600.00", "2026-03-05T10:00:00+03:00")
    assert standing(company) == ("A", "active")
    return company


def test_an_earlier_dispatch_that_comes_late_opens_a_first_deal_anew() -> None:
    company = traded()
    published = company.dispatch("O0", "50.00", "2026-03-12", "2026-03-02", arrives="2026-03-10")
    assert (deal(company)["deal_id"], deal(company)["state"]) == ("S-O0", "open")
    moves = [(item["dimension"], item["from"], item["to"], item["correction"]) for item in published[:2]]
    assert moves == [("volume", "A", "C", True), ("lifecycle", "active", "new", True)]
    company.restart()
    company.pay("P0", "50.00", "2026-03-11")
    assert (deal(company)["deal_id"], deal(company)["closed_on"]) == ("S-O0", "2026-03-11")
    assert standing(company) == ("A", "active")


def test_an_earlier_dispatch_that_the_same_money_paid_is_closed_on_the_same_day() -> None:
    """100.00 of 5 March that name nothing pay what is due first: O0 of 2 March in full, 50.00 of O1."""
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-14", "2026-03-04")
    company.pay("P1", "100.00", "2026-03-05")
    company.dispatch("O0", "50.00", "2026-03-12", "2026-03-02", arrives="2026-03-10")
    assert (deal(company)["deal_id"], deal(company)["closed_on"]) == ("S-O0", "2026-03-05")
    assert (company.status()["outstanding"], standing(company)) == ("50.00", ("C", "active"))


def test_the_earlier_dispatch_withdrawn_the_closed_deal_is_the_first_again() -> None:
    company = traded()
    company.dispatch("O0", "50.00", "2026-03-12", "2026-03-02", arrives="2026-03-10")
    company.send("shipment.dispatched", "D-O0", "2026-03-11", shipment_id="S-O0", revision=2, voided=True)
    assert (deal(company)["deal_id"], deal(company)["closed_on"]) == ("S-O1", "2026-03-05")
    assert standing(company) == ("A", "active")


def test_a_revision_that_dates_the_first_dispatch_later_makes_the_other_the_first() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-14", "2026-03-02")
    company.dispatch("O2", "70.00", "2026-03-14", "2026-03-04")
    assert deal(company)["deal_id"] == "S-O1"
    company.dispatch("O1", "100.00", "2026-03-14", "2026-03-05", revision=2)
    assert (deal(company)["deal_id"], deal(company)["started_at"]) == ("S-O2", "2026-03-04T09:00:00+03:00")
    company.pay("P1", "70.00", "2026-03-06", obligations=["O2"])
    assert (deal(company)["state"], standing(company)[1]) == ("closed", "active")


def test_of_two_at_one_instant_the_lower_id_is_the_first_whichever_came_first() -> None:
    for order in (("O1", "O2"), ("O2", "O1")):
        company = Company()
        for name in order:
            company.dispatch(name, "50.00", "2026-03-14", "2026-03-04T09:00:00+03:00", arrives="2026-03-05")
        assert deal(company)["deal_id"] == "S-O1"


def test_a_deal_moved_to_an_earlier_day_is_entitled_by_the_outlets_of_that_day() -> None:
    """Three outlets open on 3 March: the dispatch of the 4th may take 600.00, that of the 2nd is of no chain."""
    company = Company()
    for name in ("N1", "N2", "N3"):
        company.send("outlet.opened", f"open-{name}", "2026-03-03", outlet_id=name, on="2026-03-03", territory="msk")
    company.dispatch("O1", "250.00", "2026-03-14", "2026-03-04", outlet_id="N1", lines=[line("250.00")])
    assert (deal(company)["entitlement"], reasons(company)) == ("600.00", [])
    company.dispatch("O0", "200.01", "2026-03-12", "2026-03-02", arrives="2026-03-05", lines=[line("200.01")])
    assert (deal(company)["deal_id"], deal(company)["entitlement"]) == ("S-O0", "200.00")
    assert reasons(company) == ["limit_exceeded"]


def test_a_withdrawn_return_takes_the_ground_of_a_restart_away() -> None:
    company = Company()
    company.activate(2, "2026-02-01", keys=[KEY])
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    company.give_back("G1", "S-O1", "100.00", "2026-03-05")
    judge(company, "first_deal.decided", "F1", "2026-03-06", decision="restart")
    company.dispatch("O2", "80.00", "2026-03-18", "2026-03-08")
    assert deal(company)["deal_id"] == "S-O2"
    company.send("goods.returned", "G1", "2026-03-09", revision=2, voided=True)
    assert (deal(company)["deal_id"], deal(company)["state"]) == ("S-O1", "open")
    company.wait("2026-03-12T12:00:00+03:00")
    assert "first_payment_overdue" in reasons(company)


def test_a_decision_that_is_withdrawn_never_was() -> None:
    company = Company()
    company.activate(2, "2026-02-01", keys=[KEY])
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    company.give_back("G1", "S-O1", "100.00", "2026-03-05")
    judge(company, "first_deal.decided", "F1", "2026-03-06", decision="close")
    assert (deal(company)["state"], standing(company)[1]) == ("closed", "active")
    judge(company, "first_deal.decided", "F1", "2026-03-09", decision="close", revision=2, voided=True)
    assert (deal(company)["state"], reasons(company)) == ("returned", ["first_deal_returned"])
    assert standing(company)[1] == "new"


def test_the_only_dispatch_withdrawn_an_active_client_is_new_again_as_a_correction() -> None:
    company = traded()
    published = company.send("shipment.dispatched", "D-O1", "2026-03-10", shipment_id="S-O1", revision=2, voided=True)
    assert company.status()["first_deal"] is None
    assert standing(company) == ("C", "new")
    assert [(item["dimension"], item["correction"]) for item in published[:2]] == [
        ("volume", True),
        ("lifecycle", True),
    ]


def test_a_signing_withdrawn_makes_an_active_client_potential_until_it_is_signed_again() -> None:
    company = Company(signs=False)
    company.sign("cooperation_agreement", "2026-03-01")
    company.sign("supply_contract", "2026-03-01T10:00:00+03:00")
    company.dispatch("O1", "100.00", "2026-03-14", "2026-03-04")
    company.pay("P1", "100.00", "2026-03-05")
    company.sell("V1", "600.00", "2026-03-05T10:00:00+03:00")
    signing = "supply_contract-2026-03-01T10:00:00+03:00"
    published = company.send("document.signed", signing, "2026-03-10", revision=2, voided=True)
    assert (standing(company), reasons(company)) == (("A", "potential"), ["documents_missing"])
    lifecycle = next(item for item in published if item.topic == "category-changes")
    assert (lifecycle["from"], lifecycle["to"], lifecycle["correction"]) == ("active", "potential", True)
    company.sign("supply_contract", "2026-03-11", number="2")
    assert (standing(company), reasons(company)) == (("A", "active"), [])


def test_a_restart_that_is_withdrawn_never_was_though_the_next_deal_was_paid() -> None:
    company = Company()
    company.activate(2, "2026-02-01", keys=[KEY])
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    company.give_back("G1", "S-O1", "100.00", "2026-03-05")
    judge(company, "first_deal.decided", "F1", "2026-03-06", decision="restart")
    company.dispatch("O2", "80.00", "2026-03-18", "2026-03-07")
    company.pay("P2", "80.00", "2026-03-08")
    company.pay("P3", "1.00", "2026-03-10")
    assert (deal(company)["deal_id"], deal(company)["closed_on"]) == ("S-O2", "2026-03-08")
    judge(company, "first_deal.decided", "F1", "2026-03-11", decision="restart", revision=2, voided=True)
    assert (deal(company)["deal_id"], deal(company)["state"]) == ("S-O1", "returned")
    assert (reasons(company), standing(company)[1]) == (["first_deal_returned"], "new")


def test_a_later_reversal_moves_nothing_back() -> None:
    company = traded()
    company.reverse("R1", "P1", "2026-03-06")
    assert (deal(company)["state"], deal(company)["closed_on"]) == ("closed", "2026-03-05")
    assert (company.status()["outstanding"], standing(company)) == ("100.00", ("A", "active"))


def test_opening_balances_revised_to_a_new_client_give_it_a_first_deal() -> None:
    company = Company()
    company.trade("2026-02-01")
    company.sell("V1", "600.00", "2026-03-02")
    company.dispatch("O1", "250.00", "2026-03-14", "2026-03-04")
    assert (standing(company), reasons(company)) == (("A", "active"), [])
    assert company.status()["first_deal"] is None
    published = opened(company, "2026-03-10", lifecycle="new", revision=2)
    assert (standing(company), reasons(company)) == (("C", "new"), ["limit_exceeded"])
    assert (deal(company)["deal_id"], deal(company)["entitlement"]) == ("S-O1", "200.00")
    moves = {item["dimension"]: item["correction"] for item in published if item.topic == "category-changes"}
    assert moves == {"volume": True, "lifecycle": True}
    opened(company, "2026-03-11", revision=3)
    assert (standing(company), reasons(company)) == (("A", "active"), [])


def test_opening_balances_that_come_late_end_a_first_deal_that_never_was() -> None:
    company = Company()
    company.dispatch("O1", "250.00", "2026-03-14", "2026-03-04")
    assert reasons(company) == ["limit_exceeded"]
    opened(company, "2026-03-05")
    assert (company.status()["first_deal"], reasons(company), standing(company)) == (None, [], ("C", "active"))


def test_a_first_deal_in_two_shipments_closes_with_the_later_payment_and_opens_with_a_third_of_before() -> None:
    company = Company()
    company.dispatch("O1", "50.00", "2026-03-14", "2026-03-02", deal_id="D")
    company.dispatch("O2", "50.00", "2026-03-14", "2026-03-03", deal_id="D")
    company.pay("P1", "50.00", "2026-03-04", obligations=["O1"])
    assert deal(company)["state"] == "open"
    company.pay("P2", "50.00", "2026-03-05", obligations=["O2"])
    assert deal(company)["closed_on"] == "2026-03-05"
    company.wait("2026-03-08")
    company.dispatch("O3", "50.00", "2026-03-14", "2026-03-04", deal_id="D", arrives="2026-03-09")
    assert (deal(company)["state"], standing(company)[1]) == ("open", "new")
    company.pay("P3", "50.00", "2026-03-10")
    assert deal(company)["closed_on"] == "2026-03-10"
    company.dispatch("O4", "900.00", "2026-03-14", "2026-03-11", deal_id="D")  # after its end: not of it
    assert (deal(company)["closed_on"], reasons(company)) == ("2026-03-10", [])


def test_a_decision_after_the_payment_leaves_the_day_on_which_it_closed() -> None:
    for decision in ("close", "stop", "restart"):
        company = Company()
        company.activate(2, "2026-02-01", keys=[KEY])
        company.dispatch("O1", "100.00", "2026-03-14", "2026-03-04")
        company.pay("P1", "100.00", "2026-03-05")
        judge(company, "first_deal.decided", "F1", "2026-03-09", decision=decision)
        company.pay("P2", "1.00", "2026-03-10")
        assert (deal(company)["state"], deal(company)["closed_on"], reasons(company)) == ("closed", "2026-03-05", [])


def dear(company: Company) -> None:
    """O1 of 4 March costs 210.00 and is worth 180.00 at recommended prices: within the 200.00 of a first deal."""
    company.dispatch("O1", "210.00", "2026-03-14", "2026-03-04", lines=[line("180.00")])
    company.pay("P1", "210.00", "2026-03-05", obligations=["O1"])
    assert deal(company)["state"] == "closed"


def test_a_late_fact_that_opens_a_closed_deal_finds_its_goods() -> None:
    company = Company()
    dear(company)
    company.pay("P2", "1.00", "2026-03-06")  # finds the closing
    company.restart()
    company.reverse("R1", "P1", "2026-03-05T15:00:00+03:00", arrives="2026-03-09")
    assert (deal(company)["state"], deal(company)["rrp_dispatched"], reasons(company)) == ("open", "180.00", [])


def test_goods_that_come_late_into_a_closed_deal_count_at_their_prices() -> None:
    company = Company()
    dear(company)
    company.pay("P2", "1.00", "2026-03-06")
    company.dispatch(
        "O2", "30.00", "2026-03-14", "2026-03-04", arrives="2026-03-09", deal_id="S-O1", lines=[line("20.00")]
    )
    assert (deal(company)["state"], deal(company)["rrp_dispatched"], reasons(company)) == ("open", "200.00", [])


def test_goods_of_later_deals_are_not_kept() -> None:
    """So that a client's state does not grow by all its trade."""
    company = Company()
    dear(company)
    company.pay("P2", "1.00", "2026-03-06")
    company.dispatch("O2", "30.00", "2026-03-19", "2026-03-09", lines=[line("20.00")])
    company.dispatch("O3", "30.00", "2026-03-19", "2026-03-09", deal_id="S-O1", lines=[line("20.00")])
    kept = company.clients["c1"].facts.deal
    assert kept is not None
    assert list(kept.goods) == ["S-O1", "S-O3"]


def test_goods_go_once_no_fact_can_be_dated_before_the_closing() -> None:
    """A year and 90 days, and at most 91 days until old facts are folded away."""
    company = Company()
    dear(company)
    told = deal(company)
    company.pay("P2", "1.00", "2027-10-01")
    assert company.clients["c1"].facts.deal is None
    assert deal(company) == told
