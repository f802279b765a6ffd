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
    assert kinds(published) == ["category.changed", "shipment.released", "client.status"]
    assert [item["correction"] for item in published] == [True, True, True]
    assert [item["sequence"] for item in published] == [
        published[0]["sequence"],
        published[0]["sequence"] + 1,
        published[0]["sequence"] + 1,
    ]
    status = company.current()
    assert (status["violations"], status["overdue_days_longest"]) == (0, 0)
    assert (status["categories"]["risk_group"], status["blocked"]) == (0, False)


def test_a_statement_of_the_next_morning_is_no_correction() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    published = company.pay("P1", "100.00", "2026-03-02", arrives="2026-03-03T09:30:00+03:00")
    assert kinds(published) == ["client.status"]
    assert published[0]["correction"] is False
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
    assert kinds(published) == ["category.changed", "shipment.released", "client.status"]
    assert [item["correction"] for item in published] == [True, True, True]
    assert company.current()["overdue_days_longest"] == 3
