"""Dimension `risk_group` (`streams.domain.risk_group`)."""

from streams.domain import explanation, grounds
from streams.domain.categories.category import Category, Move
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client, Decided
from streams.domain.view import View


def _publish(decided: Decided, group: int) -> None:
    decided.risk_group = group


def _because(rules: Rules, client: Client, view: View, move: Move) -> list[Because]:
    return grounds.of_risk_group(rules, view)


def _said(rules: Rules, client: Client, view: View, move: Move) -> Text:
    assert isinstance(move.before, int)
    return explanation.risk_group_changed(move.before, view.group, view.overdue, rules.window_days)


RISK_GROUP = Category(
    "risk_group",
    lambda view: view.group,
    lambda decided: decided.risk_group,
    _publish,
    lambda view, move: view.decided_by,
    _because,
    _said,
)
