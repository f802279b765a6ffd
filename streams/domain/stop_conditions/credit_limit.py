"""`credit_limit`: exposure above the limit in force (`streams.domain.credit_limit`)."""

from streams.domain import credit_limit, explanation, money
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.stop_conditions.condition import Ground, StopCondition
from streams.domain.view import View


def _holds(rules: Rules, client: Client, view: View) -> bool:
    return rules.credit_limit_enabled and view.limit is not None and view.exposure > view.limit


def _because(rules: Rules, client: Client, view: View) -> list[Because]:
    found = credit_limit.fact_in_force(client, view.day)
    limit = "none" if view.limit is None else money.text(view.limit)
    return [Because("credit_limit", limit, money.text(view.exposure), [found[0]] if found else [])]


def _said(rules: Rules, client: Client, view: View) -> Text:
    assert view.limit is not None
    debt, limit, currency = money.text(view.exposure), money.text(view.limit), rules.currency
    return Text(
        f"The debt of {debt} {currency} is above the credit limit of {limit} {currency}.",
        f"Долг {debt} {currency} выше кредитного лимита {limit} {currency}.",
    )


def _ended(rules: Rules, client: Client, view: View) -> Text:
    if not rules.credit_limit_enabled:
        return explanation.SWITCHED_OFF
    if view.limit is None:
        return Text("no credit limit is in force", "кредитный лимит не действует")
    return Text("the debt is within the credit limit", "долг в пределах кредитного лимита")


CREDIT_LIMIT = StopCondition("credit_limit", "manager", Ground.LIMIT, _holds, _because, _said, _ended)
