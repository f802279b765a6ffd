"""A policy that comes into force after so long a time that the next record folds old facts away."""

from datetime import date
from typing import Any

import pytest

from schemas.policy import Policy
from tests.domain.decisions.driver import NEVER_ASKS, Company

SHORT: dict[str, Any] = {"window_days": 30, "correction_days": 5, **NEVER_ASKS}
"""35 days are kept; from 8 March on, what lies before 1 February is folded away."""
BEFORE, ACTIVATED, AFTER = (f"2026-03-{day:02}T10:00:00+03:00" for day in (8, 9, 10))


def owing(duplicate_at: str) -> Company:
    """Due on Saturday 20 December, rolled to Monday the 22nd, never paid; from 9 March on due dates are not rolled."""
    company = Company(policy=Policy.from_document({"version": 1, "roll_due_dates": True, **SHORT}))
    debt = {"obligation_id": "O1", "due_date": "2025-12-20", "amount": "70.00"}
    company.send("client.opened", "B1", "2026-01-25", as_of="2026-01-20", currency="USD", obligations=[debt])
    company.pay("P1", "1.00", "2026-03-05")
    if duplicate_at == BEFORE:
        company.pay("P1", "1.00", "2026-03-05", arrives=duplicate_at)
    company.activate(2, ACTIVATED, **SHORT)
    company.pay("P1", "1.00", "2026-03-05", arrives=AFTER)
    return company


@pytest.mark.parametrize("duplicate_at", [BEFORE, AFTER])
def test_a_duplicate_does_not_decide_under_which_policy_old_days_were_judged(duplicate_at: str) -> None:
    """Days before the horizon of 9 March are those of the first policy, whether or not a record folded them then."""
    (obligation,) = owing(duplicate_at).clients["c1"].facts.openings["B1"].obligations
    assert obligation.base is not None, "nothing was folded away"
    assert obligation.base[2][0] == date(2025, 12, 22).toordinal()
