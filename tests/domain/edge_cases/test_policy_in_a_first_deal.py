"""A policy changes the numbers of a first deal that runs: what was frozen stays, the rest follows at once."""

from typing import Any

from tests.domain.decisions.driver import Company, Published


def reasons(company: Company) -> list[str]:
    return [item["reason"] for item in company.status()["conditions"]]


def entitlement(company: Company, client: str = "c1") -> str:
    return str(company.status(client)["first_deal"]["entitlement"])


def pens(rrp: str = "1.00") -> list[dict[str, Any]]:
    """A hundred pens."""
    return [
        {"sku": "pen", "quantity": "100", "price": rrp, "rrp": rrp, "product_category": "A", "fast_moving": True}
    ]  # fmt: skip


def report(company: Company, sold: str, shipment: str = "S-O1", at: str = "2026-03-05T09:00:00+03:00") -> None:
    lines = [{"sku": "pen", "quantity": sold}]
    company.send("sell_through.reported", f"T-{shipment}", at, shipment_id=shipment, at=at, lines=lines)


def activate(company: Company, version: int, at: str, **first_deal: Any) -> list[Published]:
    """A policy with other numbers of the first deal; returns what time until then and it published."""
    company.activate(version, at, first_deal=first_deal)
    return company.wait(at)


def test_the_entitlement_of_a_running_deal_stays_and_that_of_the_next_client_is_new() -> None:
    company = Company()
    company.dispatch("O1", "150.00", "2026-03-12", "2026-03-02")
    activate(company, 2, "2026-03-03", rrp_max_per_outlet="300.00", chain_outlets_min=2)
    assert entitlement(company) == "200.00"
    company.dispatch("O2", "50.01", "2026-03-12", "2026-03-04", deal_id="S-O1")
    assert (entitlement(company), reasons(company)) == ("200.00", ["limit_exceeded"])
    company.dispatch("X1", "200.01", "2026-03-12", "2026-03-04", client="c2")
    assert (entitlement(company, "c2"), company.status("c2")["blocked"]) == ("300.00", False)


def test_a_lower_limit_does_not_stop_what_left_before() -> None:
    company = Company()
    company.dispatch("O1", "150.00", "2026-03-12", "2026-03-02")
    activate(company, 2, "2026-03-03", rrp_max_per_outlet="100.00")
    assert (entitlement(company), reasons(company)) == ("200.00", [])


def test_a_higher_share_to_be_sold_blocks_at_the_instant_of_the_policy() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-02", lines=pens())
    report(company, "20")
    company.wait("2026-03-10")
    assert reasons(company) == []
    not_selling = {"share_below_percent": 21, "after_days": 7}
    published = activate(company, 2, "2026-03-10T10:00:00+03:00", not_selling=not_selling)
    block = next(item for item in published if item.topic == "shipment-blocks")
    assert (block["opened"], block["cause"]["kind"]) == (["not_selling"], "policy")
    assert block["effective_at"] == "2026-03-10T10:00:00+03:00"
    assert block["because"] == [
        {"rule": "not_selling", "threshold": "21%", "observed": "20.0%", "facts": ["S-O1", "T-S-O1"]}
    ]
    activate(company, 3, "2026-03-11", not_selling={"share_below_percent": 20, "after_days": 7})
    assert reasons(company) == []


def test_more_days_to_sell_release_and_it_blocks_again_by_time_alone() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-02", lines=pens())
    report(company, "9")
    company.wait("2026-03-09")
    assert reasons(company) == ["not_selling"]
    activate(company, 2, "2026-03-10", not_selling={"share_below_percent": 10, "after_days": 14})
    assert reasons(company) == []
    assert company.status()["next_change"] == {
        "at": "2026-03-16T00:00:00+03:00",
        "changes": [{"condition": "not_selling", "change": "opens"}],
    }
    company.wait("2026-03-16T00:00:00+03:00")
    assert reasons(company) == ["not_selling"]


def test_each_shipment_must_sell_by_itself() -> None:
    """Of 200 pens 100 were sold, all of one shipment."""
    company = Company()
    company.dispatch("O1", "50.00", "2026-03-20", "2026-03-02", lines=pens("0.50"))
    company.dispatch("O2", "50.00", "2026-03-20", "2026-03-03", deal_id="S-O1", lines=pens("0.50"))
    report(company, "100")
    report(company, "9.999", "S-O2", "2026-03-05T10:00:00+03:00")
    company.wait("2026-03-09T23:59:59+03:00")
    assert reasons(company) == []
    company.wait("2026-03-10T00:00:00+03:00")  # day 7 of the second
    assert reasons(company) == ["not_selling"]


def test_copies_that_count_no_longer_block_whoever_was_dispatched_to() -> None:
    company = Company(signs=False)
    company.activate(2, "2026-02-01", documents={"copies_count": True})
    for document in ("cooperation_agreement", "supply_contract"):
        company.sign(document, "2026-03-01", form="copy")
    company.dispatch("O1", "100.00", "2026-03-12", "2026-03-02")
    assert (reasons(company), company.status()["categories"]["lifecycle"]) == ([], "new")
    company.activate(3, "2026-03-05")
    company.wait("2026-03-05")
    assert (reasons(company), company.status()["categories"]["lifecycle"]) == (["documents_missing"], "potential")
