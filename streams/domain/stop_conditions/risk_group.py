"""`risk_group`: in the policy's group or above, and something overdue now (policy: also without)."""

from streams.domain import allocation, explanation, money, sentences
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.stop_conditions.condition import Ground, StopCondition
from streams.domain.view import View


def _holds(rules: Rules, client: Client, view: View) -> bool:
    return (
        rules.risk_group_enabled
        and view.group >= rules.risk_group_min
        and (view.overdue.days_current > 0 or not rules.risk_group_requires_overdue)
    )


def _because(rules: Rules, client: Client, view: View) -> list[Because]:
    late, most = view.overdue, rules.facts_named_max
    facts = list(late.violation_ids) if "violations" in view.decided_by else []
    if "overdue_days" in view.decided_by and late.longest_id not in facts:
        facts.insert(0, late.longest_id)
    grounds = [Because("risk_group", str(rules.risk_group_min), str(view.group), facts[:most])]
    if rules.risk_group_requires_overdue:
        owed, tolerance = money.text(allocation.owed(client, late.judged)), money.text(rules.overdue_tolerance)
        grounds.append(Because("risk_group.overdue_now", tolerance, owed, late.judged[:most]))
    return grounds


def _said(rules: Rules, client: Client, view: View) -> Text:
    late = view.overdue
    count, longest = sentences.violations(late.violations), sentences.days(late.days_longest)
    en = f"Risk group {view.group} ({count.en}, the longest overdue {longest.en})"
    ru = f"Группа риска {view.group} ({count.ru}, самая долгая просрочка {longest.ru})"
    if not late.judged:
        return Text(en + ".", ru + ".")
    now = explanation.overdue_now(late.judged, allocation.owed(client, late.judged), rules.currency)
    return Text(f"{en}, and {now.en}.", f"{ru}, и {now.ru}.")


def _ended(rules: Rules, client: Client, view: View) -> Text:
    if not rules.risk_group_enabled:
        return explanation.SWITCHED_OFF
    if view.group < rules.risk_group_min:
        return Text(f"the risk group is now {view.group}", f"группа риска теперь {view.group}")
    return Text("nothing is overdue any more", "просрочка погашена")


def _to_pay(rules: Rules, client: Client, view: View) -> list[str]:
    return view.overdue.judged if rules.risk_group_requires_overdue else []


RISK_GROUP = StopCondition("risk_group", "manager", Ground.RISK_GROUP, _holds, _because, _said, _ended, _to_pay)
