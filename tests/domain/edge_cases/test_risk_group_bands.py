"""Bands of violations and of overdue days; the higher gives the group."""

import pytest

from tests.domain.decisions.driver import Company

MONDAY = "2026-01-12"


@pytest.mark.parametrize(("count", "group"), [(1, 1), (2, 1), (3, 2), (5, 2), (6, 3), (9, 3)])
def test_violations_give_the_group(count: int, group: int) -> None:
    company = Company()
    for number in range(count):
        company.dispatch(f"O{number}", "10.00", MONDAY, "2026-01-05")
    for number in range(count):  # each one day late: 1 overdue day is group 1 at most
        company.pay(f"P{number}", "10.00", "2026-01-13", obligations=[f"O{number}"])
    company.wait("2026-01-14T12:00:00+03:00")
    status = company.current()
    assert (status["violations"], status["overdue_days_longest"]) == (count, 1)
    assert status["categories"]["risk_group"] == group


@pytest.mark.parametrize(("days", "group"), [(1, 1), (3, 1), (4, 2), (7, 2), (8, 3), (30, 3)])
def test_overdue_days_give_the_group(days: int, group: int) -> None:
    company = Company()
    company.dispatch("O1", "10.00", MONDAY, "2026-01-05")
    paid_on = f"2026-01-{12 + days:02d}" if days < 20 else "2026-02-11"
    company.pay("P1", "10.00", paid_on)
    company.wait("2026-02-16T12:00:00+03:00")
    status = company.current()
    assert (status["violations"], status["overdue_days_longest"]) == (1, days)
    assert status["categories"]["risk_group"] == group


def test_group_rises_while_an_obligation_stays_open() -> None:
    company = Company()
    company.dispatch("O1", "10.00", MONDAY, "2026-01-05")
    company.wait("2026-01-31")
    moves = [(item["effective_at"], item["from"], item["to"]) for item in company.moves("risk_group")]
    assert moves == [
        ("2026-01-13T12:00:00+03:00", 0, 1),  # posting cutoff of the next working day: 1 day
        ("2026-01-16T00:00:00+03:00", 1, 2),  # the 4th overdue day begins
        ("2026-01-20T00:00:00+03:00", 2, 3),  # the 8th
    ]


def test_both_bands_are_named_when_both_give_the_group() -> None:
    company = Company()
    company.dispatch("O1", "10.00", MONDAY, "2026-01-05")
    company.wait("2026-01-13T12:00:00+03:00")
    (change,) = [item.body for item in company.moves("risk_group")]
    assert change["decided_by"] == ["violations", "overdue_days"]
    assert change["because"] == [
        {"rule": "risk_group.violations", "threshold": "1", "observed": "1", "facts": ["O1"]},
        {"rule": "risk_group.overdue_days", "threshold": "1", "observed": "1", "facts": ["O1"]},
    ]


def test_one_obligation_late_twice_is_one_violation_and_its_longest_episode_counts() -> None:
    """Late 3 days, reopened by a reversal, late 5 days: 1 violation, longest 5, not 8."""
    company = Company()
    company.dispatch("O1", "10.00", MONDAY, "2026-01-05")
    company.pay("P1", "10.00", "2026-01-15", obligations=["O1"])  # 13, 14, 15 January
    company.reverse("R1", "P1", "2026-01-20")  # open again at the end of the 20th
    company.pay("P2", "10.00", "2026-01-24", obligations=["O1"])  # 20 to 24 January
    company.wait("2026-01-30")
    status = company.current()
    assert (status["violations"], status["overdue_days_longest"]) == (1, 5)
    assert status["categories"]["risk_group"] == 2
