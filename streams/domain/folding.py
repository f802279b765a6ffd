"""Old facts are folded away, so that a client's state is bounded by its last fifteen months.

A fact older than window + `correction_days` can no longer change (its record would be too late). At most every
`_EVERY_DAYS` the position as of the horizon becomes the base from which later replays begin: what is still open or
unapplied there stays as a fact with its base, the rest goes. What is observable from then on is the same.
"""

from collections.abc import Mapping
from typing import Any, Final

from streams.domain import allocation, first_deal, judgements, obligation_changes, volume_category
from streams.domain.calendar import month_of
from streams.domain.changes import Change
from streams.domain.lookup import digest_of, opening_in_force
from streams.domain.policy import Rules
from streams.domain.state import Client, Days, Facts, Money, Payment
from streams.domain.waiting import OBLIGATION_KINDS

_EVERY_DAYS: Final = 91
FOLDED_IDS_MAX: Final = 1_000
"""Obligations folded away that are remembered by a digest; beyond, the first ones are forgotten."""


def is_due(rules: Rules, client: Client, day: Days) -> bool:
    """Whether the horizon of `day` is one that folding has not looked for."""
    return day - client.facts.fold_looked >= rules.keep_days + _EVERY_DAYS


def fold(rules: Rules, client: Client, day: Days) -> None:
    """Fold away what is older than the horizon of `day`, the day the position stands at."""
    facts = client.facts
    horizon = (day - rules.keep_days) // _EVERY_DAYS * _EVERY_DAYS
    facts.fold_looked = horizon
    if not _any_older(facts, horizon):
        return
    allocation.replay(rules, client, horizon - 1)
    _close_first_deal(rules, client, horizon)
    _leave_bases(client, horizon)
    _drop(rules, client, horizon)
    facts.folded_before = horizon
    facts.count = count(facts)
    allocation.replay(rules, client, day)
    _fold_books(rules, client, day)


def _fold_books(rules: Rules, client: Client, day: Days) -> None:
    """The turnover of sales that are gone stays in the books as it was."""
    books, position = client.books, client.position
    if books is None:
        return
    before, turnover, moved = [book.months for book in books.all], position.turnover, books.moved
    for book in books.all:
        book.folded = {}
    books.moved = []
    volume_category.recount(rules, client, day)
    books.moved, position.turnover = moved, turnover
    books.fold_away(before, month_of(day))


def count(facts: Facts) -> int:
    """How many facts there are."""
    return (
        len(facts.dispatches) + len(facts.payments) + len(facts.sales) + len(facts.reversals) + len(facts.returns)
        + len(facts.sale_returns) + len(facts.limits) + len(facts.registrations) + len(facts.openings)
        + sum(len(kind) for kind in _changes(facts))
        + facts.about.count()
        + judgements.count(facts) + (len(facts.deal.reports) if facts.deal is not None else 0)
    )  # fmt: skip


def _changes(facts: Facts) -> list[dict[str, Change]]:
    changes = facts.changes
    return [changes.rescheduled, changes.disputed, changes.resolved, changes.written_off]


def _any_older(facts: Facts, horizon: Days) -> bool:
    kinds: tuple[Mapping[str, Any], ...] = (
        facts.dispatches,
        facts.payments,
        facts.reversals,
        facts.returns,
        facts.sales,
        facts.sale_returns,
        facts.openings,
        *_changes(facts),
    )
    for kind in kinds:
        for fact in kind.values():
            if fact.day < horizon:
                return True
    if judgements.any_older(facts, horizon):
        return True
    return any(limit.valid_until and limit.valid_until < horizon for limit in facts.limits.values())


def _close_first_deal(rules: Rules, client: Client, horizon: Days) -> None:
    deal = first_deal.of(rules, client, horizon - 1)
    if deal is not None and not deal.open:
        client.facts.first_deal = deal.id


def _leave_bases(client: Client, horizon: Days) -> None:
    """The position stands at the end of the day before the horizon: remember it in every older fact."""
    facts = client.facts
    kept = dict.fromkeys(payment_id for _, payment_id in client.position.kept)
    for dispatch in facts.dispatches.values():
        if dispatch.day < horizon:
            dispatch.returned_base = dispatch.returned
            for one in dispatch.obligations:
                one.base = one.outstanding, one.moved, list(one.spans), list(one.unpaid)
    for opening in facts.openings.values():
        if opening.day < horizon:
            _leave_base(opening)
            for one in opening.obligations:
                one.base = one.outstanding, one.moved, list(one.spans), list(one.unpaid)
            opening.turnover = [row for row in opening.turnover if row[0] >= month_of(horizon)]
            opening.episodes = []
    for payment_id, payment in facts.payments.items():
        if payment.day < horizon:
            _leave_base(payment)
            if payment_id not in kept:
                payment.names = []
    for goods in facts.returns.values():
        if goods.base is not None or 0 < allocation.return_day(client, goods) < horizon:
            goods.allocations = []
            _leave_base(goods)


def _leave_base(money: Money) -> None:
    money.base = money.rest, list(money.allocations)


def _drop(rules: Rules, client: Client, horizon: Days) -> None:
    """Remove older facts that nothing after the horizon can depend on."""
    facts = client.facts
    opening_id = opening_in_force(client)
    begins = 0 if opening_id is None else facts.openings[opening_id].day
    if facts.folded_before <= begins < horizon:
        facts.folded_ids = []  # they have no effect any more
    waiting = dict.fromkeys((one.kind, one.id) for one in facts.waiting)
    deal = None if facts.first_deal else first_deal.of(rules, client, horizon - 1)
    of_deal = dict.fromkeys(deal.shipments + deal.earlier) if deal is not None and deal.open else {}
    reversed_later: dict[str, None] = {}
    returned_later: dict[str, None] = {}
    for reversal_id, reversal in list(facts.reversals.items()):
        effective = max(reversal.day, allocation.reversal_day(facts, reversal))
        if effective >= horizon:
            reversed_later[reversal.payment_id] = None
        elif ("payment.reversed", reversal_id) not in waiting:
            del facts.reversals[reversal_id]
    for return_id, goods in list(facts.returns.items()):
        effective = max(goods.day, allocation.return_day(client, goods))
        if effective >= horizon:
            returned_later[goods.shipment_id] = None
        elif not goods.rest and goods.shipment_id not in of_deal and ("goods.returned", return_id) not in waiting:
            del facts.returns[return_id]
    needed: dict[str, None] = dict(returned_later)
    for payment_id, payment in list(facts.payments.items()):
        if payment.day < horizon:
            # what was there before the goods left is no credit: the open first deal still asks for it
            covers = any(to in of_deal and payment.day <= facts.dispatches[to].day for to, _, _ in payment.allocations)
            if _settled(payment, begins) and payment_id not in reversed_later and not covers:
                del facts.payments[payment_id]
            else:
                needed.update(dict.fromkeys(place[0] for place in payment.allocations))
    needed.update(of_deal)
    for shipment_id, dispatch in list(facts.dispatches.items()):
        if dispatch.day < horizon and shipment_id not in needed:
            owing = any(one.outstanding for one in dispatch.obligations)
            if dispatch.voided or dispatch.day < begins:
                del facts.dispatches[shipment_id]
            elif not owing:
                del facts.dispatches[shipment_id]
                facts.about.dispatched_folded = max(facts.about.dispatched_folded, dispatch.day)
                facts.folded_ids += [digest_of(one.id) for one in dispatch.obligations]
    del facts.folded_ids[:-FOLDED_IDS_MAX]
    _drop_changes(client, horizon, waiting)
    _drop_sales(facts, horizon, begins, waiting)
    facts.limits = {name: one for name, one in facts.limits.items() if not 0 < one.valid_until < horizon}
    judgements.drop(rules, facts, horizon)
    book = client.position.turnover
    client.position.turnover = {month: amount for month, amount in book.items() if month >= month_of(horizon)}


def _settled(payment: Payment, begins: Days) -> bool:
    return payment.voided or payment.day < begins or payment.rest == 0


def _drop_changes(client: Client, horizon: Days, waiting: dict[tuple[str, str], None]) -> None:
    """What was changed of an obligation goes with it."""
    for kind, facts in zip(OBLIGATION_KINDS, _changes(client.facts), strict=True):
        for change_id, change in list(facts.items()):
            gone = change.voided or not obligation_changes.places(client, change.obligation_id)
            if gone and change.day < horizon and (kind, change_id) not in waiting:
                del facts[change_id]


def _drop_sales(facts: Facts, horizon: Days, begins: Days, waiting: dict[tuple[str, str], None]) -> None:
    gone = [sale.day for sale in facts.sales.values() if not sale.voided and begins <= sale.day < horizon]
    facts.about.sold_folded = max(gone, default=facts.about.sold_folded)
    facts.sales_kept = {name: sale for name, sale in facts.sales.items() if sale.day >= horizon}
    facts.sale_returns = {
        name: one
        for name, one in facts.sale_returns.items()
        if one.day >= horizon or ("sale.returned", name) in waiting
    }
