"""Overdue days count for 365 days; what is overdue now counts whatever its age."""

from tests.domain.decisions.driver import Company, kinds


def test_unpaid_for_400_days_is_still_overdue_and_counted() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-01", "2026-02-19")
    company.wait("2027-04-05")
    status = company.current()
    assert (status["violations"], status["overdue_days_current"], status["overdue_days_longest"]) == (1, 400, 400)
    assert status["overdue_since"] == "2026-03-02"
    assert status["categories"]["risk_group"] == 3
    assert status["blocked"] is True


def test_eight_days_late_then_paid_is_group_3_but_not_blocked() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2026-03-01", "2026-02-19")
    company.wait("2026-03-09T08:00:00+03:00")
    assert company.status()["blocked"] is True
    published = company.pay("P1", "100.00", "2026-03-09")
    assert kinds(published) == ["category.changed", "shipment.released", "client.status"]
    assert published[0]["dimension"] == "lifecycle"
    status = company.status()
    assert (status["categories"]["risk_group"], status["blocked"]) == (3, False)
    assert (status["violations"], status["overdue_days_longest"], status["overdue_days_current"]) == (1, 8, 0)


def test_a_term_of_ten_days_from_19_february_of_a_leap_year_is_due_on_the_29th() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "", "2028-02-19", payment_term_days=10)
    assert company.status()["open_obligations"][0]["due_date"] == "2028-02-29"
    company.wait("2028-03-01T12:00:00+03:00")
    status = company.current()
    assert (status["overdue_since"], status["overdue_days_current"]) == ("2028-03-01", 1)


def test_an_episode_that_ended_on_1_march_2027_counts_through_28_february_2028() -> None:
    company = Company()
    company.dispatch("O1", "100.00", "2027-02-28", "2027-02-10")
    company.pay("P1", "100.00", "2027-03-01", arrives="2027-03-02T15:00:00+03:00")
    assert company.status()["next_change"] == {
        "at": "2027-05-12T00:00:00+03:00",  # the 91st day after 10 February
        "changes": [{"dimension": "lifecycle", "from": "active", "to": "lost"}],
    }
    company.wait("2027-05-12")
    assert company.status()["next_change"] == {
        "at": "2028-02-29T00:00:00+03:00",
        "changes": [{"dimension": "risk_group", "from": 1, "to": 0}],
    }
    assert company.wait("2028-02-28T23:59:59+03:00") == []
    assert company.current()["violations"] == 1
    published = company.wait("2028-02-29T00:00:00+03:00")
    assert kinds(published) == ["category.changed", "client.status"]
    assert published[0]["effective_at"] == "2028-02-29T00:00:00+03:00"
    assert company.current()["violations"] == 0


def test_a_violation_that_leaves_without_moving_the_group_is_told_in_the_status() -> None:
    company = Company()
    company.dispatch("O1", "10.00", "2026-03-02", "2026-02-10")
    company.pay("P1", "10.00", "2026-03-03", arrives="2026-03-04")
    company.dispatch("O2", "10.00", "2026-04-06", "2026-03-10")
    company.pay("P2", "10.00", "2026-04-07", arrives="2026-04-08")
    company.wait("2026-06-09")  # lost
    before = company.status()
    assert (before["violations"], before["categories"]["risk_group"]) == (2, 1)
    (status,) = company.wait("2027-03-03")
    assert (status["violations"], status["categories"]["risk_group"]) == (1, 1)
    assert status["next_change"] == before["next_change"]


def test_what_is_unpaid_is_never_folded_away_and_counts_on() -> None:
    """Window and correction time are 455 days. Due 14 January 2024, unpaid on 2 March 2026: 366 + 365 + 47 days."""
    company = Company()
    company.dispatch("O1", "100.00", "2024-01-14", "2024-01-04")
    company.dispatch("O2", "50.00", "2024-01-15", "2024-01-05")
    company.pay("P2", "50.00", "2024-01-15", obligations=["O2"])
    company.wait("2026-03-01")
    company.sell("V1", "1.00", "2026-03-02")
    facts = company.clients["c1"].facts
    assert list(facts.dispatches) == ["S-O1"]
    assert facts.payments == {}
    status = company.current()
    assert (status["outstanding"], status["overdue_since"]) == ("100.00", "2024-01-15")
    assert (status["violations"], status["overdue_days_current"], status["overdue_days_longest"]) == (1, 778, 778)
    company.pay("P1", "99.99", "2026-03-03")
    assert company.current()["blocked"] is True
    company.pay("P3", "0.01", "2026-03-04")
    assert (company.current()["outstanding"], company.current()["blocked"]) == ("0.00", False)
    assert (company.current()["violations"], company.current()["overdue_days_longest"]) == (1, 780)
