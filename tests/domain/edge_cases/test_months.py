"""Months that close, at the turn of a year and late."""

from tests.domain.decisions.driver import Company, kinds


def trading() -> Company:
    company = Company()
    company.trade("2026-02-01")
    return company


def volume(company: Company) -> str:
    return str(company.current()["categories"]["volume"])


def test_december_counts_through_january() -> None:
    company = trading()
    company.sell("V1", "600.00", "2026-12-31")
    assert company.status()["next_change"]["at"] == "2027-02-01T00:00:00+03:00"
    company.wait("2027-01-31T23:59:59+03:00")
    assert volume(company) == "A"
    published = company.wait("2027-02-01T00:00:00+03:00")
    assert (published[0]["from"], published[0]["to"]) == ("A", "C")


def test_the_last_second_of_a_month_is_still_of_it() -> None:
    """A sale has a date; what moves with the month is which two count."""
    company = trading()
    company.sell("V1", "100.00", "2026-03-31T23:59:59+03:00")
    company.sell("V2", "450.00", "2026-04-01T00:00:00+03:00")
    assert volume(company) == "B"  # 100.00 of March, 450.00 of April: the better, never the sum
    company.wait("2026-06-01T00:00:00+03:00")
    assert volume(company) == "C"


def test_a_late_sale_of_a_month_that_counts_no_longer_moves_nothing() -> None:
    company = trading()
    company.sell("V1", "1.00", "2026-04-10")
    assert company.sell("V2", "900.00", "2026-02-10", arrives="2026-04-10T10:00:00+03:00") == []
    assert volume(company) == "C"


def test_a_revision_moves_a_sale_to_another_month_and_corrects_the_category() -> None:
    company = trading()
    company.sell("V1", "600.00", "2026-03-05")
    company.wait("2026-04-10")
    assert volume(company) == "A"
    published = company.sell("V1", "600.00", "2026-02-05", arrives="2026-04-10T10:00:00+03:00", revision=2)
    assert (published[0]["from"], published[0]["to"], published[0]["correction"]) == ("A", "C", True)


def test_a_late_return_lowers_the_month_of_its_sale_while_that_is_open_and_its_own_month_afterwards() -> None:
    """March closed on 1 April; 90 days later, on 30 June at 00:00, it no longer changes."""
    company = trading()
    company.sell("V1", "600.00", "2026-03-05")
    company.sell("V2", "100.00", "2026-06-05")
    company.sell("V3", "100.00", "2026-07-01")
    assert volume(company) == "B"
    company.send(
        "sale.returned", "X1", "2026-07-01T10:00:00+03:00", sale_id="V1", amount="0.01", returned_on="2026-07-01"
    )
    assert volume(company) == "B"  # June has 100.00 still, July 99.99
    company.wait("2026-08-01T00:00:00+03:00")
    assert volume(company) == "C"


def test_a_sale_withdrawn_in_its_own_month_is_no_correction() -> None:
    company = trading()
    company.sell("V1", "600.00", "2026-03-05")
    published = company.send("sale.recorded", "V1", "2026-03-20", voided=True, revision=2)
    assert kinds(published) == ["category.changed", "client.status"]
    assert (published[0]["to"], published[0]["correction"]) == ("C", False)


def test_a_late_sale_while_the_first_deal_is_open_moves_nothing_and_corrects_nothing() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-06-14", "2026-03-04")
    company.sell("V1", "1.00", "2026-04-10")
    published = company.sell("V2", "900.00", "2026-03-10", arrives="2026-04-10T10:00:00+03:00")
    assert [item for item in published if item.topic == "category-changes" or item["correction"]] == []
    assert volume(company) == "C"
