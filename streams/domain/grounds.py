"""The grounds of an output: which rule, its number, what was found, and the facts, named by business id."""

from functools import lru_cache
from typing import Final

from schemas.importance import ScopeImportance
from streams.domain import money, volume_category
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.state import Client
from streams.domain.view import View

NO_VIOLATIONS: Final = Because("risk_group.violations", "0", "0", [])
"""The ground of risk group 0."""
_NOTHING_OVERDUE: Final = Because("risk_group.overdue_days", "0", "0", [])


def of_risk_group(rules: Rules, view: View) -> list[Because]:
    """The bands that give the group; both while it is 0."""
    late, group = view.overdue, view.group
    if not group:
        return [NO_VIOLATIONS, _NOTHING_OVERDUE]
    grounds: list[Because] = []
    if "violations" in view.decided_by:
        named = list(late.violation_ids[: rules.facts_named_max])
        grounds.append(Because("risk_group.violations", str(rules.violations_from(group)), str(late.violations), named))
    if "overdue_days" in view.decided_by:
        threshold, observed = str(rules.overdue_days_from(group)), str(late.days_longest)
        grounds.append(Because("risk_group.overdue_days", threshold, observed, [late.longest_id]))
    return grounds


@lru_cache(maxsize=1024)
def _month_text(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


@lru_cache(maxsize=64)
def _volume_threshold(rules: Rules, category: str) -> str:
    return money.text(rules.volume_a_above if category == "A" else rules.volume_b_from)


def of_volume(rules: Rules, client: Client, view: View) -> Because:
    """The turnover that gives the volume category, and its month."""
    month, turnover = volume_category.deciding(rules, client, view.day)
    return Because("volume.turnover", _volume_threshold(rules, view.volume), money.text(turnover), [_month_text(month)])


def of_importance(told: ScopeImportance) -> Because:
    """The part of the scope's turnover that the clients before this one hold, against the borders."""
    threshold = f"key < {told.key_below_percent}%, medium < {told.medium_below_percent}%"
    if told.importance is None:
        return Because("importance", threshold, "no sales", [])
    observed = f"{money.text(told.before_minor)} of {money.text(told.total_minor)}"
    return Because("importance", threshold, observed, [])
