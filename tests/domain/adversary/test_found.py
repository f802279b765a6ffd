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
