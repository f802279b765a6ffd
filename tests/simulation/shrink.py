"""Makes a failing history short: leaves out events while it still fails."""

from dataclasses import replace
from typing import Final

from tests.simulation.plan import Plan
from tests.simulation.run import run
from tests.simulation.subject import Subject

_TRIES_MAX: Final = 400


def shrink(subject: Subject, plan: Plan, fault: str) -> tuple[Plan, str]:
    """A plan with fewer events that fails as well, perhaps otherwise, and how."""
    tries = 0
    size = max(1, len(plan.events) // 2)
    while size and tries < _TRIES_MAX:
        start, shorter = 0, False
        while start < len(plan.events) and tries < _TRIES_MAX:
            smaller = plan.without(start, size)
            tries += 1
            found = run(subject, smaller).fault
            if found is not None:
                plan, fault, shorter = smaller, found, True
            else:
                start += size
        if not shorter or size > 1:
            size //= 2
    for workers in range(1, plan.workers):
        fewer = replace(plan, workers=workers, skews_ms=plan.skews_ms[:workers])
        if (found := run(subject, fewer).fault) is not None:
            return fewer, found
    return plan, fault
