"""How much of the first deal's goods a client has sold (source: «товар не продаётся»), by its own reports.

Sold share of a shipment = RRP of the units sold ÷ RRP of the units dispatched less returned, by the latest report, in
which articles left out have sold nothing. Goods, returns and reports are kept until the first deal is closed
(`deal_facts.DealFacts`); a report that comes later is taken, and nothing asks for it.
"""

from fractions import Fraction

from schemas.events import GoodsReturned, SellThroughReported, ShipmentDispatched
from schemas.records import NEVER, Source
from streams.domain import first_deal
from streams.domain.allocation import return_day
from streams.domain.deal_facts import DealFacts, Goods, Report
from streams.domain.first_deal import Deal
from streams.domain.lookup import instalments_of
from streams.domain.money import AMOUNT_MAX, convert
from streams.domain.policy import Rules
from streams.domain.refusals import KEPT, UNCHANGED, Accepted, Refused, too_old
from streams.domain.revisions import settled
from streams.domain.state import Client, Days, Instant
from streams.domain.steps import in_time

UNKNOWN = "sell_through_unknown"
"""The warning that nobody said what was sold of a shipment."""


def reported(
    rules: Rules, client: Client, event: SellThroughReported, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`sell_through.reported`; it needs no shipment to be there."""
    kept = _kept(client, day)
    if kept is None:
        return UNCHANGED
    known = kept.reports.get(event.id)
    if known is None and not event.voided and not _may_ask(client, event.shipment_id, day):
        return UNCHANGED
    answer = settled(rules, client, known, event)
    if answer is not None:
        return answer
    if event.voided:
        dated = known.day if known else day
        fact = Report(revision=event.revision, digest=event.digest, voided=True, day=dated)
    else:
        dated = rules.day_of(event.at_ms)
        refused = too_old(client, dated, "at")
        if refused is not None:
            return refused
        fact = Report(
            revision=event.revision,
            digest=event.digest,
            day=dated,
            shipment_id=event.shipment_id,
            at=event.at_ms,
            lines=[(line.sku, line.quantity_milli) for line in event.lines],
        )
    kept.reports[event.id] = fact
    client.facts.count += known is None
    return KEPT


def note_dispatch(client: Client, event: ShipmentDispatched, rate: str, left_on: Days, day: Days) -> None:
    """Keep what a dispatch holds that left on a day; of one withdrawn nothing."""
    kept = _kept(client, day)
    if kept is None:
        return
    kept.goods.pop(event.shipment_id, None)
    closed_on, deal_id = client.position.deal_closed
    of_deal = left_on <= closed_on or (event.deal_id or event.shipment_id) == deal_id
    if not event.voided and (of_deal or not first_deal.known_closed(client, day)):
        price = event.rrp_minor if event.lines else event.amount_minor
        lines = [(line.sku, line.quantity_milli, line.rrp_minor) for line in event.lines]
        kept.goods[event.shipment_id] = Goods(event.outlet_id or "", min(convert(price, rate), AMOUNT_MAX), lines)


def note_return(client: Client, event: GoodsReturned, day: Days) -> None:
    """Keep what came back by articles."""
    kept = _kept(client, day) if event.lines or client.facts.deal is not None else None
    if kept is None:
        return
    kept.returned.pop(event.id, None)
    if event.lines and not event.voided and _may_ask(client, event.shipment_id, day):
        kept.returned[event.id] = [(line.sku, line.quantity_milli) for line in event.lines]


def _kept(client: Client, day: Days) -> DealFacts | None:
    """Where goods and reports are kept; None when no first deal can ask for them any more."""
    if client.facts.deal is None:
        if first_deal.known_closed(client, day) or first_deal.opened_past(client):
            return None
        client.facts.deal = DealFacts()
    return client.facts.deal


def _may_ask(client: Client, shipment_id: str, day: Days) -> bool:
    """Whether the first deal may ask for a shipment: once it is closed, only for one whose goods are kept."""
    kept = client.facts.deal
    return (kept is not None and shipment_id in kept.goods) or not first_deal.known_closed(client, day)


def sold_share(rules: Rules, client: Client, shipment_id: str, day: Days) -> Fraction | None:
    """The share of a shipment that was sold as of `day`; None: nobody said. Of what came back as a whole it is 1."""
    kept = client.facts.deal
    goods = None if kept is None else kept.goods.get(shipment_id)
    report_id = latest_report(client, shipment_id, day) if kept is not None and kept.reports else ""
    came_back = client.facts.returns or client.facts.dispatches[shipment_id].returned
    if not report_id and not came_back and (goods is None or not goods.lines or goods.rrp):
        return None  # the usual case: nobody said anything, and the goods are worth something
    there = _value_there(rules, client, shipment_id, goods, day)
    if there == 0:
        return Fraction(1)
    if kept is None or goods is None or not goods.lines or there is None or not report_id:
        return None
    prices = _prices(goods)
    sold = sum(prices.get(sku, Fraction(0)) * milli for sku, milli in kept.reports[report_id].lines)
    return Fraction(sold, there)


def latest_report(client: Client, shipment_id: str, day: Days) -> str:
    """Id of the latest report about a shipment as of `day`: by `at`, then id; empty: none."""
    kept = client.facts.deal
    if kept is None:
        return ""
    found = [
        (one.at, name)
        for name, one in kept.reports.items()
        if one.shipment_id == shipment_id and not one.voided and one.day <= day
    ]
    return max(found)[1] if found else ""


def _prices(goods: Goods) -> dict[str, Fraction]:
    """RRP of a thousandth of each article; of one sent at two prices the mean."""
    quantities, values = dict[str, int](), dict[str, int]()
    for sku, milli, rrp in goods.lines:
        quantities[sku] = quantities.get(sku, 0) + milli
        values[sku] = values.get(sku, 0) + milli * rrp
    return {sku: Fraction(values[sku], quantities[sku]) for sku in quantities}


def _value_there(rules: Rules, client: Client, shipment_id: str, goods: Goods | None, day: Days) -> Fraction | None:
    """RRP of what the client holds or has sold of a shipment, in thousandths; None when the articles are not known.

    A return that names no articles takes its share of the payable amount.
    """
    dispatch = client.facts.dispatches[shipment_id]
    amount = sum(obligation.amount for obligation in dispatch.obligations)
    if amount and dispatch.returned >= amount:
        return Fraction(0)
    if goods is None or not goods.lines:
        return None
    prices = _prices(goods)
    whole = there = Fraction(sum(milli * rrp for _, milli, rrp in goods.lines))
    for return_id, one in client.facts.returns.items():
        if one.shipment_id != shipment_id or one.voided:
            continue
        on = return_day(client, one)
        if not 0 < on <= day or not in_time(rules, client, one, instalments_of(client, shipment_id), on):
            continue
        lines = client.facts.deal.returned.get(return_id) if client.facts.deal is not None else None
        if lines:
            there -= sum(prices.get(sku, Fraction(0)) * milli for sku, milli in lines)
        elif amount:
            there -= whole * Fraction(one.amount, amount)
    return max(there, Fraction(0))


def judged_from(rules: Rules, client: Client, shipment_id: str) -> Days:
    """The day from whose beginning a shipment's sales are looked at."""
    return client.facts.dispatches[shipment_id].day + rules.not_selling_after_days


def unknown(rules: Rules, client: Client, deal: Deal, day: Days) -> list[str]:
    """Shipments of the deal that are looked at on `day`, and of whose sales nobody said anything."""
    if not deal.open:
        return []
    return [
        shipment_id
        for shipment_id in deal.shipments
        if judged_from(rules, client, shipment_id) <= day and sold_share(rules, client, shipment_id, day) is None
    ]


def next_day(rules: Rules, client: Client, deal: Deal, day: Days) -> Days:
    """The first day after `day` on which sales are looked at, or a report dated ahead counts; NEVER: none."""
    days = [judged_from(rules, client, shipment_id) for shipment_id in deal.shipments]
    if client.facts.deal is not None:
        days += [report.day for report in client.facts.deal.reports.values() if not report.voided]
    return min((one for one in days if one > day), default=NEVER)
