"""Every stop condition, in the order of the rules' table. A client is blocked while at least one is active and not
covered by an override."""

from typing import Final

from streams.domain.policy import Rules
from streams.domain.state import Client
from streams.domain.stop_conditions.condition import StopCondition
from streams.domain.stop_conditions.conduct import CONDUCT
from streams.domain.stop_conditions.credit_limit import CREDIT_LIMIT
from streams.domain.stop_conditions.documents_missing import DOCUMENTS_MISSING
from streams.domain.stop_conditions.first_deal_returned import FIRST_DEAL_RETURNED
from streams.domain.stop_conditions.first_payment_overdue import FIRST_PAYMENT_OVERDUE
from streams.domain.stop_conditions.limit_exceeded import LIMIT_EXCEEDED
from streams.domain.stop_conditions.not_selling import NOT_SELLING
from streams.domain.stop_conditions.risk_group import RISK_GROUP
from streams.domain.view import View

_IN_ORDER: Final = (
    NOT_SELLING,
    FIRST_PAYMENT_OVERDUE,
    LIMIT_EXCEEDED,
    CONDUCT,
    RISK_GROUP,
    CREDIT_LIMIT,
    DOCUMENTS_MISSING,
    FIRST_DEAL_RETURNED,
)
STOP_CONDITIONS: Final[dict[str, StopCondition]] = {condition.reason: condition for condition in _IN_ORDER}
_HOLDS: Final = tuple((condition.reason, condition.holds) for condition in _IN_ORDER)
_OF_DEAL: Final = (NOT_SELLING, FIRST_PAYMENT_OVERDUE, LIMIT_EXCEEDED, FIRST_DEAL_RETURNED)
_HOLDS_OF_DEAL: Final = tuple((condition.reason, condition.holds) for condition in _OF_DEAL)
"""Those that hold while the first deal is open and never else, in the same order."""


def active(rules: Rules, client: Client, view: View) -> tuple[str, ...]:
    """The reasons that hold in a view that is complete but for them, in the order of the rules' table."""
    asked = _HOLDS
    if not (
        view.group >= rules.risk_group_min
        or view.limit is not None
        or client.facts.judgements is not None
        or view.profile.missing
    ):
        if view.deal is None or not view.deal.open:
            return ()  # most clients, most of the time: nothing that any of them asks for
        asked = _HOLDS_OF_DEAL
    return tuple([reason for reason, holds in asked if holds(rules, client, view)])
