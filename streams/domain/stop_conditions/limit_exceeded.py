"""`limit_exceeded` (source: «превышен лимит»): the open first deal has taken more than it is entitled to."""

from streams.domain import first_deal_entitlement
from streams.domain.first_deal_entitlement import Excess
from streams.domain.money import text
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.stop_conditions.condition import Ground, StopCondition
from streams.domain.stop_conditions.not_selling import pays_the_deal
from streams.domain.view import View


def _excess(rules: Rules, client: Client, view: View) -> Excess | None:
    if view.deal is None or not view.deal.open:
        return None
    terms = first_deal_entitlement.terms(rules, client, view.deal)
    if first_deal_entitlement.gone(client, view.deal) <= terms.outlet_rrp_max:
        return None  # within what a single outlet may take, though nothing were covered
    return first_deal_entitlement.excess(terms, first_deal_entitlement.dispatched(client, view.deal))


def _holds(rules: Rules, client: Client, view: View) -> bool:
    return _excess(rules, client, view) is not None


def _because(rules: Rules, client: Client, view: View) -> list[Because]:
    deal, excess = view.deal, _excess(rules, client, view)
    if deal is None:
        return [Because("limit_exceeded", "none", "closed", [])]
    terms = first_deal_entitlement.terms(rules, client, deal)
    limit, taken = terms.entitlement, sum(first_deal_entitlement.dispatched(client, deal).values())
    if excess is not None:
        limit, taken = excess.limit, excess.taken
    return [Because("limit_exceeded", text(limit), text(taken), deal.shipments[: rules.facts_named_max])]


def _said(rules: Rules, client: Client, view: View) -> Text:
    excess = _excess(rules, client, view)
    assert excess is not None
    most, taken, currency = text(excess.limit), text(excess.taken), rules.currency
    en_where = f"Outlet {excess.outlet_id}" if excess.outlet_id else "The first deal"
    ru_where = f"Точка {excess.outlet_id}" if excess.outlet_id else "Первая сделка"
    return Text(
        f"{en_where} has taken {taken} {currency} in recommended retail prices, {most} are allowed.",
        f"{ru_where}: отгружено {taken} {currency} в рекомендованных розничных ценах при лимите {most}.",
    )


def _ended(rules: Rules, client: Client, view: View) -> Text:
    if view.deal_closed:
        return Text("the first deal is closed", "первая сделка закрыта")
    return Text("the first deal is within its limit", "первая сделка в пределах лимита")


LIMIT_EXCEEDED = StopCondition(
    "limit_exceeded", "manager", Ground.DEAL, _holds, _because, _said, _ended, pays_the_deal, in_full=True
)
