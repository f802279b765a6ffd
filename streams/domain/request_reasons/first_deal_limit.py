"""`first_deal_limit` (source: at most $200 in recommended retail price on credit into one outlet)."""

from streams.domain import first_deal_entitlement
from streams.domain.first_deal_entitlement import Excess
from streams.domain.money import text
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.request_reasons.reason import Request, RequestReason
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.view import View


def _excess(rules: Rules, client: Client, view: View, request: Request) -> Excess | None:
    """By how much more than its terms the first deal would take with the request; None: it is within them."""
    if view.deal_closed:
        return None
    deal = view.deal
    if deal is None:
        deal_id = request.deal_id or request.shipment_id
        terms = first_deal_entitlement.granted(rules, client, deal_id, view.instant, approved=True)
        by_outlet: dict[str, int] = {}
    else:
        terms = first_deal_entitlement.terms(rules, client, deal)
        by_outlet = first_deal_entitlement.taken(client, deal)
    covered = min(request.amount, first_deal_entitlement.uncovered_money(client, deal))
    asked = first_deal_entitlement.counted(request.rrp, request.amount, covered)
    by_outlet[request.outlet_id] = by_outlet.get(request.outlet_id, 0) + asked
    return first_deal_entitlement.excess(terms, by_outlet)


def _check(rules: Rules, client: Client, view: View, request: Request) -> list[Because]:
    excess = _excess(rules, client, view, request)
    if excess is None:
        return []
    shipments = view.deal.shipments + view.deal.approvals if view.deal is not None else []
    facts = [*shipments[: rules.facts_named_max - 1], request.shipment_id]
    return [Because("first_deal_limit", text(excess.limit), text(excess.taken), facts)]


def _said(rules: Rules, client: Client, view: View, request: Request) -> Text:
    excess = _excess(rules, client, view, request)
    assert excess is not None
    most, found, currency = text(excess.limit), text(excess.taken), rules.currency
    en_where = f"outlet {excess.outlet_id}" if excess.outlet_id else "the client"
    ru_where = f"точка {excess.outlet_id}" if excess.outlet_id else "клиент"
    return Text(
        f"In the first deal {en_where} may take {most} {currency} of credit in recommended retail prices; "
        f"with this it would be {found}.",
        f"В первой сделке {ru_where} может получить в кредит {most} {currency} в рекомендованных розничных ценах; "
        f"с этой отгрузкой было бы {found}.",
    )


FIRST_DEAL_LIMIT = RequestReason("first_deal_limit", "manager", _check, _said)
