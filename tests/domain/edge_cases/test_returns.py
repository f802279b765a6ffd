"""Goods returned within the payment term lower what is to be paid."""

from tests.domain.decisions.driver import Company, kinds


def test_returned_in_full_on_the_due_date_is_no_violation() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    company.give_back("G1", "S-O1", "100.00", "2026-03-11")
    status = company.status()
    assert (status["outstanding"], status["violations"]) == ("0.00", 0)
    assert company.wait("2026-04-30") == []


def test_returned_after_the_term_with_acceptance_leaves_the_violation() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    company.give_back("G1", "S-O1", "100.00", "2026-03-12T13:00:00+03:00", accepted_by="head of sales")
    status = company.current()
    assert (status["outstanding"], status["violations"], status["overdue_days_longest"]) == ("0.00", 1, 1)


def test_returned_after_the_term_counts_only_once_somebody_accepts_it() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01")
    company.give_back("G1", "S-O1", "100.00", "2026-03-12")
    assert company.status()["outstanding"] == "100.00"
    company.give_back("G1", "S-O1", "100.00", "2026-03-12", arrives="2026-03-13", revision=2, accepted_by="head")
    assert company.status()["outstanding"] == "0.00"


def test_a_return_waits_for_its_shipment() -> None:
    company = Company()
    company.give_back("G1", "S-O1", "30.00", "2026-03-02")
    company.dispatch("O1", "100.00", "2026-03-11", "2026-03-01", arrives="2026-03-03")
    assert company.status()["outstanding"] == "70.00"


def test_a_return_whose_shipment_never_comes_is_a_dead_letter_after_90_days() -> None:
    company = Company()
    company.give_back("G1", "S-O1", "30.00", "2026-03-02T09:00:00+03:00")
    assert company.wait("2026-05-31T08:59:59+03:00") == []
    letter, status = company.wait("2026-05-31T09:00:00+03:00")
    assert letter.headers["stoplist-reason"] == "partner_missing"
    assert letter.headers["stoplist-id"] == "shipments/0/0"
    assert letter["id"] == "G1"
    assert letter.output.key == b"c1"
    assert status["flags"] == ["incomplete", "unregistered"]
    assert status["cause"] == {"kind": "deadline", "at": "2026-05-31T09:00:00+03:00"}
    assert kinds(company.wait("2026-12-31")) == []


def test_a_reversal_of_money_that_never_came_is_a_dead_letter_after_90_days() -> None:
    company = Company()
    company.reverse("R1", "P1", "2026-03-02T09:00:00+03:00")
    assert kinds(company.wait("2026-06-30")) == ["dead-letter:partner_missing", "client.status"]
