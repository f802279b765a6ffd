"""The grounds of an output: which rule, its number, what was found, and the facts, named by business id."""

from datetime import date
from functools import lru_cache
from typing import Final

from streams.domain import allocation, conditions, credit_limit, explanation, money, sentences, volume_category
from streams.domain.lifted_by import DateLift, Lift, PaymentLift
from streams.domain.next_change import View
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client

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


def of_condition(rules: Rules, client: Client, view: View, reason: str) -> list[Because]:
    """Why a condition is active, or by the same measure why it no longer is."""
    late, tolerance, most = view.overdue, money.text(rules.overdue_tolerance), rules.facts_named_max
    if reason == conditions.CREDIT_LIMIT:
        found = credit_limit.fact_in_force(client, view.day)
        limit = "none" if view.limit is None else money.text(view.limit)
        return [Because(reason, limit, money.text(view.exposure), [found[0]] if found else [])]
    if reason == conditions.FIRST_PAYMENT_OVERDUE:
        ids = conditions.overdue_of_first_deal(rules, client, view.day, late)
        return [Because(reason, tolerance, money.text(allocation.owed(client, ids)), ids[:most])]
    facts = list(late.violation_ids) if "violations" in view.decided_by else []
    if "overdue_days" in view.decided_by and late.longest_id not in facts:
        facts.insert(0, late.longest_id)
    grounds = [Because(reason, str(rules.risk_group_min), str(view.group), facts[:most])]
    if rules.risk_group_requires_overdue:
        owed = money.text(allocation.owed(client, late.judged))
        grounds.append(Because("risk_group.overdue_now", tolerance, owed, late.judged[:most]))
    return grounds


def ended(rules: Rules, view: View, reason: str) -> Text:
    """Why a condition is no longer active, in a few words."""
    if reason == conditions.FIRST_PAYMENT_OVERDUE:
        return explanation.FIRST_DEAL_PAID
    if reason == conditions.CREDIT_LIMIT:
        if not rules.credit_limit_enabled:
            return explanation.SWITCHED_OFF
        return explanation.NO_LIMIT if view.limit is None else explanation.WITHIN_LIMIT
    if not rules.risk_group_enabled:
        return explanation.SWITCHED_OFF
    if view.group < rules.risk_group_min:
        return explanation.group_left(view.group)
    return explanation.NOTHING_OVERDUE


def said(rules: Rules, client: Client, view: View, reason: str, lifts: list[Lift]) -> Text:
    """An active condition in words, with what would lift it."""
    holds = _holds(rules, client, view, reason)
    for lift in lifts:
        if isinstance(lift, PaymentLift):
            more = explanation.payment_lifts(lift.amount, lift.currency, lift.obligations)
        elif isinstance(lift, DateLift):
            more = explanation.date_lifts(date.fromisoformat(lift.at[:10]).toordinal())
        else:
            continue
        holds = sentences.joined(holds, more)
    return holds


def _holds(rules: Rules, client: Client, view: View, reason: str) -> Text:
    late, currency = view.overdue, rules.currency
    if reason == conditions.CREDIT_LIMIT:
        assert view.limit is not None
        return explanation.credit_limit_holds(view.exposure, view.limit, currency)
    if reason == conditions.FIRST_PAYMENT_OVERDUE:
        ids = conditions.overdue_of_first_deal(rules, client, view.day, late)
        return explanation.first_payment_holds(explanation.overdue_now(ids, allocation.owed(client, ids), currency))
    if not late.judged:
        return explanation.risk_group_holds(view.group, late, None)
    ids = late.judged
    amount = allocation.owed(client, ids)
    return explanation.risk_group_holds(view.group, late, explanation.overdue_now(ids, amount, currency))
