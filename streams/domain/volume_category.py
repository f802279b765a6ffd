"""Volume category (source: table row 4) by turnover: the better of the last closed month and the running one.

Turnover is sales less sale returns, booked to the month of the sale; a return of a sale whose month closed more than
`correction_days` before the return was appended is booked to the month of `returned_on`.
"""

from schemas.records import NEVER
from streams.domain.calendar import month_first, month_of
from streams.domain.policy import Rules
from streams.domain.state import Client


def turnover(client: Client, month: int) -> int:
    """Turnover of a month (year * 12 + month - 1) in minor units."""
    return client.position.turnover.get(month, 0)


def category(rules: Rules, turnover_minor: int) -> str:
    """A above 500.00, B from 100.00, else C (the policy's numbers)."""
    if turnover_minor > rules.volume_a_above:
        return "A"
    return "B" if turnover_minor >= rules.volume_b_from else "C"


def deciding(rules: Rules, client: Client, day: int) -> tuple[int, int]:
    """(month, turnover) that decides on `day`: the better of the last closed month and the running one."""
    month = month_of(day)
    book = client.position.turnover
    running, closed = book.get(month, 0), book.get(month - 1, 0)
    return (month, running) if running >= closed else (month - 1, closed)


def of(rules: Rules, client: Client, day: int) -> str:
    """Category on `day` (today or later: as it will be when nothing arrives)."""
    return category(rules, deciding(rules, client, day)[1])


def after(rules: Rules, client: Client, day: int) -> str:
    """Category at the beginning of the month after `day`'s when nothing arrives."""
    return of(rules, client, month_first(month_of(day) + 1))


def next_day(rules: Rules, client: Client, day: int) -> int:
    """The first day after `day` on which the category changes when nothing arrives; NEVER: not at all."""
    month = month_of(day)
    now = of(rules, client, day)
    for later in (month + 1, month + 2):
        first = month_first(later)
        if of(rules, client, first) != now:
            return first
    return NEVER
