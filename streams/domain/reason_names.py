"""What people call a reason not to ship, in English and in Russian."""

from typing import Final

from streams.domain.sentences import Text

_NAMES: Final = {
    "not_selling": Text("the stop for goods not selling", "товар не продаётся"),
    "first_payment_overdue": Text("the stop for an overdue first deal", "первый платёж просрочен"),
    "limit_exceeded": Text("the stop for an exceeded first deal", "лимит первой сделки превышен"),
    "conduct": Text("the stop for conduct", "нарушение требований или этики"),
    "risk_group": Text("the stop for the risk group", "группа риска"),
    "credit_limit": Text("the stop for the credit limit", "кредитный лимит"),
    "documents_missing": Text("the stop for missing documents", "нет документов"),
    "first_deal_returned": Text("the stop for a returned first deal", "первая сделка возвращена"),
    "first_deal_limit": Text("the limit of the first deal", "лимит первой сделки"),
    "first_deal_unpaid": Text("the wait for the first deal's payment", "первая сделка не оплачена"),
    "payment_term_too_long": Text("the longest payment term", "срок оплаты слишком велик"),
    "assortment": Text("the assortment of the first deal", "ассортимент первой сделки"),
    "outlet_unknown": Text("the unknown outlet", "торговая точка неизвестна"),
    "outlet_closed": Text("the closed outlet", "торговая точка закрыта"),
}


def name(reason: str) -> Text:
    """The reason in a few words, to stand inside a sentence."""
    return _NAMES[reason]
