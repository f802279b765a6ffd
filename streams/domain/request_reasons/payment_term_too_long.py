"""`payment_term_too_long` (source: at most 10 days in the first deal): of every instalment, as stated."""

from streams.domain import sentences
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.request_reasons.reason import Request, RequestReason
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.view import View


def _check(rules: Rules, client: Client, view: View, request: Request) -> list[Because]:
    if view.deal_closed or request.term_days_max <= rules.payment_term_days_max:
        return []
    most, asked = str(rules.payment_term_days_max), str(request.term_days_max)
    return [Because("payment_term_too_long", most, asked, [request.shipment_id])]


def _said(rules: Rules, client: Client, view: View, request: Request) -> Text:
    most, asked = sentences.days(rules.payment_term_days_max), sentences.days(request.term_days_max)
    return Text(
        f"In the first deal the payment term is at most {most.en}; {asked.en} are asked for.",
        f"В первой сделке отсрочка не больше {rules.payment_term_days_max} дн.; запрошено {asked.ru}.",
    )


PAYMENT_TERM_TOO_LONG = RequestReason("payment_term_too_long", "manager", _check, _said)
