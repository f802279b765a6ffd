"""Each of these histories once gave a wrong output; expected values are worked out by hand from the rules."""

import json

import pytest

from tests.domain.decisions.driver import Company, kinds


def test_an_amount_that_grows_beyond_all_bounds_by_its_rate_is_a_dead_letter() -> None:
    """And the client's state can be kept: 9999999999999.99 at 999999999 needs more than 64 bits."""
    company = Company()
    body = {
        "type": "shipment.dispatched",
        "id": "D1",
        "client_id": "c1",
        "shipment_id": "S1",
        "at": "2026-03-01T10:00:00+03:00",
        "currency": "EUR",
        "rate": "999999999.999999999",
        "amount": "9999999999999.99",
        "payment_term_days": 3,
    }
    published = company.send_bytes("shipments", json.dumps(body).encode(), "2026-03-01T10:00:00+03:00")
    assert [kind.partition(":")[0] for kind in kinds(published)] == ["dead-letter"]
    company.pay("P1", "1.00", "2026-03-02")
    company.restart()


def test_opening_turnover_of_a_month_to_come_is_refused() -> None:
    company = Company()
    published = company.send(
        "client.opened",
        "B1",
        "2026-03-10",
        as_of="2026-03-10",
        currency="USD",
        turnover=[{"month": "2026-05", "amount": "900.00"}],
    )
    assert kinds(published) == ["dead-letter:invalid_field"]


@pytest.mark.parametrize(("last_day", "rejected"), [("2026-03-09", False), ("2026-03-10", True)])
def test_opening_violations_lie_before_the_opening(last_day: str, rejected: bool) -> None:
    company = Company()
    published = company.send(
        "client.opened",
        "B1",
        "2026-03-10",
        as_of="2026-03-10",
        currency="USD",
        violations=[{"obligation_id": "O1", "first_day": "2026-03-08", "last_day": last_day}],
    )
    assert ("dead-letter:invalid_field" in kinds(published)) is rejected


@pytest.mark.parametrize("first", ["A", "B"])
def test_money_kept_for_a_shipment_waits_also_for_a_later_one_of_the_same_day(first: str) -> None:
    """P names B; A and B leave on one day, A before B by id. P pays B, whatever came first and after a replay too."""
    company = Company()
    company.pay("P1", "50.00", "2026-03-10", obligations=["B"])
    for name in (first, "B" if first == "A" else "A"):
        company.dispatch(name, "50.00", "2026-03-20", "2026-03-15")
    assert [item["obligation_id"] for item in company.status()["open_obligations"]] == ["A"]
    company.pay("P2", "1.00", "2026-03-16")
    company.send("payment.received", "P2", "2026-03-17", voided=True, revision=2)
    assert [item["obligation_id"] for item in company.status()["open_obligations"]] == ["A"]


def test_a_revised_sale_of_tomorrow_moves_the_next_expected_change() -> None:
    """50.00 of tomorrow is C; made 600.00 it is A from tomorrow's midnight, and the status says so today."""
    company = Company()
    company.trade("2026-02-01")
    company.sell("S1", "1.00", "2026-03-01")
    company.sell("S2", "50.00", "2026-03-11", arrives="2026-03-10T10:00:00+03:00")
    company.sell("S2", "600.00", "2026-03-11", arrives="2026-03-10T11:00:00+03:00", revision=2)
    assert company.status()["next_change"] == {
        "at": "2026-03-11T00:00:00+03:00",
        "changes": [{"dimension": "volume", "from": "C", "to": "A"}],
    }


def test_a_first_record_that_is_a_dead_letter_leaves_the_client_incomplete() -> None:
    company = Company(signs=False)
    published = company.pay("P1", "-1", "2026-03-01")
    assert kinds(published) == ["dead-letter:invalid_field"]
    company.pay("P2", "1.00", "2026-03-02")
    assert "incomplete" in company.status()["flags"]


def test_opening_balances_dated_ahead_count_from_their_date() -> None:
    """Or are refused in words; what is owed until then is not forgiven either way."""
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-05", "2026-03-01")
    company.send(
        "client.opened",
        "B1",
        "2026-03-10",
        as_of="2026-03-20",
        currency="USD",
        obligations=[{"obligation_id": "O2", "due_date": "2026-04-01", "amount": "7.00"}],
    )
    status = company.status()
    assert (status["outstanding"], status["blocked"]) == ("100.00", True)
    company.pay("P1", "10.00", "2026-03-11")
    assert company.status()["outstanding"] == "90.00"


def test_the_currency_of_known_debts_does_not_change_with_the_first_policy() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-20", "2026-03-01")
    company.activate(2, "2026-03-02", currency="EUR")
    company.wait("2026-03-24")
    status = company.status()
    assert (status["outstanding"], status["currency"]) == ("100.00", "USD")


@pytest.mark.parametrize(
    ("appended", "rejected"),  # January closes on 1 February 00:00; 90 days later it is 2 May 00:00
    [("2026-05-02T00:00:00+03:00", False), ("2026-05-02T00:00:01+03:00", True)],
)
def test_a_month_is_closed_to_sales_after_90_days_to_the_second(appended: str, rejected: bool) -> None:
    company = Company(signs=False)
    published = company.sell("S1", "10.00", "2026-01-15", arrives=appended)
    assert kinds(published) == (["dead-letter:month_closed"] if rejected else ["client.status"])
