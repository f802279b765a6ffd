"""Stop conditions: a client is blocked while at least one is active.

`risk_group`: in the group of the policy or above, and something overdue now. `first_payment_overdue`: an obligation of
the first deal is overdue while that deal is open. `credit_limit`: exposure above the limit in force. The first and the
last are ours and can be switched off by policy.
"""

from typing import Final

from streams.domain import first_deal
from streams.domain.overdue import Overdue
from streams.domain.policy import Rules
from streams.domain.state import Client, Days

FIRST_PAYMENT_OVERDUE: Final = "first_payment_overdue"
RISK_GROUP: Final = "risk_group"
CREDIT_LIMIT: Final = "credit_limit"
# in the order of the rules' table, as `active` gives them
ROLE_LIFTING: Final = {FIRST_PAYMENT_OVERDUE: "manager", RISK_GROUP: "manager", CREDIT_LIMIT: "manager"}


def active(
    rules: Rules, client: Client, day: Days, late: Overdue, group: int, limit: int | None, exposure: int
) -> tuple[str, ...]:
    """The reasons that hold, in the order of the rules' table; money in minor units."""
    reasons: list[str] = []
    if late.days_current and overdue_of_first_deal(rules, client, day, late):
        reasons.append(FIRST_PAYMENT_OVERDUE)
    if (
        rules.risk_group_enabled
        and group >= rules.risk_group_min
        and (late.days_current or not rules.risk_group_requires_overdue)
    ):
        reasons.append(RISK_GROUP)
    if rules.credit_limit_enabled and limit is not None and exposure > limit:
        reasons.append(CREDIT_LIMIT)
    return tuple(reasons)


def overdue_of_first_deal(rules: Rules, client: Client, day: Days, late: Overdue) -> list[str]:
    """Obligations of the first deal that are overdue now, oldest due first; none once the deal is closed."""
    if first_deal.known_closed(client, day):
        return []
    deal = first_deal.of(rules, client, day)
    if deal is None or not deal.open:
        return []
    return [obligation_id for obligation_id in late.judged if obligation_id in deal.obligations]
