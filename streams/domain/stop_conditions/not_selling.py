"""`not_selling` (source: «товар не продаётся»): too little of a shipment of the open first deal has been sold.

Looked at from 00:00 of the policy's day after dispatch on, by the latest report. Where nobody reported anything the
status warns and nothing is blocked.
"""

from fractions import Fraction

from streams.domain import sell_through, sentences
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.stop_conditions.condition import Ground, StopCondition
from streams.domain.view import View


def _least_sold(rules: Rules, client: Client, view: View) -> tuple[Fraction, str] | None:
    """(sold share, shipment) of the one that sells worst of those looked at; None: none is, or none is known."""
    if view.deal is None or not view.deal.open:
        return None
    found: list[tuple[Fraction, str]] = []
    for shipment_id in view.deal.shipments:
        if sell_through.judged_from(rules, client, shipment_id) <= view.day:
            share = sell_through.sold_share(rules, client, shipment_id, view.day)
            if share is not None:
                found.append((share, shipment_id))
    return min(found, default=None)


def _percent(share: Fraction) -> str:
    """Rounded down to a tenth, so that it never looks like enough when it is not."""
    tenths = share.numerator * 1000 // share.denominator
    return f"{tenths // 10}.{tenths % 10}%"


def _holds(rules: Rules, client: Client, view: View) -> bool:
    kept = client.facts.deal
    if kept is None or not kept.reports:
        return False  # nobody said anything: of what is still there the share is not known
    least = _least_sold(rules, client, view)
    return least is not None and least[0] * 100 < rules.not_selling_below_percent


def _because(rules: Rules, client: Client, view: View) -> list[Because]:
    least, threshold = _least_sold(rules, client, view), f"{rules.not_selling_below_percent}%"
    if least is None:
        return [Because("not_selling", threshold, "none", [])]
    share, shipment_id = least
    report_id = sell_through.latest_report(client, shipment_id, view.day)
    return [Because("not_selling", threshold, _percent(share), [shipment_id, *([report_id] if report_id else [])])]


def _said(rules: Rules, client: Client, view: View) -> Text:
    least = _least_sold(rules, client, view)
    assert least is not None
    after, share = sentences.days(rules.not_selling_after_days), _percent(least[0])
    least_percent = rules.not_selling_below_percent
    return Text(
        f"The first deal does not sell: {share} of shipment {least[1]} is sold after {after.en}, "
        f"at least {least_percent}% is expected.",
        f"Товар первой сделки не продаётся: из отгрузки {least[1]} продано {share} через {after.ru}, "
        f"нужно не меньше {least_percent}%.",
    )


def _ended(rules: Rules, client: Client, view: View) -> Text:
    if view.deal_closed:
        return Text("the first deal is closed", "первая сделка закрыта")
    return Text("the goods of the first deal sell", "товар первой сделки продаётся")


def pays_the_deal(rules: Rules, client: Client, view: View) -> list[str]:
    """What must be paid for the first deal to close, oldest due first."""
    wanted = view.deal.obligations if view.deal is not None else []
    return [place.id for place in client.position.open if place.id in wanted]


NOT_SELLING = StopCondition(
    "not_selling", "manager", Ground.DEAL, _holds, _because, _said, _ended, pays_the_deal, in_full=True
)
