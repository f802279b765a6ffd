"""`first_deal_returned`: everything of the first deal came back; a person decides what becomes of the client."""

from streams.domain import explanation
from streams.domain.first_deal import STOPPED
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.stop_conditions.condition import Ground, StopCondition
from streams.domain.view import View


def _holds(rules: Rules, client: Client, view: View) -> bool:
    return rules.first_deal_returned_enabled and view.deal is not None and view.deal.returned_in_full


def _because(rules: Rules, client: Client, view: View) -> list[Because]:
    shipments = view.deal.shipments if view.deal is not None else []
    state = view.deal.state if view.deal is not None else "none"
    return [Because("first_deal_returned", "returned", state, shipments[: rules.facts_named_max])]


def _said(rules: Rules, client: Client, view: View) -> Text:
    deal = view.deal
    assert deal is not None
    if deal.state == STOPPED:
        return Text(
            f"The first deal {deal.id} was returned in full, and a person decided to stop.",
            f"Первая сделка {deal.id} возвращена полностью, принято решение остановить работу.",
        )
    return Text(
        f"The first deal {deal.id} was returned in full; a person decides: close, restart or stop.",
        f"Первая сделка {deal.id} возвращена полностью; нужно решение: закрыть, начать заново или остановить.",
    )


def _ended(rules: Rules, client: Client, view: View) -> Text:
    if not rules.first_deal_returned_enabled:
        return explanation.SWITCHED_OFF
    if view.deal_closed:
        return Text("the first deal is closed", "первая сделка закрыта")
    if view.deal is None:
        return Text("the first deal may start anew", "первая сделка может начаться заново")
    return Text("the first deal is no longer returned in full", "первая сделка больше не возвращена полностью")


FIRST_DEAL_RETURNED = StopCondition("first_deal_returned", "manager", Ground.DEAL, _holds, _because, _said, _ended)
