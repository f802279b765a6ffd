"""Overdue days of one obligation from the days on which something was outstanding; 1 March 2026 is day 1 here."""

from datetime import date

import pytest

from schemas.policy_file import default_policy
from streams.domain.overdue import episodes
from streams.domain.policy import Rules
from streams.domain.state import Client, Obligation

RULES = Rules.compile(default_policy())
BEFORE = date(2026, 2, 28).toordinal()


@pytest.mark.parametrize(
    ("due", "spans", "today", "wanted"),
    [
        (10, [1, 5], 20, []),  # paid before it was due
        (10, [1, 10], 20, []),  # paid on the due date
        (10, [1, 11], 20, [(11, 11)]),  # paid on the day after: one overdue day
        (10, [1, 18], 20, [(11, 18)]),  # paid eight days after
        (10, [1, 0], 10, []),  # open, due today
        (10, [1, 0], 20, [(11, 20)]),  # open: counts to today
        (10, [], 20, []),  # paid on the day of dispatch: never outstanding at a day's end
        (10, [12, 14], 20, [(12, 14)]),  # dispatched after its due date
        (10, [1, 13, 15, 20], 30, [(11, 13), (15, 20)]),  # late 3 days, reopened, late 6 days: not 9 in a row
        (10, [1, 13, 14, 0], 16, [(11, 16)]),  # paid on the 13th, reopened on the 14th: every day was overdue
    ],
)
def test_runs_of_overdue_days(due: int, spans: list[int], today: int, wanted: list[tuple[int, int]]) -> None:
    obligation = Obligation(
        id="O",
        due_stated=BEFORE + due,
        due=BEFORE + due,
        amount=10_000,
        spans=[day and BEFORE + day for day in spans],
    )
    assert episodes(RULES, Client(id="C"), obligation, BEFORE + today) == [
        (BEFORE + first, BEFORE + last) for first, last in wanted
    ]
