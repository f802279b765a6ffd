"""What people change about an obligation moves group, block and forecast at once, and says why."""

from typing import Any

from tests.domain.decisions.driver import Company, Published, kinds

BLOCKED_AT = "2026-03-03T12:00:00+03:00"
FIFTH = "2026-03-05T10:00:00+03:00"


def owing() -> Company:
    """100.00 of the first deal due on 2 March, judged and blocked at noon of the 3rd."""
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    assert kinds(company.wait(BLOCKED_AT)) == ["category.changed", "shipment.blocked", "client.status"]
    return company


def change(company: Company, kind: str, number: str, arrives: str, **body: Any) -> list[Published]:
    return company.send(
        f"obligation.{kind}", number, arrives, obligation_id="O1", author="a.petrova", reason="agreed", **body
    )


def test_a_new_term_releases_and_the_overdue_days_before_it_stay() -> None:
    company = owing()
    published = change(company, "rescheduled", "X1", FIFTH, on="2026-03-05", due_date="2026-03-20")
    assert kinds(published) == ["shipment.released", "client.status"]
    assert published[0]["explanation"] == {
        "en": "Shipping is allowed again after the new term X1: nothing of the first deal is overdue.",
        "ru": "Отгрузки снова разрешены после переноса срока X1: по первой сделке просрочки нет.",
    }
    status = published[1].body
    assert (status["violations"], status["overdue_days_longest"], status["overdue_days_current"]) == (1, 2, 0)
    assert status["open_obligations"][0]["due_date"] == "2026-03-20"
    # judged at noon of Monday the 23rd, three days overdue: the longest run, and the first deal blocks again
    assert status["next_change"] == {
        "at": "2026-03-23T12:00:00+03:00",
        "changes": [{"condition": "first_payment_overdue", "change": "opens"}],
    }
    assert kinds(company.wait("2026-03-23T12:00:00+03:00")) == ["shipment.blocked", "client.status"]


def test_a_term_moved_from_before_the_due_date_is_a_correction() -> None:
    company = owing()
    published = change(company, "rescheduled", "X1", FIFTH, on="2026-03-02", due_date="2026-03-20")
    assert kinds(published) == ["category.changed", "shipment.released", "client.status"]
    assert (published[0]["from"], published[0]["to"], published[0]["correction"]) == (1, 0, True)


def test_a_dispute_releases_and_its_resolution_blocks_again_by_the_record_itself() -> None:
    company = owing()
    assert kinds(change(company, "disputed", "D1", FIFTH, on="2026-03-05")) == [
        "shipment.released",
        "client.status",
    ]
    published = change(company, "resolved", "E1", "2026-03-09T10:00:00+03:00", on="2026-03-09")
    assert kinds(published) == ["shipment.blocked", "client.status"]
    assert published[0]["cause"]["id"] == "E1"


def test_a_write_off_releases_nothing_but_its_debt() -> None:
    """Nothing is overdue any more; the violation and its days stay."""
    published = change(owing(), "written_off", "W1", FIFTH, on="2026-03-05")
    assert kinds(published) == ["shipment.released", "client.status"]
    status = published[1].body
    assert (status["outstanding"], status["violations"], status["overdue_days_longest"]) == ("0.00", 1, 3)


def test_a_change_of_an_obligation_that_never_comes_is_a_dead_letter() -> None:
    company = Company()
    company.dispatch("O2", "100.00", "2026-04-20", "2026-04-10")
    change(company, "disputed", "D1", "2026-04-12T10:00:00+03:00", on="2026-04-12")
    published = company.wait("2026-07-11T10:00:00+03:00")  # 90 days later
    letters = [item for item in published if item.output.topic == "dead-letters"]
    assert [letter.headers["stoplist-reason"] for letter in letters] == ["partner_missing"]


def test_beside_a_change_what_accounting_has_posted_is_judged_at_midnight() -> None:
    """O2 is due on 10 March and disputed at once; all of the 10th is posted that evening, so O1 is late from 00:00."""
    company = Company()
    company.trade("2026-02-01")
    for name in ("O1", "O2"):
        company.dispatch(name, "10.00", "2026-03-10", "2026-03-01")
    body = {"obligation_id": "O2", "on": "2026-03-02", "author": "a.petrova", "reason": "broken"}
    company.send("obligation.disputed", "X1", "2026-03-02", **body)
    company.complete("2026-03-10", "2026-03-10T20:00:00+03:00")
    (foretold,) = company.wait("2026-03-10T23:59:59+03:00")
    assert foretold["next_change"]["at"] == "2026-03-11T00:00:00+03:00"
    (change, status) = company.wait("2026-03-11T00:00:00+03:00")
    assert (change["dimension"], change["to"], status["violations"]) == ("risk_group", 1, 1)
    assert status["open_obligations"][0]["obligation_id"] == "O1"


def test_a_return_on_the_new_due_date_is_in_time_and_the_day_after_is_not() -> None:
    for on, left in (("2026-03-20", "60.00"), ("2026-03-21", "100.00")):
        company = Company()
        company.dispatch("O1", "100.00", "2026-03-10", "2026-03-01")
        change(company, "rescheduled", "X1", "2026-03-05", on="2026-03-05", due_date="2026-03-20")
        company.give_back("G1", "S-O1", "40.00", on)
        assert company.status()["outstanding"] == left
