"""Every stop condition, in the order of the rules' table. A client is blocked while at least one is active and not
covered by an override."""

from collections.abc import Callable
from functools import cache
from typing import Final

from streams.domain.policy import Rules
from streams.domain.state import Client
from streams.domain.stop_conditions.condition import Ground, StopCondition
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
# plain numbers: to combine members of an enumeration is slow, and this is asked at every look at a client
_DEAL, _JUDGEMENTS, _RISK_GROUP, _LIMIT, _DOCUMENTS = (int(ground) for ground in Ground)
STOP_CONDITIONS: Final[dict[str, StopCondition]] = {condition.reason: condition for condition in _IN_ORDER}


@cache
def _asked(there: int) -> list[tuple[str, Callable[[Rules, Client, View], bool]]]:
    """Those that can hold when only these grounds are there."""
    return [(condition.reason, condition.holds) for condition in _IN_ORDER if condition.ground & there]


def active(rules: Rules, client: Client, view: View) -> tuple[str, ...]:
    """The reasons that hold in a view that is complete but for them, in the order of the rules' table."""
    there = 0
    if view.deal is not None and view.deal.open:
        there |= _DEAL
    if client.facts.judgements is not None:
        there |= _JUDGEMENTS
    if view.group >= rules.risk_group_min:
        there |= _RISK_GROUP
    if view.limit is not None:
        there |= _LIMIT
    if view.profile.missing:
        there |= _DOCUMENTS
    if not there:
        return ()  # most clients, most of the time
    return _of_those_asked(there, rules, client, view)


def _of_those_asked(there: int, rules: Rules, client: Client, view: View) -> tuple[str, ...]:
    return tuple([reason for reason, holds in _asked(there) if holds(rules, client, view)])
