"""Booking of sales and sale returns: turnover by month."""

from schemas.events import SaleRecorded, SaleReturned
from schemas.records import Source
from streams.domain import activity, volume_category
from streams.domain.calendar import month_of
from streams.domain.importance.telling import book_of, scope_of
from streams.domain.money import convert
from streams.domain.policy import Rules
from streams.domain.refusals import KEPT, Accepted, Refused, rate_of, too_old
from streams.domain.revisions import settled
from streams.domain.state import Client, Days, Instant, Sale, SaleReturn
from streams.domain.waiting import no_room, release, stop_waiting, wait


def recorded(
    rules: Rules, client: Client, event: SaleRecorded, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`sale.recorded`; refused once its month has been closed for longer than `correction_days`."""
    facts = client.facts
    sales = facts.sales
    known = sales.get(event.id)
    answer = settled(rules, client, known, event)
    if answer is not None:
        return answer
    if event.voided:
        on = day if known is None else known.day
    else:
        on = event.sold_on.toordinal()
    refused = _month_closed(rules, on if known is None else min(on, known.day), day, source)
    if refused is not None:
        return refused
    if event.voided:
        fact = Sale(revision=event.revision, digest=event.digest, voided=True, day=on)
    else:
        refused = too_old(client, on, "sold_on")
        if refused is not None:
            return refused
        rate = rate_of(rules, event.currency, event.rate, event.amount_minor)
        if isinstance(rate, Refused):
            return rate
        fact = Sale(
            revision=event.revision,
            digest=event.digest,
            day=on,
            amount=convert(event.amount_minor, rate) if rate else event.amount_minor,
            rate=rate,
            scope=book_of(client, scope_of(event.direction, event.territory, event.territorial)),
        )
    sales[event.id] = fact
    facts.count += known is None
    activity.sold(client, on, known is not None or fact.voided)
    if known is not None or (facts.waiting and release(client, ("sale.returned",), event.id)):
        return _recounted(rules, client, day)
    if fact.voided:
        return KEPT
    if on > day:
        return _recounted(rules, client, day)
    month = month_of(on)
    volume_category.add(client, month, fact.amount, fact.scope)
    return Accepted(True, month=month)


def _month_closed(rules: Rules, sold_on: Days, day: Days, source: Source) -> Refused | None:
    if day - sold_on <= rules.correction_days:
        return None  # its month is not even that old
    if volume_category.closed(rules, month_of(sold_on), source.timestamp):
        remedy = "Book the difference as a sale or sale return of the running month: this month is closed."
        return Refused("month_closed", "sold_on", remedy)
    return None


def _recounted(rules: Rules, client: Client, day: Days) -> Accepted:
    """Count again; says the earliest month that differs."""
    before = client.position.turnover
    volume_category.recount(rules, client, day)
    after = client.position.turnover
    months = sorted(dict.fromkeys([*before, *after]))
    changed = [month for month in months if before.get(month, 0) != after.get(month, 0)]
    return Accepted(True, month=changed[0] if changed else 0)


def returned(
    rules: Rules, client: Client, event: SaleReturned, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`sale.returned`; takes its sale's currency and rate, and waits for it."""
    facts = client.facts
    known = facts.sale_returns.get(event.id)
    answer = settled(rules, client, known, event)
    if answer is not None:
        return answer
    waits = False
    if event.voided:
        fact = SaleReturn(revision=event.revision, digest=event.digest, voided=True, day=known.day if known else day)
    else:
        on = event.returned_on.toordinal()
        waits = event.sale_id not in facts.sales
        refused = too_old(client, on, "returned_on") or (no_room(rules, client) if waits else None)
        if refused is not None:
            return refused
        fact = SaleReturn(
            revision=event.revision,
            digest=event.digest,
            day=on,
            sale_id=event.sale_id,
            amount=event.amount_minor,
            recorded=source.timestamp,
        )
    facts.sale_returns[event.id] = fact
    facts.count += known is None
    stop_waiting(client, event.type, event.id)
    if waits:
        wait(rules, client, event, event.sale_id, at, source)
    return _recounted(rules, client, day)
