"""`first_payment_overdue` (source: «Первый платеж просрочен»): an obligation of the open first deal is overdue."""

from streams.domain import allocation, explanation, money
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.stop_conditions.condition import Ground, StopCondition
from streams.domain.view import View


def overdue_of_first_deal(rules: Rules, client: Client, view: View) -> list[str]:
    """Obligations of the first deal that are overdue now, oldest due first; none once the deal is closed."""
    deal = view.deal
    if deal is None or not deal.open:
        return []
    return [obligation_id for obligation_id in view.overdue.judged if obligation_id in deal.obligations]


def _holds(rules: Rules, client: Client, view: View) -> bool:
    return view.overdue.days_current > 0 and bool(overdue_of_first_deal(rules, client, view))


def _because(rules: Rules, client: Client, view: View) -> list[Because]:
    ids = overdue_of_first_deal(rules, client, view)
    owed, tolerance = money.text(allocation.owed(client, ids)), money.text(rules.overdue_tolerance)
    return [Because("first_payment_overdue", tolerance, owed, ids[: rules.facts_named_max])]


def _said(rules: Rules, client: Client, view: View) -> Text:
    ids = overdue_of_first_deal(rules, client, view)
    late = explanation.overdue_now(ids, allocation.owed(client, ids), rules.currency)
    return Text(f"The first deal is not paid in time: {late.en}.", f"Первая сделка не оплачена в срок: {late.ru}.")


def _ended(rules: Rules, client: Client, view: View) -> Text:
    return Text("nothing of the first deal is overdue", "по первой сделке просрочки нет")


FIRST_PAYMENT_OVERDUE = StopCondition(
    "first_payment_overdue", "manager", Ground.DEAL, _holds, _because, _said, _ended, overdue_of_first_deal
)
