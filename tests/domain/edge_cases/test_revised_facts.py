"""Facts about goods, outlets and the client itself are revised and withdrawn, and what followed from them follows."""

import json
from typing import Any

from schemas.policy import Policy
from tests.domain.decisions.driver import Company, kinds


def reasons(company: Company) -> list[str]:
    return [item["reason"] for item in company.status()["conditions"]]


def categories(company: Company) -> dict[str, Any]:
    found: dict[str, Any] = company.status()["categories"]
    return found


def pens(count: str, rrp: str = "1.00") -> list[dict[str, Any]]:
    return [
        {"sku": "pen", "quantity": count, "price": rrp, "rrp": rrp, "product_category": "A", "fast_moving": True}
    ]  # fmt: skip


def open_outlet(company: Company, name: str, on: str, **more: Any) -> None:
    body = {"outlet_id": name, "on": on[:10], "territory": "msk", **more}
    company.send("outlet.opened", f"open-{name}", body.pop("arrives", on), **body)


def test_goods_revised_to_more_make_the_share_sold_too_small() -> None:
    """10 of 100 pens are 10%, of 101 not quite."""
    company = Company()
    company.dispatch("O1", "50.00", "2026-03-20", "2026-03-02", lines=pens("100"))
    at = "2026-03-05T09:00:00+03:00"
    lines = [{"sku": "pen", "quantity": "10"}]
    company.send("sell_through.reported", "T1", at, shipment_id="S-O1", at=at, lines=lines)
    company.wait("2026-03-10")
    assert reasons(company) == []
    published = company.dispatch(
        "O1", "50.00", "2026-03-20", "2026-03-02", arrives="2026-03-11", revision=2, lines=pens("101")
    )
    assert kinds(published) == ["shipment.blocked", "client.status"]
    assert (reasons(company), published[0]["effective_at"]) == (["not_selling"], "2026-03-11T09:00:00+03:00")


def test_goods_revised_to_less_are_within_the_limit_again() -> None:
    company = Company()
    company.dispatch("O1", "50.00", "2026-03-20", "2026-03-02", lines=pens("1", "200.01"))
    assert reasons(company) == ["limit_exceeded"]
    published = company.dispatch(
        "O1", "50.00", "2026-03-20", "2026-03-02", arrives="2026-03-03", revision=2, lines=pens("1", "200.00")
    )
    assert kinds(published) == ["shipment.released", "client.status"]
    assert published[0]["closed"] == ["limit_exceeded"]


def test_goods_revised_to_another_outlet_count_there() -> None:
    company = Company()
    for name in ("N1", "N2"):
        open_outlet(company, name, "2026-03-01")
    company.dispatch("O1", "50.00", "2026-03-20", "2026-03-02", outlet_id="N1", lines=pens("1", "150.00"))
    more: dict[str, Any] = {"deal_id": "S-O1", "lines": pens("1", "60.00")}
    company.dispatch("O2", "50.00", "2026-03-20", "2026-03-03", outlet_id="N1", **more)
    assert reasons(company) == ["limit_exceeded"]  # 210.00 into N1
    more |= {"revision": 2, "arrives": "2026-03-04"}
    company.dispatch("O2", "50.00", "2026-03-20", "2026-03-03", outlet_id="N2", **more)
    assert reasons(company) == []
    assert company.status()["first_deal"]["outlets"] == ["N1", "N2"]


def test_a_closing_withdrawn_makes_a_chain_again() -> None:
    company = Company()
    for name in ("N1", "N2", "N3"):
        open_outlet(company, name, "2026-03-01")
    company.send("outlet.closed", "closed-N3", "2026-03-04", outlet_id="N3", on="2026-03-04")
    assert categories(company)["sales_type"] == "single"
    company.send("outlet.closed", "closed-N3", "2026-03-05", outlet_id="N3", on="2026-03-04", revision=2, voided=True)
    assert categories(company)["sales_type"] == "chain"


def test_an_opening_withdrawn_leaves_a_single() -> None:
    company = Company()
    for name in ("N1", "N2", "N3"):
        open_outlet(company, name, "2026-03-01")
    assert categories(company)["sales_type"] == "chain"
    open_outlet(company, "N3", "2026-03-01", arrives="2026-03-05", revision=2, voided=True)
    assert categories(company)["sales_type"] == "single"


def test_an_outlet_revised_to_another_mall_is_counted_in_the_territory_of_that() -> None:
    malls = [{"mall": "rio", "territory": "tver"}, {"mall": "sun", "territory": "moscow"}]
    company = Company(Policy.from_document({"version": 1, "large_malls": malls}))
    open_outlet(company, "N1", "2026-03-01", mall="rio")
    assert categories(company)["mall_outlets"] == [{"territory": "tver", "outlets": 1}]
    open_outlet(company, "N1", "2026-03-01", arrives="2026-03-05", revision=2, mall="sun")
    assert categories(company)["mall_outlets"] == [{"territory": "moscow", "outlets": 1}]
    moves = [(item["scope"]["id"], item["from"], item["to"]) for item in company.moves("mall_outlets")]
    assert moves == [("tver", 0, 1), ("moscow", 0, 1), ("tver", 1, 0)]


def test_a_client_closed_by_mistake_is_active_again_and_one_closed_later_until_then() -> None:
    company = Company()
    company.trade("2026-02-01")
    company.send("client.closed", "Z", "2026-03-01", on="2026-03-01")
    assert categories(company)["lifecycle"] == "lost"
    company.send("client.closed", "Z", "2026-03-02", on="2026-03-10", revision=2)
    assert categories(company)["lifecycle"] == "active"
    company.wait("2026-03-10T00:00:00+03:00")
    assert categories(company)["lifecycle"] == "lost"
    company.send("client.closed", "Z", "2026-03-11", on="2026-03-10", revision=3, voided=True)
    assert categories(company)["lifecycle"] == "active"


def test_a_sale_of_before_the_closing_that_comes_late_does_not_undo_it() -> None:
    company = Company()
    company.trade("2026-02-01")
    company.send("client.closed", "Z", "2026-03-10", on="2026-03-10")
    company.sell("V1", "1.00", "2026-03-09", arrives="2026-03-11")
    assert categories(company)["lifecycle"] == "lost"
    company.sell("V2", "1.00", "2026-03-11T10:00:00+03:00")
    assert categories(company)["lifecycle"] == "active"


def test_a_document_end_revised_to_a_later_day_releases_until_then() -> None:
    company = Company()
    company.dispatch("O1", "10.00", "2026-03-20", "2026-03-02")
    company.end("supply_contract", "2026-03-05")
    assert reasons(company) == ["documents_missing"]
    body: dict[str, Any] = {"type": "document.ended", "id": "supply_contract-ends-2026-03-05", "client_id": "c1"}
    body |= {"document": "supply_contract", "number": "1", "on": "2026-03-12", "revision": 2}
    company.send_bytes("clients", json.dumps(body).encode(), "2026-03-06")
    assert reasons(company) == []
    company.wait("2026-03-11T23:59:59+03:00")
    assert reasons(company) == []
    company.wait("2026-03-12T00:00:00+03:00")
    assert reasons(company) == ["documents_missing"]
    company.send_bytes("clients", json.dumps(body | {"revision": 3, "voided": True}).encode(), "2026-03-13")
    assert "documents_missing" not in reasons(company)


def test_reasons_that_end_one_by_one_leave_the_client_blocked_until_the_last() -> None:
    """Whatever ends, the client stays blocked while one reason is left."""
    company = Company()
    company.dispatch("O1", "10.00", "2026-03-02", "2026-02-20", lines=pens("1", "300.00"))
    company.end("supply_contract", "2026-02-25")
    company.wait("2026-03-03T12:00:00+03:00")
    assert reasons(company) == ["limit_exceeded", "documents_missing", "first_payment_overdue"]
    published = company.pay("P1", "10.00", "2026-03-04")
    block = next(item for item in published if item.topic == "shipment-blocks")
    assert (block["type"], block["closed"]) == ("shipment.blocked", ["first_payment_overdue", "limit_exceeded"])
    released = company.sign("supply_contract", "2026-03-05", number="2")
    assert "shipment.released" in kinds(released)


def test_goods_that_came_back_by_articles_count_by_their_own_prices() -> None:
    """A tenth of the amount came back, by articles half of the goods: 10 pens of 100.00 left are 10%, of 180.00 not."""
    company = Company()
    goods = [*pens("100"), {**pens("10", "10.00")[0], "sku": "book"}]
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-02", lines=goods)
    at = "2026-03-05T09:00:00+03:00"
    lines = [{"sku": "pen", "quantity": "10"}]
    company.send("sell_through.reported", "T1", at, shipment_id="S-O1", at=at, lines=lines)
    company.give_back("G1", "S-O1", "10.00", "2026-03-06", lines=[{"sku": "book", "quantity": "10"}])
    company.wait("2026-03-10")
    assert reasons(company) == []


def test_what_came_back_of_one_shipment_is_not_of_the_other() -> None:
    company = Company()
    company.dispatch("O1", "40.00", "2026-03-20", "2026-03-02", lines=pens("100"))
    company.dispatch("O2", "40.00", "2026-03-20", "2026-03-02T10:00:00+03:00", deal_id="S-O1", lines=pens("100"))
    for name in ("O1", "O2"):
        at = "2026-03-05T09:00:00+03:00"
        lines = [{"sku": "pen", "quantity": "9"}]
        company.send("sell_through.reported", f"T-{name}", at, shipment_id=f"S-{name}", at=at, lines=lines)
    company.give_back("G1", "S-O1", "20.00", "2026-03-06")
    (block, *_) = company.wait("2026-03-09T00:00:00+03:00")
    assert block["because"][0]["observed"] == "9.0%"  # of the second; of the first 9 of 50 were sold
    assert block["because"][0]["facts"] == ["S-O2", "T-O2"]


def test_a_shipment_that_came_back_in_full_need_not_sell() -> None:
    company = Company()
    company.dispatch("O1", "40.00", "2026-03-20", "2026-03-02", lines=pens("90"))
    company.dispatch("O2", "40.00", "2026-03-20", "2026-03-02T10:00:00+03:00", deal_id="S-O1", lines=pens("90"))
    for name, sold in (("O1", "0"), ("O2", "50")):
        at = "2026-03-05T09:00:00+03:00"
        lines = [{"sku": "pen", "quantity": sold}]
        company.send("sell_through.reported", f"T-{name}", at, shipment_id=f"S-{name}", at=at, lines=lines)
    company.give_back("G1", "S-O1", "40.00", "2026-03-06")
    company.wait("2026-03-10")
    assert (reasons(company), company.status()["warnings"]) == ([], [])


def test_a_client_that_sells_on_the_day_it_is_closed_is_lost() -> None:
    company = Company()
    company.trade("2026-02-01")
    company.sell("V1", "1.00", "2026-03-10")
    company.send("client.closed", "Z", "2026-03-10T10:00:00+03:00", on="2026-03-10")
    assert categories(company)["lifecycle"] == "lost"
