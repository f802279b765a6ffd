"""Time alone changes what holds; a gap changes when outputs appear, not which or in what order."""

from datetime import date, timedelta

from tests.domain.decisions.driver import Company, kinds


def _january(company: Company) -> None:
    company.dispatch("O1", "100.00", "2026-02-02", "2026-01-10")
    company.dispatch("O2", "50.00", "2026-02-12", "2026-01-11")
    company.sell("S1", "120.00", "2026-01-12")


def test_a_month_without_input_then_one_record_gives_the_same_as_daily_looks() -> None:
    daily, silent = Company(), Company()
    for company in (daily, silent):
        _january(company)
    day = date(2026, 1, 13)
    while day < date(2026, 3, 12):
        for hour in (0, 6, 12, 18):
            daily.wait(f"{day}T{hour:02d}:00:00+03:00")
        day += timedelta(days=1)
    for company in (daily, silent):
        company.pay("P1", "150.00", "2026-03-12")
    assert [item.output for item in silent.published] == [item.output for item in daily.published]
    assert len(silent.published) > 10


def test_each_deadline_takes_effect_at_its_own_instant() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-02-02", "2026-01-10")
    published = company.pay("P1", "100.00", "2026-02-20", arrives="2026-02-20T10:00:00+03:00")
    assert [(item["effective_at"], item["type"], item["cause"]["kind"]) for item in published] == [
        ("2026-01-17T00:00:00+03:00", "client.status", "deadline"),  # nobody said what was sold: a warning
        ("2026-02-03T12:00:00+03:00", "category.changed", "deadline"),
        ("2026-02-03T12:00:00+03:00", "shipment.blocked", "deadline"),
        ("2026-02-03T12:00:00+03:00", "client.status", "deadline"),
        ("2026-02-06T00:00:00+03:00", "category.changed", "deadline"),
        ("2026-02-06T00:00:00+03:00", "client.status", "deadline"),
        ("2026-02-10T00:00:00+03:00", "category.changed", "deadline"),
        ("2026-02-10T00:00:00+03:00", "shipment.blocked", "deadline"),
        ("2026-02-10T00:00:00+03:00", "client.status", "deadline"),
        ("2026-02-20T10:00:00+03:00", "category.changed", "record"),  # the first deal is closed
        ("2026-02-20T10:00:00+03:00", "shipment.released", "record"),
        ("2026-02-20T10:00:00+03:00", "client.status", "record"),
    ]
    assert [item["sequence"] for item in published] == [4, 5, 6, 6, 7, 7, 8, 9, 9, 10, 11, 11]


def test_the_payment_of_saturday_counts_before_the_due_date_of_sunday() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-01", "2026-02-19")  # a Sunday
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    published = company.pay("P1", "100.00", "2026-02-28", arrives="2026-03-02T09:00:00+03:00")
    assert kinds(published) == ["category.changed", "client.status"]
    assert published[0]["dimension"] == "lifecycle"
    assert company.wait("2026-04-30") == []


def test_a_due_date_before_a_holiday_is_judged_on_the_next_working_day() -> None:
    company = Company()
    company.activate(2, "2026-01-01", non_working_days=["2026-03-09"])
    company.dispatch("O1", "100.00", "2026-03-06", "2026-02-19")  # Friday; Monday is a holiday
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    assert company.wait("2026-03-10T11:59:59+03:00") == []
    (change, *_) = company.wait("2026-03-10T12:00:00+03:00")
    # 7, 8, 9, 10 March: four days at once
    assert (change["effective_at"], change["from"], change["to"]) == ("2026-03-10T12:00:00+03:00", 0, 2)


def test_completed_payments_judge_before_the_cutoff() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    company.complete("2026-03-02", "2026-03-03T08:00:00+03:00")
    published = company.wait("2026-03-03T08:00:00+03:00")
    assert kinds(published) == ["category.changed", "shipment.blocked", "client.status"]
    assert published[0]["effective_at"] == "2026-03-03T08:00:00+03:00"
    assert published[0]["cause"] == {
        "kind": "broadcast",
        "id": "done-2026-03-02",
        "type": "payments.completed",
        "topic": "payments",
        "partition": 0,
        "offset": 0,
    }


def test_completed_payments_before_the_due_date_judge_nothing() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    company.complete("2026-03-01", "2026-03-02T08:00:00+03:00")
    assert company.wait("2026-03-03T11:59:59+03:00") == []


def test_a_broadcast_waits_for_a_client_and_takes_effect_at_its_own_instant() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    company.complete("2026-03-02", "2026-03-03T08:00:00+03:00")
    published = company.pay("P1", "100.00", "2026-03-03", arrives="2026-03-03T10:00:00+03:00")
    assert [item["effective_at"] for item in published] == 3 * ["2026-03-03T08:00:00+03:00"] + 3 * [
        "2026-03-03T10:00:00+03:00"
    ]


def test_a_statement_taken_back_by_a_revision_judges_no_longer() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.complete("2026-03-02", "2026-03-03T08:00:00+03:00", "day")
    company.complete("2026-03-01", "2026-03-03T09:00:00+03:00", "day", revision=2)
    company.wait("2026-03-03T09:00:00+03:00")
    assert company.status()["violations"] == 0
    assert company.status()["blocked"] is False
    company.wait("2026-03-03T12:00:00+03:00")
    assert company.status()["violations"] == 1


def test_statements_of_two_days_each_judge_their_day() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-03", "2026-02-19")
    company.wait("2026-02-26")  # nobody said what was sold: a warning
    company.complete("2026-03-02", "2026-03-03T08:00:00+03:00")
    assert company.wait("2026-03-04T07:59:59+03:00") == []
    company.complete("2026-03-03", "2026-03-04T08:00:00+03:00")
    published = company.wait("2026-03-04T08:00:00+03:00")
    assert kinds(published) == ["category.changed", "shipment.blocked", "client.status"]


def test_a_statement_judges_also_what_was_paid_late_already() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-02", "2026-02-19")
    company.pay("P1", "100.00", "2026-03-03", arrives="2026-03-03T07:00:00+03:00")
    assert company.status()["violations"] == 0
    company.complete("2026-03-02", "2026-03-03T08:00:00+03:00")
    published = company.wait("2026-03-03T08:00:00+03:00")
    assert kinds(published) == ["category.changed", "client.status"]
    assert company.status()["violations"] == 1
