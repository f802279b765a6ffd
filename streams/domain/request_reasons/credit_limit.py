"""`credit_limit` of a request: exposure and what is asked for are together above the limit in force."""

from streams.domain import credit_limit, money
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.request_reasons.reason import Request, RequestReason
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.view import View


def ground(client: Client, view: View, request: Request) -> Because:
    """What there would be, against what there may be; a limit must be in force."""
    assert view.limit is not None
    found = credit_limit.fact_in_force(client, view.day)
    facts = [found[0], request.shipment_id] if found else [request.shipment_id]
    return Because("credit_limit", money.text(view.limit), money.text(view.exposure + request.amount), facts)


def _check(rules: Rules, client: Client, view: View, request: Request) -> list[Because]:
    if not rules.credit_limit_enabled or view.limit is None or view.exposure + request.amount <= view.limit:
        return []
    return [ground(client, view, request)]


def _said(rules: Rules, client: Client, view: View, request: Request) -> Text:
    assert view.limit is not None
    debt, asked, currency = money.text(view.exposure), money.text(request.amount), rules.currency
    limit = money.text(view.limit)
    return Text(
        f"The debt of {debt} {currency}, reservations included, and {asked} {currency} of this shipment are above the "
        f"credit limit of {limit} {currency}.",
        f"Долг {debt} {currency} с учётом резервов и эта отгрузка на {asked} {currency} вместе выше кредитного лимита "
        f"{limit} {currency}.",
    )


CREDIT_LIMIT = RequestReason("credit_limit", "manager", _check, _said)
