"""`first_deal_unpaid` (source: a second shipment to any outlet only after 100 % payment of the first deal).

In the first deal each outlet receives at most one shipment. Anything further, and anything of another deal, waits until
the obligations of the first deal are paid, net of returns; an approval that has not left yet is not paid either.
"""

from streams.domain import allocation, first_deal_entitlement
from streams.domain.first_deal import Deal
from streams.domain.money import text
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.request_reasons.reason import Request, RequestReason
from streams.domain.sentences import Text, listed
from streams.domain.state import Client
from streams.domain.view import View


def _is_first_of_its_outlet(client: Client, deal: Deal, request: Request) -> bool:
    if (request.deal_id or request.shipment_id) != deal.id:
        return False
    had = [first_deal_entitlement.goods_of(client, name).outlet_id for name in deal.shipments]
    had += [one.outlet_id for name, one in first_deal_entitlement.open_approvals(client, deal).items()]
    return request.outlet_id not in had


def _owed(client: Client, deal: Deal) -> int:
    """What the deal owes, and will owe for what is approved of it."""
    approved = sum(one.amount for one in first_deal_entitlement.open_approvals(client, deal).values())
    return allocation.owed(client, deal.obligations) + approved


def _check(rules: Rules, client: Client, view: View, request: Request) -> list[Because]:
    deal = view.deal
    if deal is None or not deal.open or _is_first_of_its_outlet(client, deal, request):
        return []
    owed = _owed(client, deal)
    if not owed and not deal.approvals:
        return []
    return [Because("first_deal_unpaid", "0.00", text(owed), _facts(rules, deal))]


def _facts(rules: Rules, deal: Deal) -> list[str]:
    return (deal.obligations + deal.approvals)[: rules.facts_named_max]


def _said(rules: Rules, client: Client, view: View, request: Request) -> Text:
    deal = view.deal
    assert deal is not None
    owed, currency = text(_owed(client, deal)), rules.currency
    of_it = listed(_facts(rules, deal))
    return Text(
        f"The first deal {deal.id} must be paid in full before anything further: {owed} {currency} is not paid "
        f"({of_it.en}).",
        f"Следующая отгрузка только после полной оплаты первой сделки {deal.id}: не оплачено {owed} {currency} "
        f"({of_it.ru}).",
    )


FIRST_DEAL_UNPAID = RequestReason("first_deal_unpaid", "manager", _check, _said)
