"""Booking of what moves debts: dispatches, payments, reversals, returns.

Each function takes one event: revision, refusals, conversion into the policy's currency, then the position. A new fact
is one step of the allocation; a replaced or withdrawn one, or one that was waited for, replays the client.
"""

from schemas.events import GoodsReturned, PaymentReceived, PaymentReversed, ShipmentDispatched
from schemas.records import NEVER, Source
from streams.domain import activity, allocation, booking_requests, first_deal_start, sell_through
from streams.domain.lookup import DISPATCH, PAYMENT, RETURN, REVERSAL, instalments_of
from streams.domain.money import convert
from streams.domain.policy import Rules
from streams.domain.refusals import KEPT, Accepted, Refused, folded, full, rate_of, too_old
from streams.domain.revisions import repeated, settled
from streams.domain.state import Client, Days, Dispatch, GoodsReturn, Instant, Obligation, Payment, Reversal
from streams.domain.waiting import no_room, release, release_changes, stop_waiting, wait


def paid(
    rules: Rules, client: Client, event: PaymentReceived, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`payment.received`."""
    facts = client.facts
    payments = facts.payments
    known = payments.get(event.id)
    answer = settled(rules, client, known, event)
    if answer is not None:
        return answer
    if event.voided:
        fact = Payment(revision=event.revision, digest=event.digest, voided=True, day=known.day if known else day)
    else:
        on = event.value_date.toordinal()
        refused = too_old(client, on, "value_date")
        if refused is not None:
            return refused
        rate = rate_of(rules, event.currency, event.rate, event.amount_minor)
        if isinstance(rate, Refused):
            return rate
        fact = Payment(
            revision=event.revision,
            digest=event.digest,
            day=on,
            amount=convert(event.amount_minor, rate) if rate else event.amount_minor,
            names=event.obligations,
            rate=rate,
        )
    payments[event.id] = fact
    facts.count += known is None
    if known is not None:
        if _same_money(known, fact):
            fact.rest, fact.allocations = known.rest, known.allocations
            return KEPT
        return _replayed(rules, client, min(known.day, fact.day))
    if facts.waiting and release(client, ("payment.reversed",), event.id) and not fact.voided:
        return _replayed(rules, client, fact.day)
    return KEPT if fact.voided else _booked(rules, client, fact.day, PAYMENT, event.id)


def _same_money(known: Payment, fact: Payment) -> bool:
    """A new revision that moves nothing (another document number, say) needs no replay."""
    return (known.voided, known.day, known.amount, known.names, known.rate) == (
        fact.voided, fact.day, fact.amount, fact.names, fact.rate,
    )  # fmt: skip


def _booked(rules: Rules, client: Client, effective: Days, rank: int, fact_id: str) -> Accepted:
    allocation.book(rules, client, (effective, rank, fact_id))
    return Accepted(True, effective, 0, True)


def _replayed(rules: Rules, client: Client, day_from: Days) -> Accepted:
    allocation.replay(rules, client, client.position.day)
    return Accepted(True, day_from, 0, True)


def dispatched(
    rules: Rules, client: Client, event: ShipmentDispatched, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`shipment.dispatched`; its business id is the shipment's."""
    facts, shipment_id = client.facts, event.shipment_id
    dispatches = facts.dispatches
    known = dispatches.get(shipment_id)
    answer = repeated(known, event)
    if answer is not None:
        return answer
    refused = full(rules, client) if known is None else None if _unpaid_at_base(known, event) else folded(client, known)
    if refused is not None:
        return refused
    rate = ""
    if event.voided:
        fact = Dispatch(revision=event.revision, digest=event.digest, voided=True, day=known.day if known else day)
    else:
        on = rules.day_of(event.at_ms)
        refused = too_old(client, on, "at")
        if refused is not None:
            return refused
        found = rate_of(rules, event.currency, event.rate, event.amount_minor)
        if isinstance(found, Refused):
            return found
        rate = found
        fact = Dispatch(
            revision=event.revision,
            digest=event.digest,
            day=on,
            at=event.at_ms,
            deal_id=event.deal_id or "",
            obligations=_obligations(event, on, rate),
        )
    if not event.voided and (known is None or _leaves_otherwise(known, fact)):
        booking_requests.left(rules, client, event, rate, at)
    sell_through.note_dispatch(client, event, rate, fact.day, day)
    dispatches[shipment_id] = fact
    facts.count += known is None
    released = bool(facts.waiting) and _released(client, shipment_id, fact)
    if client.decided.deal is not None and not fact.voided:
        first_deal_start.ended(client, shipment_id, fact.day)
    activity.dispatched(client, fact.day, known is not None or fact.voided)
    if known is not None:
        accepted = _replayed(rules, client, min(known.day, fact.day))
        if fact.voided and not known.voided:
            booking_requests.did_not_leave(rules, client, shipment_id, day, at)
        return accepted
    if fact.voided:
        return KEPT
    return _replayed(rules, client, fact.day) if released else _booked(rules, client, fact.day, DISPATCH, shipment_id)


def _released(client: Client, shipment_id: str, fact: Dispatch) -> bool:
    """Whether something waited for the dispatch that now takes effect: returns, or changes of its obligations."""
    returns = release(client, ("goods.returned",), shipment_id)
    return release_changes(client, [one.id for one in fact.obligations]) or bool(returns)


def _leaves_otherwise(known: Dispatch, fact: Dispatch) -> bool:
    """Whether a revision says that goods left at another instant, or for another amount."""
    return known.voided or (known.at, _amount(known)) != (fact.at, _amount(fact))


def _amount(dispatch: Dispatch) -> int:
    return sum(obligation.amount for obligation in dispatch.obligations)


def _unpaid_at_base(known: Dispatch, event: ShipmentDispatched) -> bool:
    """A dispatch folded away may still be withdrawn when nothing was paid or returned on it before."""
    untouched = all(one.base is None or one.base[0] == one.amount for one in known.obligations)
    return event.voided and known.returned_base == 0 and untouched


def _obligations(event: ShipmentDispatched, on: Days, rate: str) -> list[Obligation]:
    """Instalments; the total is converted once, and the last instalment takes the remainder."""
    total = convert(event.amount_minor, rate) if rate else event.amount_minor
    if not event.instalments:
        return [Obligation(f"{event.shipment_id}/1", on + (event.payment_term_days or 0), total)]
    obligations, left = [], total
    for one in event.instalments[:-1]:
        amount = min(convert(one.amount_minor, rate), left) if rate else one.amount_minor
        obligations.append(Obligation(one.obligation_id, one.due_date.toordinal(), amount))
        left -= amount
    last = event.instalments[-1]
    obligations.append(Obligation(last.obligation_id, last.due_date.toordinal(), left))
    return obligations


def reversed_(
    rules: Rules, client: Client, event: PaymentReversed, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`payment.reversed`; takes its payment's currency and rate, and waits for it."""
    facts = client.facts
    known = facts.reversals.get(event.id)
    answer = settled(rules, client, known, event)
    if answer is not None:
        return answer
    waits = False
    if event.voided:
        fact = Reversal(revision=event.revision, digest=event.digest, voided=True, day=known.day if known else day)
    else:
        on = event.value_date.toordinal()
        waits = event.payment_id not in facts.payments
        refused = too_old(client, on, "value_date") or (no_room(rules, client) if waits else None)
        if refused is not None:
            return refused
        fact = Reversal(
            revision=event.revision,
            digest=event.digest,
            day=on,
            payment_id=event.payment_id,
            amount=-1 if event.amount_minor is None else event.amount_minor,
        )
    before = allocation.reversal_day(facts, known) if known is not None and not known.voided else 0
    facts.reversals[event.id] = fact
    client.facts.count += known is None
    stop_waiting(client, event.type, event.id)
    if waits:
        wait(rules, client, event, event.payment_id, at, source)
    after = 0 if fact.voided else allocation.reversal_day(facts, fact)
    return _partnered(rules, client, before, after, REVERSAL, event.id)


def returned(
    rules: Rules, client: Client, event: GoodsReturned, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`goods.returned`; waits for its shipment."""
    facts = client.facts
    known = facts.returns.get(event.id)
    answer = settled(rules, client, known, event)
    if answer is not None:
        return answer
    waits = False
    if event.voided:
        fact = GoodsReturn(revision=event.revision, digest=event.digest, voided=True, day=known.day if known else day)
    else:
        on = event.returned_on.toordinal()
        waits = event.shipment_id not in facts.dispatches and not instalments_of(client, event.shipment_id)
        refused = too_old(client, on, "returned_on") or (no_room(rules, client) if waits else None)
        if refused is not None:
            return refused
        rate = rate_of(rules, event.currency, event.rate, event.amount_minor)
        if isinstance(rate, Refused):
            return rate
        fact = GoodsReturn(
            revision=event.revision,
            digest=event.digest,
            day=on,
            shipment_id=event.shipment_id,
            amount=convert(event.amount_minor, rate),
            accepted=bool(event.accepted_by),
        )
    sell_through.note_return(client, event, day)
    before = allocation.return_day(client, known) if known is not None and not known.voided else 0
    facts.returns[event.id] = fact
    client.facts.count += known is None
    stop_waiting(client, event.type, event.id)
    if waits:
        wait(rules, client, event, event.shipment_id, at, source)
    after = 0 if fact.voided else allocation.return_day(client, fact)
    return _partnered(rules, client, before, after, RETURN, event.id)


def _partnered(rules: Rules, client: Client, before: Days, after: Days, rank: int, fact_id: str) -> Accepted:
    """Book a reversal or return by its effective days (0: none, it waits or its partner is withdrawn)."""
    if before:
        return _replayed(rules, client, min(before, after or NEVER))
    return _booked(rules, client, after, rank, fact_id) if after else KEPT
