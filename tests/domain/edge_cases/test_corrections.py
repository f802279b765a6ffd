"""A fact that changes what had been true before today is a correction."""

from tests.domain.decisions.driver import Company, kinds


def test_dated_on_the_due_date_arriving_30_days_later() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-04-01T08:00:00+03:00")
    status = company.current()
    assert (status["violations"], status["overdue_days_longest"]) == (1, 30)
    assert (status["categories"]["risk_group"], status["blocked"]) == (3, True)
    published = company.pay("P1", "100.00", "2026-03-02", arrives="2026-04-01")
    assert kinds(published) == ["category.changed", "category.changed", "shipment.released", "client.status"]
    assert [item["dimension"] for item in published[:2]] == ["risk_group", "lifecycle"]
    assert [item["correction"] for item in published] == [True, True, True, True]
    first = published[0]["sequence"]
    assert [item["sequence"] for item in published] == [first, first + 1, first + 2, first + 2]
    status = company.current()
    assert (status["violations"], status["overdue_days_longest"]) == (0, 0)
    assert (status["categories"]["risk_group"], status["blocked"]) == (0, False)


def test_a_statement_of_the_next_morning_is_no_correction() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    published = company.pay("P1", "100.00", "2026-03-02", arrives="2026-03-03T09:30:00+03:00")
    assert kinds(published) == ["category.changed", "client.status"]
    assert (published[0]["dimension"], published[0]["to"]) == ("lifecycle", "active")
    assert [item["correction"] for item in published] == [False, False]
    assert company.wait("2026-03-31") == []


def test_a_payment_one_day_late_is_a_violation_but_no_correction() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.pay("P1", "100.00", "2026-03-03", arrives="2026-03-04")
    assert company.current()["violations"] == 1
    assert not any(item["correction"] for item in company.published)


def test_a_payment_dated_before_a_band_was_reached_corrects_the_group() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-03-07")
    assert company.current()["categories"]["risk_group"] == 2  # 3, 4, 5, 6, 7 March
    published = company.pay("P1", "100.00", "2026-03-05", arrives="2026-03-08")
    assert kinds(published) == ["category.changed", "category.changed", "shipment.released", "client.status"]
    assert [item["correction"] for item in published] == [True, True, True, True]
    assert company.current()["overdue_days_longest"] == 3


def test_the_past_is_judged_by_what_was_known_then() -> None:
    company = Company()
    company.activate(2, "2026-02-01", non_working_days=["2026-03-09", "2026-03-10", "2026-03-11"])
    company.dispatch("O1", "100.00", "2026-03-06", "2026-02-19")  # judged on Thursday the 12th at noon
    company.complete("2026-03-06", "2026-03-11T09:00:00+03:00")  # but on the 11th by accounting
    company.pay("P1", "100.00", "2026-03-09", arrives="2026-03-11T10:00:00+03:00")
    moves = [(item["from"], item["to"]) for item in company.moves("risk_group")]
    assert moves == [(0, 2), (2, 1)]  # 7 to 11 March; then 7 to 9 March
    # at the end of the 10th nobody could call it overdue, so nothing of the past was wrong
    assert not any(item["correction"] for item in company.published)
