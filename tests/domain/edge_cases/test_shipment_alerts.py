"""Goods that went out while the client was blocked, or without an approval: booked, and said."""

from typing import Any

import pytest

from tests.domain.decisions.asking import ask, asking_company, cancel, leave
from tests.domain.decisions.driver import Company, Published, kinds
from tests.domain.decisions.signing import grant, judge


def alert(published: list[Published]) -> dict[str, Any] | None:
    found = [item.body for item in published if item.topic == "shipment-alerts"]
    assert len(found) <= 1
    return found[0] if found else None


def test_without_an_approval() -> None:
    company = asking_company("100.00")
    published = leave(company, "S1", "80.00", "2026-02-03")
    assert kinds(published) == ["shipment.shipped_without_approval", "client.status"]
    said = published[0].body
    assert (said["shipment_id"], said["amount"], said["currency"]) == ("S1", "80.00", "USD")
    assert said["dispatched_at"] == "2026-02-03T09:00:00+03:00"
    assert (said["approval"], said["amount_approved"], said["reasons"]) == ("none", "0.00", [])  # it would have been
    assert said["because"] == [
        {"rule": "shipped_without_approval", "threshold": "0.00", "observed": "80.00", "facts": ["S1"]}
    ]
    assert said["explanation"] == {
        "en": "Shipment S1 of 80.00 USD left on 3 February 2026, 09:00 without an approval: nobody had approved it.",
        "ru": "Отгрузка S1 на 80.00 USD ушла 03.02.2026 09:00 без разрешения: никто её не разрешал.",
    }
    assert company.status()["outstanding"] == "80.00"  # booked, approved or not


def test_it_says_why_a_request_would_have_been_refused() -> None:
    company = asking_company("100.00")
    said = alert(leave(company, "S1", "100.01", "2026-02-03"))
    assert said is not None
    (reason,) = said["reasons"]
    assert reason["reason"] == "credit_limit"
    assert reason["because"] == [
        {"rule": "credit_limit", "threshold": "100.00", "observed": "100.01", "facts": ["L1", "S1"]}
    ]


def test_with_an_approval_nothing_is_said_and_more_than_approved_is() -> None:
    company = asking_company("500.00")
    ask(company, "S1", "100.00", "2026-02-03")
    assert alert(leave(company, "S1", "100.00", "2026-02-03T10:00:00+03:00")) is None
    ask(company, "S2", "100.00", "2026-02-03")
    said = alert(leave(company, "S2", "100.01", "2026-02-03T10:00:00+03:00"))
    assert said is not None
    assert (said["approval"], said["amount_approved"], said["amount"]) == ("exceeded", "100.00", "100.01")


def test_the_same_amount_at_another_rate_is_no_more_than_approved() -> None:
    company = asking_company("500.00")
    ask(company, "S1", "100.00", "2026-02-03", currency="EUR", rate="1.10")
    assert alert(leave(company, "S1", "100.00", "2026-02-04", currency="EUR", rate="1.12")) is None
    ask(company, "S2", "100.00", "2026-02-03", currency="EUR", rate="1.10", arrives="2026-02-04")
    said = alert(leave(company, "S2", "100.01", "2026-02-05", currency="EUR", rate="1.12"))
    assert said is not None
    assert (said["approval"], said["amount_approved"], said["amount"]) == ("exceeded", "110.00", "112.01")


def test_a_revision_that_ships_more_is_looked_at_again() -> None:
    company = asking_company("500.00")
    ask(company, "S1", "100.00", "2026-02-03")
    leave(company, "S1", "100.00", "2026-02-03T10:00:00+03:00")
    assert alert(leave(company, "S1", "100.00", "2026-02-03T10:00:00+03:00", revision=2, territory="msk")) is None
    said = alert(leave(company, "S1", "120.00", "2026-02-03T10:00:00+03:00", revision=3))
    assert said is not None
    assert said["approval"] == "exceeded"


@pytest.mark.parametrize("ending", ["refused", "cancelled", "expired", "withdrawn"])
def test_what_there_was_instead_of_an_approval(ending: str) -> None:
    company = asking_company("500.00")
    ask(company, "S1", "600.00" if ending == "refused" else "100.00", "2026-02-03")
    if ending == "cancelled":
        cancel(company, "S1", "2026-02-04")
    if ending == "withdrawn":
        judge(company, "conduct.recorded", "C1", "2026-02-04", kind="ethics", evidence="letter 7")
        judge(company, "conduct.cleared", "C2", "2026-02-05", conduct_id="C1", key="k2")
    said = alert(leave(company, "S1", "100.00", "2026-02-07"))
    assert said is not None
    assert (said["type"], said["approval"]) == ("shipment.shipped_without_approval", ending)


def test_left_in_time_though_the_record_comes_late() -> None:
    company = asking_company("500.00")
    ask(company, "S1", "100.00", "2026-02-03T09:00:00+03:00")
    company.wait("2026-02-06T09:00:00+03:00")  # expired
    assert alert(leave(company, "S1", "100.00", "2026-02-06T08:59:59+03:00", arrives="2026-02-07")) is None
    ask(company, "S2", "100.00", "2026-02-07T09:00:00+03:00")
    said = alert(leave(company, "S2", "100.00", "2026-02-10T09:00:00+03:00", arrives="2026-02-11"))
    assert said is not None  # it expired at that very instant
    assert said["approval"] == "expired"


def test_left_before_it_was_asked_for() -> None:
    company = asking_company()
    ask(company, "S1", "100.00", "2026-02-03T10:00:00+03:00")
    said = alert(leave(company, "S1", "100.00", "2026-02-03T09:59:59+03:00", arrives="2026-02-03T11:00:00+03:00"))
    assert said is not None
    assert said["approval"] == "none"


# While blocked


def blocked() -> Company:
    """Blocked for conduct from 4 February, 09:00, for the risk group too from the 9th, released on the 11th, 09:00."""
    company = asking_company()
    company.dispatch("O1", "100.00", "2026-02-01", "2026-02-01T12:00:00+03:00")
    judge(company, "conduct.recorded", "C1", "2026-02-04", kind="ethics", evidence="letter 7")
    company.wait("2026-02-10")
    judge(company, "conduct.cleared", "C2", "2026-02-10T12:00:00+03:00", conduct_id="C1", key="k2")
    company.pay("P1", "100.00", "2026-02-11")
    assert company.status()["blocked"] is False
    return company


@pytest.mark.parametrize(
    ("at", "conditions"),
    [
        ("2026-02-04T08:59:59+03:00", None),
        ("2026-02-04T09:00:00+03:00", ["conduct"]),
        ("2026-02-08T23:59:59+03:00", ["conduct"]),
        ("2026-02-09T00:00:00+03:00", ["conduct", "risk_group"]),
        ("2026-02-10T12:00:00+03:00", ["risk_group"]),
        ("2026-02-11T08:59:59+03:00", ["risk_group"]),
        ("2026-02-11T09:00:00+03:00", None),
    ],
)
def test_judged_by_the_block_as_published_at_the_instant_it_left(at: str, conditions: list[str] | None) -> None:
    said = alert(leave(blocked(), "S1", "10.00", at, arrives="2026-02-12"))
    assert said is not None
    if conditions is None:
        assert said["type"] == "shipment.shipped_without_approval"
        return
    assert (said["type"], said["conditions"]) == ("shipment.shipped_while_blocked", conditions)
    assert (said["blocked_from"], said["blocked_until"]) == ("2026-02-04T09:00:00+03:00", "2026-02-11T09:00:00+03:00")


def test_while_it_is_blocked_there_is_no_end_yet_and_the_block_is_named() -> None:
    company = asking_company()
    (block, _) = judge(company, "conduct.recorded", "C1", "2026-02-04", kind="ethics", evidence="letter 7")
    said = alert(leave(company, "S1", "10.00", "2026-02-05"))
    assert said is not None
    assert (said["blocked_until"], said["block_id"]) == (None, block["id"])
    assert said["explanation"] == {
        "en": "Shipment S1 left on 5 February 2026, 09:00 while the client was blocked (the stop for conduct).",
        "ru": "Отгрузка S1 ушла 05.02.2026 09:00, когда отгрузки клиенту были запрещены "
        "(нарушение требований или этики).",
    }


def test_a_late_payment_does_not_undo_a_block_that_was_published() -> None:
    """Paid in time by its value date, known a week later: the truck left while the warehouse was told not to load."""
    company = asking_company()
    company.dispatch("O1", "100.00", "2026-02-02", "2026-02-01T12:00:00+03:00")
    company.wait("2026-02-11")
    assert company.status()["blocked"] is True
    company.pay("P1", "100.00", "2026-02-02", arrives="2026-02-12")
    said = alert(leave(company, "S1", "10.00", "2026-02-11", arrives="2026-02-12T12:00:00+03:00"))
    assert said is not None
    assert said["type"] == "shipment.shipped_while_blocked"


def test_approved_under_an_override_it_may_leave_while_blocked() -> None:
    company = asking_company("50.00")
    company.dispatch("O1", "60.00", "2026-03-20", "2026-02-02")
    grant(company, "V1", "2026-02-03", "2026-02-10T09:00:00+03:00", "credit_limit", shipment_id="S1")
    ask(company, "S1", "10.00", "2026-02-04")
    assert alert(leave(company, "S1", "10.00", "2026-02-04T12:00:00+03:00")) is None
    said = alert(leave(company, "S2", "10.00", "2026-02-04T12:00:00+03:00"))
    assert said is not None
    assert said["type"] == "shipment.shipped_while_blocked"


def test_a_company_that_never_asks_hears_of_blocks_only() -> None:
    company = asking_company(requests={"required": False})
    assert alert(leave(company, "S1", "10.00", "2026-02-03")) is None
    judge(company, "conduct.recorded", "C1", "2026-02-04", kind="ethics", evidence="letter 7")
    said = alert(leave(company, "S2", "10.00", "2026-02-05"))
    assert said is not None
    assert said["type"] == "shipment.shipped_while_blocked"


def test_an_override_for_that_very_shipment_lets_it_leave_where_nobody_asks() -> None:
    company = asking_company("50.00", requests={"required": False})
    company.dispatch("O1", "60.00", "2026-03-20", "2026-02-02")
    until = "2026-02-10T09:00:00+03:00"
    grant(company, "V1", "2026-02-03", until, "credit_limit", shipment_id="S1")
    assert alert(leave(company, "S1", "10.00", "2026-02-04")) is None
    said = alert(leave(company, "S2", "10.00", "2026-02-04T10:00:00+03:00"))
    assert said is not None
    assert said["type"] == "shipment.shipped_while_blocked"


def test_an_amount_of_an_override_is_used_up_by_what_left_where_nobody_asks() -> None:
    company = asking_company("50.00", requests={"required": False})
    company.dispatch("O1", "60.00", "2026-03-20", "2026-02-02")
    until = "2026-02-10T09:00:00+03:00"
    grant(company, "V1", "2026-02-03", until, "credit_limit", amount_max="100.00", currency="USD")
    assert alert(leave(company, "S1", "60.00", "2026-02-04")) is None
    said = alert(leave(company, "S2", "40.01", "2026-02-04T10:00:00+03:00"))
    assert said is not None
    assert said["type"] == "shipment.shipped_while_blocked"


def test_left_under_an_override_and_without_an_approval() -> None:
    company = asking_company("50.00")
    company.dispatch("O1", "60.00", "2026-03-20", "2026-02-02")
    grant(company, "V1", "2026-02-03", "2026-02-10T09:00:00+03:00", "credit_limit", shipment_id="S1")
    said = alert(leave(company, "S1", "10.00", "2026-02-04"))
    assert said is not None
    assert (said["type"], said["reasons"]) == ("shipment.shipped_without_approval", [])


def test_a_withdrawn_dispatch_is_no_alert() -> None:
    company = asking_company()
    leave(company, "S1", "10.00", "2026-02-03")
    assert alert(leave(company, "S1", "10.00", "2026-02-03", revision=2, voided=True)) is None
