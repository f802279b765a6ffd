"""Where money went: a function of the facts, replayed by effective date or moved on by the newest fact.

The order is (day, rank, id): within a date dispatch, payment, reversal, return, then the id. Facts that come in this
order cost one step. A late one takes a shortcut (`streams.domain.shortcut`) when that is provably the same, else
everything is replayed from the beginning, or from where older facts were folded away.
"""

from bisect import insort
from collections.abc import Iterator

import msgspec

from schemas.records import NEVER
from streams.domain import obligation_changes, shortcut, volume_category
from streams.domain.debts import open_place, spans_at_base
from streams.domain.kept import written
from streams.domain.lookup import (
    DISPATCH,
    EXPIRY,
    OPENING,
    PAYMENT,
    RESCHEDULE,
    RETURN,
    REVERSAL,
    SALE,
    WRITE_OFF,
    obligation_at,
    opening_in_force,
)
from streams.domain.policy import Rules
from streams.domain.state import (
    Client,
    Days,
    Facts,
    GoodsReturn,
    Money,
    Obligation,
    OpenObligation,
    Position,
    Reversal,
    Step,
)
from streams.domain.steps import begin, take

_LATE_MARGIN_DAYS = 31


def book(rules: Rules, client: Client, step: Step) -> None:
    """Let a fact that has just come take effect; the position must stand at today."""
    position = client.position
    if step[0] <= position.deal_closed[0]:
        position.deal_closed = (0, "")
    if step[0] > position.day:
        insort(position.ahead, step)
    elif step > position.last_step:
        take(rules, client, step)
        if position.kept:
            _let_go(rules, client, position.day)
    elif not shortcut.taken(rules, client, step):
        replay(rules, client, position.day)


def advance(rules: Rules, client: Client, day: Days) -> bool:
    """Take what time brings up to `day` (facts dated ahead, kept money let go); whether anything was taken."""
    position = client.position
    if day <= position.day:
        return False
    changed = False
    if position.ahead and position.ahead[0][0] <= day:
        due = [step for step in position.ahead if step[0] <= day]
        position.ahead = position.ahead[len(due) :]
        _take_all(rules, client, due)
        changed = True
    if position.kept:
        changed = _let_go(rules, client, day) or changed
    _stand_at(rules, position, day)
    return changed


def _stand_at(rules: Rules, position: Position, day: Days) -> None:
    """Everything up to `day` is taken; runs of overdue days that left the window long ago are forgotten."""
    late = position.late
    while late and late[0].last < day - rules.window_days - _LATE_MARGIN_DAYS:
        del late[0]
    position.day = day


def _take_all(rules: Rules, client: Client, due: list[Step]) -> None:
    """Take steps in order, letting kept money go between them when its time is over."""
    for step in due:
        if step[1] >= SALE:
            volume_category.take(rules, client, step)
            continue
        if client.position.kept:
            _let_go(rules, client, step[0])
        take(rules, client, step)


def _let_go(rules: Rules, client: Client, day: Days) -> bool:
    """Money kept for an obligation that never came may pay any from the day its time is over."""
    position = client.position
    changed = False
    while position.kept and position.kept[0][0] <= day:
        expiry, payment_id = position.kept[0]
        take(rules, client, (expiry, EXPIRY, payment_id))
        changed = True
    return changed


def next_day(client: Client) -> Days:
    """The next day on which `advance` takes something; NEVER: none."""
    position = client.position
    upcoming = position.ahead[0][0] if position.ahead else NEVER
    return min(upcoming, position.kept[0][0]) if position.kept else upcoming


def replay(rules: Rules, client: Client, day: Days) -> None:
    """Derive the whole position anew from the facts, up to `day` (after a policy that is not `same_position`)."""
    coming = _start_anew(rules, client)
    _take_all(rules, client, [step for step in coming if step[0] <= day])
    _let_go(rules, client, day)
    position = client.position
    _stand_at(rules, position, day)
    position.ahead = sorted(position.ahead + [step for step in coming if step[0] > day])


def _start_anew(rules: Rules, client: Client) -> list[Step]:
    """Reset what money moves to the base left by folding; gives all later steps of money in order (sales stay)."""
    facts, before = client.facts, client.position
    position = Position(turnover=before.turnover, ahead=[step for step in before.ahead if step[1] >= SALE])
    client.position = position
    opening_id = opening_in_force(client) if facts.openings else None
    begins = 0 if opening_id is None else facts.openings[opening_id].day
    coming: list[Step] = []
    for name, opening in facts.openings.items():
        _reset_money(rules, position, opening, (opening.day, OPENING, name))
        for index, obligation in enumerate(opening.obligations):
            _reset_obligation(rules, client, obligation, ("", index) if name == opening_id else None)
    if opening_id is not None and facts.openings[opening_id].base is None:
        coming.append((begins, OPENING, opening_id))
    for shipment_id, dispatch in facts.dispatches.items():
        dispatch.returned = dispatch.returned_base
        live = not dispatch.voided and dispatch.day >= begins
        folded = dispatch.day < facts.folded_before
        for index, obligation in enumerate(dispatch.obligations):
            _reset_obligation(rules, client, obligation, (shipment_id, index) if live else None)
        if live and not folded:
            coming.append((dispatch.day, DISPATCH, shipment_id))
    for payment_id, payment in facts.payments.items():
        _reset_money(rules, position, payment, (payment.day, PAYMENT, payment_id))
        if payment.base is None and not payment.voided and payment.day >= begins:
            coming.append((payment.day, PAYMENT, payment_id))
    for reversal_id, reversal in facts.reversals.items():
        if not reversal.voided and reversal.day >= begins and (at := reversal_day(facts, reversal)):
            coming.append((at, REVERSAL, reversal_id))
    for return_id, goods in facts.returns.items():
        _reset_money(rules, position, goods, (goods.day, RETURN, return_id))
        if goods.base is None and not goods.voided and goods.day >= begins and (at := return_day(client, goods)):
            coming.append((at, RETURN, return_id))
    if obligation_changes.any_known(client):
        coming += _changes(client, max(begins, facts.folded_before))
    coming.sort()
    return coming


def _changes(client: Client, begins: Days) -> list[Step]:
    """What people changed of due dates and debts from `begins` on, as steps."""
    changes = client.facts.changes
    steps = [
        (one.day, RESCHEDULE, name)
        for name, one in changes.rescheduled.items()
        if not one.voided and obligation_changes.places(client, one.obligation_id)
    ]
    for name, one in changes.written_off.items():
        if not one.voided and (at := obligation_changes.write_off_day(client, one)):
            steps.append((at, WRITE_OFF, name))
    return [step for step in steps if step[0] >= begins]


def reversal_day(facts: Facts, reversal: Reversal) -> Days:
    """The day a reversal takes effect: its own, not before its payment's; 0 without the payment."""
    payment = facts.payments.get(reversal.payment_id)
    return 0 if payment is None or payment.voided else max(reversal.day, payment.day)


def return_day(client: Client, goods: GoodsReturn) -> Days:
    """The day a return takes effect: its own, not before its shipment's; 0 without the shipment."""
    dispatch = client.facts.dispatches.get(goods.shipment_id)
    if dispatch is not None and not dispatch.voided:
        return max(goods.day, dispatch.day)
    opening_id = opening_in_force(client) if client.facts.openings else None
    if opening_id is None:
        return 0
    opening = client.facts.openings[opening_id]
    known = any(one.shipment_id == goods.shipment_id for one in opening.obligations)
    return max(goods.day, opening.day) if known else 0


def _reset_money(rules: Rules, position: Position, money: Money, step: Step) -> None:
    """Back to the base; what is unapplied there is general, or kept when the payment still names something."""
    if money.base is None:
        money.rest, money.allocations = 0, []
        return
    rest, allocations = money.base
    money.rest, money.allocations = rest, list(allocations)
    if not rest or money.voided:
        return
    position.unapplied += rest
    if getattr(money, "names", None):
        insort(position.kept, (step[0] + rules.correction_days, step[2]))
    else:
        insort(position.unspent, step)


def _reset_obligation(rules: Rules, client: Client, obligation: Obligation, place: tuple[str, int] | None) -> None:
    position = client.position
    if obligation.base is None:
        obligation.due = rules.due_in_force(obligation.due_stated)
        obligation.outstanding, obligation.moved, obligation.spans, obligation.unpaid = 0, 0, [], []
        return
    obligation.outstanding, obligation.moved = obligation.base[:2]
    obligation.spans, obligation.unpaid = spans_at_base(
        rules.overdue_tolerance, obligation, client.facts.folded_before - 1
    )
    if place is None:
        obligation.due = rules.due_in_force(obligation.due_stated)
        return
    begin(rules, client, place, obligation, client.facts.folded_before - 1)
    if obligation.outstanding:
        position.outstanding += obligation.outstanding
        open_place(position, OpenObligation(obligation.due, obligation.id, *place))


def obligation(client: Client, shipment_id: str, index: int) -> Obligation:
    """An obligation by its place; shipment id "" for the opening balances."""
    return obligation_at(client, shipment_id, index)


def open_obligations(client: Client) -> Iterator[tuple[OpenObligation, Obligation]]:
    """Everything outstanding, oldest due first, then id: (place with due and ids, amounts)."""
    for place in client.position.open:
        yield place, obligation_at(client, place.shipment_id, place.index)


def owed(client: Client, obligation_ids: list[str]) -> int:
    """What is outstanding of these obligations together, in minor units."""
    wanted = dict.fromkeys(obligation_ids)
    return sum(one.outstanding for place, one in open_obligations(client) if place.id in wanted)


def copy(client: Client) -> Client:
    """A copy whose facts and position may be advanced without touching the client (`decided` is shared, no books)."""
    facts, position = _decoder.decode(_encoder.encode((client.facts, client.position)))
    return msgspec.structs.replace(client, facts=facts, position=position, books=None)


_encoder = msgspec.msgpack.Encoder(enc_hook=written)
_decoder = msgspec.msgpack.Decoder(tuple[Facts, Position])
