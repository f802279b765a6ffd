"""A correction: a record that changes what had been true as of the end of yesterday.

Compared are the set of violations and the risk group, before and after the record, both as they were to be known at
that instant.
"""

from typing import Final

from streams.domain import overdue, risk_group
from streams.domain.shared import Standing
from streams.domain.state import Client, Days

Past = tuple[tuple[str, ...], int]
CLEAN: Final[Past] = ((), 0)


def as_of_yesterday(standing: Standing, client: Client, today: Days) -> Past:
    """(ids of violations, risk group) as of the end of the day before `today`."""
    position = client.position
    if not position.late and (not position.open or position.open[0].due >= today - 1):
        return CLEAN
    rules = standing.rules
    end = rules.midnight(today)
    late = overdue.measure(rules, client, end, today - 1, standing.completed_by(end))
    group, _ = risk_group.of(rules, late.violations, late.days_longest)
    return tuple(sorted(late.violation_ids)), group
