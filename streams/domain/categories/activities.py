"""Dimension `activities` (`streams.domain.registration`)."""

from streams.domain.categories.category import Category, Move
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.registration import fact_in_force
from streams.domain.sentences import Text
from streams.domain.state import Client, Decided
from streams.domain.view import View


def _publish(decided: Decided, activities: list[str]) -> None:
    decided.categories.activities = activities


def _because(rules: Rules, client: Client, view: View, move: Move) -> list[Because]:
    found = fact_in_force(client, view.day)
    observed = ", ".join(view.profile.activities) or "none"
    return [Because("activities", ", ".join(rules.activities), observed, [found[0]] if found else [])]


def _said(rules: Rules, client: Client, view: View, move: Move) -> Text:
    names = ", ".join(view.profile.activities)
    return Text(
        f"Activities are now: {names or 'none'}.",
        f"Направления деятельности теперь: {names or 'нет'}.",
    )


ACTIVITIES = Category(
    "activities",
    lambda view: view.profile.activities,
    lambda decided: decided.categories.activities,
    _publish,
    lambda view, move: ["registration"],
    _because,
    _said,
)
