"""`assortment` (source: the first deal holds fast movers only, its main part of product category A).

The main part is more than half of the recommended retail price, or, by policy, of the lines.
"""

from typing import NamedTuple

from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.request_reasons.reason import Request, RequestReason
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.view import View


class _Share(NamedTuple):
    """The main category's part of the whole, in one measure."""

    part: int
    whole: int


def _share(rules: Rules, request: Request) -> _Share:
    part = whole = 0
    for line in request.lines:
        weight = 1 if rules.assortment_by_lines else line.quantity_milli * line.rrp
        whole += weight
        if line.product_category == rules.assortment_category:
            part += weight
    return _Share(part, whole)


def _slow_lines(rules: Rules, request: Request) -> int:
    return sum(not line.fast_moving for line in request.lines) if rules.assortment_fast_moving_only else 0


def _check(rules: Rules, client: Client, view: View, request: Request) -> list[Because]:
    if view.deal_closed or not request.lines:  # a dispatch may name none
        return []
    grounds: list[Because] = []
    slow, share = _slow_lines(rules, request), _share(rules, request)
    if slow:
        grounds.append(Because("assortment.slow_lines", "0", str(slow), [request.shipment_id]))
    if share.part * 100 <= rules.assortment_above_percent * share.whole:
        threshold, found = f"{rules.assortment_above_percent}%", _percent(share)
        grounds.append(Because("assortment.main_share", threshold, found, [request.shipment_id]))
    return grounds


def _percent(share: _Share) -> str:
    """Rounded down to a tenth, so that it never looks like more than it is."""
    tenths = share.part * 1000 // share.whole if share.whole else 0
    return f"{tenths // 10}.{tenths % 10}%"


def _said(rules: Rules, client: Client, view: View, request: Request) -> Text:
    slow, share, category = _slow_lines(rules, request), _share(rules, request), rules.assortment_category
    en, ru = list[str](), list[str]()
    if slow:
        en.append(f"{slow} of {len(request.lines)} lines are no fast movers")
        ru.append(f"неходовых позиций {slow} из {len(request.lines)}")
    if share.part * 100 <= rules.assortment_above_percent * share.whole:
        most = rules.assortment_above_percent
        en.append(f"product category {category} is {_percent(share)}, it must be more than {most}%")
        ru.append(f"товаров категории {category} {_percent(share)}, нужно больше {most}%")
    return Text(
        f"The assortment does not fit a first deal: {'; '.join(en)}.",
        f"Ассортимент не подходит для первой сделки: {'; '.join(ru)}.",
    )


ASSORTMENT = RequestReason("assortment", "manager", _check, _said)
