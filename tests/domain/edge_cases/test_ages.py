"""A fact is judged by its date against its own append time, exact to the second."""

from typing import Any

import pytest

from schemas.decoding import decode
from schemas.events import Event
from schemas.policy import Policy
from streams.domain.ages import check_age
from streams.domain.policy import Rules
from tests.domain.decisions.driver import Company, instant, kinds
from tests.schemas.examples import TOPICS, record


@pytest.mark.parametrize(
    ("appended", "rejected"),
    [("2026-03-04T00:00:00+03:00", False), ("2026-03-03T23:59:59+03:00", True)],
)
def test_a_date_is_its_midnight_in_moscow_and_24_hours_ahead_are_taken(appended: str, rejected: bool) -> None:
    company = Company(signs=False)
    published = company.pay("P1", "10.00", "2026-03-05", arrives=appended)
    assert kinds(published) == (["dead-letter:future_dated"] if rejected else ["client.status"])


@pytest.mark.parametrize(("at", "rejected"), [("2026-03-05T09:00:00Z", False), ("2026-03-05T09:00:01Z", True)])
def test_a_dispatch_may_be_24_hours_ahead_to_the_second(at: str, rejected: bool) -> None:
    company = Company(signs=False)
    published = company.dispatch("O1", "10.00", "2026-03-20", at, arrives="2026-03-04T09:00:00+00:00")
    assert kinds(published) == (["dead-letter:future_dated"] if rejected else ["client.status"])


@pytest.mark.parametrize(
    ("appended", "rejected"),  # 455 days after 5 March 2026 00:00 in Moscow
    [("2027-06-03T00:00:00+03:00", False), ("2027-06-03T00:00:01+03:00", True)],
)
def test_a_fact_older_than_window_and_correction_time_is_too_late(appended: str, rejected: bool) -> None:
    company = Company(signs=False)
    published = company.pay("P1", "10.00", "2026-03-05", arrives=appended)
    assert kinds(published) == (["dead-letter:too_late"] if rejected else ["client.status"])


def test_the_reason_names_the_field() -> None:
    company = Company(signs=False)
    (letter,) = company.pay("P1", "10.00", "2026-03-09", arrives="2026-03-05")
    assert letter.headers["stoplist-field"] == "value_date"
    (letter,) = company.dispatch("O1", "10.00", "2026-03-20", "2026-03-09", arrives="2026-03-05")
    assert letter.headers["stoplist-field"] == "at"


def test_a_fact_dated_tomorrow_counts_from_tomorrow() -> None:
    company = Company()
    company.dispatch("O1", "10.00", "2026-03-20", "2026-03-01")
    company.pay("P1", "10.00", "2026-03-05", arrives="2026-03-04T10:00:00+03:00")
    assert company.status()["outstanding"] == "10.00"
    change, status = company.wait("2026-03-05T00:00:00+03:00")
    assert (change["dimension"], change["to"]) == ("lifecycle", "active")
    assert status["outstanding"] == "0.00"
    assert status["effective_at"] == "2026-03-05T00:00:00+03:00"
    assert status["cause"] == {"kind": "deadline", "at": "2026-03-05T00:00:00+03:00"}


def test_21_hours_utc_is_the_next_day_in_moscow() -> None:
    company = Company()
    company.dispatch("O1", "10.00", "", "2026-01-31T21:00:00Z", payment_term_days=10)
    assert company.status()["open_obligations"][0]["due_date"] == "2026-02-11"  # of 1 February, not of 31 January


def test_a_registration_has_no_age() -> None:
    company = Company()
    published = company.send(
        "client.registered", "K1", "2026-03-05", name="Lavka", wholesaler=False, registered_on="2001-01-01"
    )
    assert kinds(published) == ["client.status"]
    assert published[0]["flags"] == []


def _age(kind: str, appended: str, **changes: Any) -> tuple[str, str | None] | None:
    event = decode(TOPICS[kind], record(kind, **changes))
    assert isinstance(event, Event)
    why = check_age(Rules.compile(Policy(version=1)), event, instant(appended))
    return None if why is None else (why.reason, why.field)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("shipment.requested", "at"),
        ("shipment.cancelled", "at"),
        ("sell_through.reported", "at"),
        ("conduct.recorded", "at"),
        ("conduct.cleared", "at"),
        ("override.granted", "granted_at"),
        ("override.revoked", "at"),
        ("first_deal.decided", "at"),
    ],
)
def test_what_happened_at_an_instant_has_an_age_to_the_second(kind: str, field: str) -> None:
    at = {"expires_at": "2026-04-01T00:00:00Z"} if kind == "override.granted" else {}
    at[field] = "2026-03-05T09:00:00Z"
    assert _age(kind, "2026-03-04T09:00:00+00:00", **at) is None
    assert _age(kind, "2026-03-04T08:59:59+00:00", **at) == ("future_dated", field)
    assert _age(kind, "2027-06-03T09:00:00+00:00", **at) is None  # 455 days later
    assert _age(kind, "2027-06-03T09:00:01+00:00", **at) == ("too_late", field)
    assert _age(kind, "2027-06-03T09:00:01+00:00", **at, voided=True) is None


@pytest.mark.parametrize(
    "kind",
    [
        "client.closed",
        "document.signed",
        "document.ended",
        "outlet.opened",
        "outlet.closed",
        "obligation.rescheduled",
        "obligation.written_off",
    ],
)
def test_documents_outlets_and_decisions_about_obligations_have_no_age(kind: str) -> None:
    for on in ("2019-01-01", "2030-01-01"):
        assert _age(kind, "2026-03-05", on=on) is None


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("payment.received", "value_date"),
        ("payment.reversed", "value_date"),
        ("goods.returned", "returned_on"),
        ("sale.recorded", "sold_on"),
        ("sale.returned", "returned_on"),
    ],
)
def test_what_has_a_date_has_an_age_from_its_midnight_to_the_second(kind: str, field: str) -> None:
    on = {field: "2026-03-05"}
    assert _age(kind, "2026-03-04T00:00:00+03:00", **on) is None
    assert _age(kind, "2026-03-03T23:59:59+03:00", **on) == ("future_dated", field)
    assert _age(kind, "2027-06-03T00:00:00+03:00", **on) is None  # 455 days later
    assert _age(kind, "2027-06-03T00:00:01+03:00", **on) == ("too_late", field)


@pytest.mark.parametrize(
    ("appended", "letters"),
    [
        ("2026-03-04T00:00:00+03:00", []),
        ("2026-03-03T23:59:59+03:00", ["dead-letter:future_dated"]),
        ("2027-06-03T00:00:00+03:00", []),
        ("2027-06-03T00:00:01+03:00", ["dead-letter:too_late"]),
    ],
)
def test_a_statement_of_completed_payments_has_the_age_of_its_day(appended: str, letters: list[str]) -> None:
    assert kinds(Company().complete("2026-03-05", appended)) == letters
