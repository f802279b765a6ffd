"""`client.opened` brings a client with its debts, violations and turnover."""

from typing import Any

from tests.domain.decisions.driver import Company, kinds


def test_balances_count_like_the_facts_they_replace() -> None:
    company = Company()
    company.send(
        "client.opened",
        "B1",
        "2026-03-05",
        as_of="2026-03-01",
        currency="USD",
        name="Lavka",
        unapplied="0.00",
        obligations=[{"obligation_id": "O1", "due_date": "2026-03-20", "amount": "70.00"}],
        violations=[
            {"obligation_id": f"V{number}", "first_day": "2026-01-10", "last_day": "2026-01-11"} for number in range(3)
        ],
        turnover=[{"month": "2026-02", "amount": "200.00"}],
    )
    status = company.status()
    assert (status["outstanding"], status["violations"], status["overdue_days_longest"]) == ("70.00", 3, 2)
    assert status["categories"] == {
        "risk_group": 2,
        "volume": "B",
        "sales_type": None,
        "activities": [],
        "mall_outlets": [],
        "lifecycle": "active",
        "importance": [],
    }
    assert status["open_obligations"][0]["shipment_id"] is None
    assert status["flags"] == []


def test_a_client_that_traded_before_has_no_first_deal_to_pay() -> None:
    company = Company()
    company.send(
        "client.opened",
        "B1",
        "2026-03-01",
        as_of="2026-03-01",
        currency="USD",
        name="Lavka",
        lifecycle="active",
        obligations=[{"obligation_id": "O1", "due_date": "2026-03-02", "amount": "70.00"}],
    )
    assert kinds(company.wait("2026-03-03T12:00:00+03:00")) == ["category.changed", "client.status"]


def test_balances_in_another_currency_are_converted_by_their_rate() -> None:
    company = Company()
    body: dict[str, Any] = {
        "as_of": "2026-03-01",
        "currency": "EUR",
        "rate": "2",
        "lifecycle": "active",
        "unapplied": "10.00",
        "turnover": [{"month": "2026-02", "amount": "60.00"}],
    }
    company.send("client.opened", "B1", "2026-03-01", **body)
    status = company.status()
    assert (status["unapplied"], status["categories"]["volume"]) == ("20.00", "B")
    owed = [{"obligation_id": "O1", "due_date": "2026-03-20", "amount": "35.00"}]
    company.send("client.opened", "B1", "2026-03-02", **body, obligations=owed, revision=2)
    assert company.status()["outstanding"] == "50.00"  # 70.00 less the 20.00


def test_balances_of_before_what_was_folded_away_name_their_day() -> None:
    company = Company()
    company.trade("2024-01-01")
    company.sell("V1", "1.00", "2024-01-05")
    company.wait("2026-03-01")
    company.sell("V2", "1.00", "2026-03-02")
    body: dict[str, Any] = {"as_of": "2024-01-02", "currency": "USD", "lifecycle": "active", "revision": 2}
    letter = company.send("client.opened", "open-2024-01-01", "2026-03-03", **body)[-1]
    assert (letter.headers["stoplist-reason"], letter.headers["stoplist-field"]) == ("too_late", "as_of")
