"""Sales type, activities and mall outlets follow from the registration and the active outlets."""

from typing import Any

import pytest

from schemas.policy import Policy
from tests.domain.decisions.driver import Company, kinds

MALLS = [{"mall": "evropeisky", "territory": "moscow"}, {"mall": "rio", "territory": "tver"}]


def categories(company: Company) -> dict[str, Any]:
    found: dict[str, Any] = company.status()["categories"]
    return found


def open_outlets(company: Company, count: int, **more: Any) -> None:
    for number in range(count):
        company.send(
            "outlet.opened", f"open-{number}", "2026-03-05", outlet_id=f"X{number}", on="2026-03-01",
            territory="moscow", **more,
        )  # fmt: skip


@pytest.mark.parametrize(("count", "kind"), [(0, None), (1, "single"), (2, "single"), (3, "chain"), (5, "chain")])
def test_the_sales_type_by_active_outlets(count: int, kind: str | None) -> None:
    company = Company()
    company.pay("P1", "1.00", "2026-03-04")
    open_outlets(company, count)
    assert categories(company)["sales_type"] == kind


def test_a_point_closed_in_mid_deal_of_three_leaves_a_single() -> None:
    company = Company()
    open_outlets(company, 3)
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-06")
    published = company.send("outlet.closed", "close-1", "2026-03-07", outlet_id="X1", on="2026-03-10")
    assert company.status()["next_change"]["changes"] == [{"dimension": "sales_type", "from": "chain", "to": "single"}]
    published = company.wait("2026-03-10T00:00:00+03:00")
    assert kinds(published) == ["category.changed", "client.status"]
    assert (published[0]["from"], published[0]["to"], published[0]["decided_by"]) == ("chain", "single", ["outlets"])
    assert published[0]["because"] == [
        {"rule": "sales_type.outlets", "threshold": "2", "observed": "2", "facts": ["X0", "X2"]}
    ]
    assert published[0]["explanation"] == {
        "en": "Sales type changes from chain to single: 2 active outlets.",
        "ru": "Тип продаж изменён: был «сеть», стал «одиночный»: 2 действующие точки.",
    }


def test_a_client_whose_last_outlet_closes_has_none() -> None:
    company = Company()
    open_outlets(company, 1)
    company.send("outlet.closed", "close-0", "2026-03-07", outlet_id="X0", on="2026-03-07")
    (_, last) = company.moves("sales_type")
    assert (last["from"], last["to"]) == ("single", None)


def test_a_wholesaler_is_one_whatever_its_outlets() -> None:
    company = Company()
    body: dict[str, Any] = {"name": "Opt", "wholesaler": True, "registered_on": "2026-03-01"}
    company.send("client.registered", "K", "2026-03-01", **body)
    assert categories(company)["sales_type"] == "wholesaler"
    open_outlets(company, 4)
    assert len(company.moves("sales_type")) == 1
    company.send("client.registered", "K", "2026-03-06", **{**body, "wholesaler": False}, revision=2)
    assert categories(company)["sales_type"] == "chain"


def test_activities_are_those_of_the_registration_that_the_policy_lists() -> None:
    company = Company()
    body: dict[str, Any] = {
        "name": "Lavka",
        "registered_on": "2026-03-01",
        "activities": ["watches", "gardening", "stationery"],
    }
    published = company.send("client.registered", "K", "2026-03-01", **body)
    assert categories(company)["activities"] == ["stationery", "watches"]
    (change,) = [item for item in published if item.topic == "category-changes" and item["dimension"] == "activities"]
    assert (change["from"], change["to"], change["scope"]) == ([], ["stationery", "watches"], None)
    company.activate(2, "2026-03-02", activities=["gardening", "watches"])
    company.wait("2026-03-03")
    assert categories(company)["activities"] == ["gardening", "watches"]


def test_a_registration_dated_ahead_counts_from_its_date() -> None:
    company = Company()
    company.send("client.registered", "K", "2026-03-01", name="Lavka", registered_on="2026-03-05", activities=["photo"])
    assert categories(company)["activities"] == []
    assert company.status()["flags"] == []
    company.wait("2026-03-05T00:00:00+03:00")
    assert categories(company)["activities"] == ["photo"]


def test_outlets_in_large_malls_are_counted_by_territory() -> None:
    company = Company(Policy.from_document({"version": 1, "large_malls": MALLS}))
    for number, mall in enumerate(["evropeisky", "evropeisky", "rio", "corner"]):
        company.send(
            "outlet.opened", f"o{number}", "2026-03-05", outlet_id=f"X{number}", on="2026-03-05", territory="t",
            mall=mall,
        )  # fmt: skip
    assert categories(company)["mall_outlets"] == [
        {"territory": "moscow", "outlets": 2},
        {"territory": "tver", "outlets": 1},
    ]
    told = [(item["scope"], item["from"], item["to"]) for item in company.moves("mall_outlets")]
    moscow, tver = {"kind": "territory", "id": "moscow"}, {"kind": "territory", "id": "tver"}
    assert told == [(moscow, 0, 1), (moscow, 1, 2), (tver, 0, 1)]
    assert company.moves("mall_outlets")[1]["because"] == [
        {"rule": "mall_outlets", "threshold": "evropeisky", "observed": "2", "facts": ["X0", "X1"]}
    ]
    company.send("outlet.closed", "c2", "2026-03-06", outlet_id="X2", on="2026-03-08")
    assert company.status()["next_change"]["changes"][-1] == {
        "dimension": "mall_outlets",
        "from": 1,
        "to": 0,
        "scope": tver,
    }
    company.wait("2026-03-08")
    assert categories(company)["mall_outlets"] == [{"territory": "moscow", "outlets": 2}]
    assert (
        company.moves("mall_outlets")[-1]["explanation"]["en"] == "In large malls of tver: 0 active outlets, before 1."
    )


def test_one_outlet_in_a_large_mall_more_than_a_policy_listed_before() -> None:
    company = Company()
    company.send("outlet.opened", "o1", "2026-03-05", outlet_id="X1", on="2026-03-05", territory="t", mall="rio")
    assert categories(company)["mall_outlets"] == []
    company.activate(2, "2026-03-06", large_malls=MALLS)
    company.wait("2026-03-06")
    assert categories(company)["mall_outlets"] == [{"territory": "tver", "outlets": 1}]
    assert company.moves("mall_outlets")[0]["cause"]["kind"] == "policy"
