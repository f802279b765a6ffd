"""Turnover of a month gives the volume category."""

import pytest

from tests.domain.decisions.driver import Company, kinds


def trading() -> Company:
    """A client past its first deal: until then its category would be C by itself."""
    company = Company()
    company.trade("2026-02-01")
    return company


@pytest.mark.parametrize(("amount", "category"), [("99.99", "C"), ("100.00", "B"), ("500.00", "B"), ("500.01", "A")])
def test_turnover_gives_the_category(amount: str, category: str) -> None:
    company = trading()
    company.sell("S1", amount, "2026-03-05")
    assert company.status()["categories"]["volume"] == category


def test_first_status_comes_alone_when_no_category_moves() -> None:
    company = Company(signs=False)
    assert kinds(company.sell("S1", "99.99", "2026-03-05")) == ["client.status"]


def test_a_rise_is_a_category_change_then_a_status_of_the_same_number() -> None:
    company = trading()
    published = company.sell("S1", "100.00", "2026-03-05")
    assert kinds(published) == ["category.changed", "client.status"]
    change, status = published
    assert (change["sequence"], status["sequence"]) == (2, 2)
    assert (change["correction"], status["correction"]) == (False, False)  # the running month is no past
    assert (change["dimension"], change["from"], change["to"], change["decided_by"]) == (
        "volume",
        "C",
        "B",
        ["turnover"],
    )
    assert change["because"] == [
        {"rule": "volume.turnover", "threshold": "100.00", "observed": "100.00", "facts": ["2026-03"]}
    ]


def test_it_falls_when_the_month_after_closes_and_the_status_foretold_it() -> None:
    company = trading()
    company.sell("S1", "600.00", "2026-03-05")
    assert company.status()["next_change"] == {
        "at": "2026-05-01T00:00:00+03:00",  # all April the last closed month is March
        "changes": [{"dimension": "volume", "from": "A", "to": "C"}],
    }
    assert kinds(company.wait("2026-04-30T23:59:59+03:00")) == []
    published = company.wait("2026-05-01T00:00:00+03:00")
    assert kinds(published) == ["category.changed", "client.status"]
    assert published[0]["cause"] == {"kind": "deadline", "at": "2026-05-01T00:00:00+03:00"}
    assert published[0]["correction"] is False


def test_a_sale_that_moves_nothing_publishes_nothing() -> None:
    company = trading()
    company.sell("S1", "10.00", "2026-03-05")
    assert company.sell("S2", "10.00", "2026-03-05T10:00:00+03:00") == []


def test_a_sale_of_another_day_is_told_while_being_lost_is_the_next_change() -> None:
    company = trading()
    company.sell("S1", "10.00", "2026-03-05")
    (status,) = company.sell("S2", "10.00", "2026-03-06")
    assert status["next_change"] == {
        "at": "2026-06-05T00:00:00+03:00",
        "changes": [{"dimension": "lifecycle", "from": "active", "to": "lost"}],
    }
    company.sell("S3", "80.00", "2026-03-07")  # B through April comes first
    assert company.status()["next_change"]["at"] == "2026-05-01T00:00:00+03:00"
    assert company.sell("S4", "10.00", "2026-03-08") == []
    company.wait("2026-05-01")
    assert company.status()["next_change"]["at"] == "2026-06-07T00:00:00+03:00"  # the 91st day after 8 March


def test_a_late_sale_of_a_closed_month_that_moves_the_category_is_a_correction() -> None:
    company = trading()
    company.sell("S1", "90.00", "2026-03-05")
    published = company.sell("S2", "10.00", "2026-03-06", arrives="2026-04-10")
    assert kinds(published) == ["category.changed", "client.status"]
    assert [item["correction"] for item in published] == [True, True]


def test_a_return_of_a_sale_lowers_the_month_of_the_sale() -> None:
    company = trading()
    company.sell("S1", "100.00", "2026-03-05")
    published = company.send("sale.returned", "X1", "2026-03-20", sale_id="S1", amount="0.01", returned_on="2026-03-20")
    assert published[0]["to"] == "C"


def test_a_sale_that_only_puts_off_a_fall_is_told_in_the_status() -> None:
    company = trading()
    company.sell("S1", "200.00", "2026-02-05")
    company.wait("2026-03-05")
    assert company.status()["next_change"]["at"] == "2026-04-01T00:00:00+03:00"
    published = company.sell("S2", "150.00", "2026-03-06")  # B by February still, and by March in April
    assert kinds(published) == ["client.status"]
    assert published[0]["next_change"] == {
        "at": "2026-05-01T00:00:00+03:00",
        "changes": [{"dimension": "volume", "from": "B", "to": "C"}],
    }


def test_a_sale_dated_tomorrow_counts_from_tomorrow() -> None:
    company = trading()
    company.sell("S1", "10.00", "2026-03-05")
    company.sell("S2", "150.00", "2026-03-06", arrives="2026-03-05T10:00:00+03:00")
    assert company.status()["next_change"] == {
        "at": "2026-03-06T00:00:00+03:00",
        "changes": [{"dimension": "volume", "from": "C", "to": "B"}],
    }
    assert kinds(company.wait("2026-03-06T00:00:00+03:00")) == ["category.changed", "client.status"]


def test_a_return_of_a_sale_that_never_comes_is_a_dead_letter_after_90_days() -> None:
    company = Company()
    company.sell("S1", "10.00", "2026-03-01")
    company.send(
        "sale.returned", "X1", "2026-03-02T09:00:00+03:00", sale_id="S9", amount="1.00", returned_on="2026-03-02"
    )
    assert company.wait("2026-05-31T08:59:59+03:00") == []
    assert kinds(company.wait("2026-05-31T09:00:00+03:00")) == ["dead-letter:partner_missing", "client.status"]
