"""One step of the allocation: a dispatch, payment, reversal or return takes effect on its day.

After every step unapplied money pays whatever is open, oldest due first; so general money and something outstanding are
never both there. Each function moves the position and the structs it touches; none looks at a clock or at other facts.
"""

from bisect import insort

from streams.domain.debts import insert_run, move_place, raise_again, reduce
from streams.domain.lookup import (
    DISPATCH,
    EXPIRY,
    PAYMENT,
    RESCHEDULE,
    RETURN,
    REVERSAL,
    WRITE_OFF,
    Place,
    instalments_of,
    missing_names,
    money_of,
    obligation_at,
)
from streams.domain.money import convert
from streams.domain.obligation_changes import any_known, due_on, is_changed, places
from streams.domain.policy import Rules
from streams.domain.state import (
    Client,
    Days,
    GoodsReturn,
    Money,
    Obligation,
    OpenObligation,
    Payment,
    Position,
    Run,
    Step,
)


def take(rules: Rules, client: Client, step: Step) -> None:
    """Let the fact (or expiry) named by `step` take effect; steps must come in order."""
    rank = step[1]
    position = client.position
    if rank == PAYMENT:
        _payment(rules, client, position, step)
    elif rank == DISPATCH:
        _dispatch(rules, client, position, step)
    elif rank == REVERSAL:
        _reversal(rules, client, position, step)
    elif rank == RETURN:
        _return(rules, client, position, step)
    elif rank == EXPIRY:
        position.kept.remove((step[0], step[2]))
        _make_general(position, (client.facts.payments[step[2]].day, PAYMENT, step[2]))
    elif rank == RESCHEDULE:
        _reschedule(rules, client, position, step)
    elif rank == WRITE_OFF:
        _write_off(rules, client, position, step)
    else:
        _opening(rules, client, position, step)
    if position.unspent:
        settle(rules, client, position, step)
    position.last_step = step


def settle(rules: Rules, client: Client, position: Position, step: Step) -> None:
    """General money pays what is open: oldest money first, oldest due first."""
    day = step[0]
    unspent, opened = position.unspent, position.open
    while unspent and opened:
        oldest = unspent[0]
        money = money_of(client, oldest)
        place = opened[0]
        amount = pay(rules, client, money, place, day)
        position.unapplied -= amount
        if money.rest == 0:
            del unspent[0]
        position.general_day = day
        position.general_due = max(position.general_due, place.due)
        position.money_step = step
    position.idle_day = day


def pay(rules: Rules, client: Client, money: Money, place: OpenObligation, day: Days) -> int:
    """Let money pay an open obligation as far as both go; gives the amount. The caller counts `unapplied`."""
    obligation = obligation_at(client, place.shipment_id, place.index)
    rest, amount = money.rest, obligation.outstanding
    if rest < amount:
        amount = rest
    money.rest = rest - amount
    money.allocations.append((place.shipment_id, place.index, amount))
    reduce(rules, client.position, place, obligation, amount, day)
    return amount


def _make_general(position: Position, step: Step) -> None:
    insort(position.unspent, step)


def _dispatch(rules: Rules, client: Client, position: Position, step: Step) -> None:
    day, _, shipment_id = step
    for index, obligation in enumerate(client.facts.dispatches[shipment_id].obligations):
        begin(rules, client, (shipment_id, index), obligation, day)
        if obligation.amount:
            raise_again(rules, position, (shipment_id, index), obligation, obligation.amount, day)
    if position.kept:
        _pay_from_kept(rules, client, position, step)


def begin(rules: Rules, client: Client, place: tuple[str, int], obligation: Obligation, day: Days) -> None:
    """An obligation begins on `day`: with the due date in force then, and noted when people changed it ever."""
    if not any_known(client):
        obligation.due = rules.due_in_force(obligation.due_stated)
        return
    obligation.due = due_on(rules, client, obligation, day)
    if is_changed(client, obligation):
        client.position.changed.append(place)


def _pay_from_kept(rules: Rules, client: Client, position: Position, step: Step) -> None:
    """Money kept for what was just dispatched pays it, oldest money first, each in the order it names."""
    for expiry, payment_id in list(position.kept):
        payment = client.facts.payments[payment_id]
        _pay_named(rules, client, payment, step[0], step[2])
        if payment.rest == 0:
            position.kept.remove((expiry, payment_id))
        elif not missing_names(client, payment, step):
            position.kept.remove((expiry, payment_id))
            _make_general(position, (payment.day, PAYMENT, payment_id))
    position.idle_day = step[0]
    position.money_step = step


def _pay_named(rules: Rules, client: Client, payment: Payment, day: Days, shipment_id: str) -> None:
    for name in payment.names:
        for place in client.position.open:
            if place.id == name and place.shipment_id == shipment_id and payment.rest:
                client.position.unapplied -= pay(rules, client, payment, place, day)
                break


def _payment(rules: Rules, client: Client, position: Position, step: Step) -> None:
    day = step[0]
    payment = client.facts.payments[step[2]]
    payment.rest = payment.amount
    position.money_step = step
    for name in payment.names:
        for place in position.open:
            if place.id == name:
                pay(rules, client, payment, place, day)
                break
        else:
            # closed, or not there yet: a dispatch that comes late with an older date may not take the fast path
            position.idle_day = day
        if not payment.rest:
            return
    if payment.rest:
        position.unapplied += payment.rest
        if payment.names and rules.correction_days and missing_names(client, payment, step):
            insort(position.kept, (day + rules.correction_days, step[2]))
            position.idle_day = day
        else:
            _make_general_at_once(rules, client, position, payment, step)


def _make_general_at_once(rules: Rules, client: Client, position: Position, payment: Payment, step: Step) -> None:
    """New general money pays what is open; only what is left lies idle."""
    day = step[0]
    opened = position.open
    if opened and not position.unspent:
        position.general_day = day
        while opened and payment.rest:
            place = opened[0]
            position.unapplied -= pay(rules, client, payment, place, day)
            position.general_due = max(position.general_due, place.due)
    if payment.rest:
        _make_general(position, step)


def _reversal(rules: Rules, client: Client, position: Position, step: Step) -> None:
    """First the payment's unapplied rest, then its latest allocations, which reopen."""
    day = step[0]
    reversal = client.facts.reversals[step[2]]
    payment = client.facts.payments.get(reversal.payment_id)
    if payment is None or payment.voided:
        return
    gone = convert(reversal.amount, payment.rate) if reversal.amount >= 0 else payment.amount
    if payment.rest:
        unapplied = min(gone, payment.rest)
        payment.rest -= unapplied
        position.unapplied -= unapplied
        gone -= unapplied
        position.idle_day = day
        if payment.rest == 0:
            position.unspent = [one for one in position.unspent if one[1:] != (PAYMENT, reversal.payment_id)]
            position.kept = [one for one in position.kept if one[1] != reversal.payment_id]
    allocations = payment.allocations
    while gone and allocations:
        shipment_id, index, allocated = allocations.pop()
        amount = min(gone, allocated)
        if amount < allocated:
            allocations.append((shipment_id, index, allocated - amount))
        gone -= amount
        obligation = obligation_at(client, shipment_id, index)
        obligation.moved = day
        raise_again(rules, position, (shipment_id, index), obligation, amount, day)
    position.money_step = step


def _return(rules: Rules, client: Client, position: Position, step: Step) -> None:
    """An accepted return; what exceeds the shipment's outstanding amounts becomes unapplied."""
    goods = client.facts.returns[step[2]]
    places = instalments_of(client, goods.shipment_id)
    if not in_time(rules, client, goods, places, step[0]):
        return
    left = return_to(rules, client, goods, places, step[0])
    position.money_step = step
    if left:
        goods.rest = left
        position.unapplied += left
        _make_general(position, step)


def in_time(rules: Rules, client: Client, goods: GoodsReturn, places: list[Place], day: Days) -> bool:
    """Whether a return that takes effect on `day` has any: within the shipment's last due date in force that day, or
    accepted by a person."""
    if goods.accepted or not places:
        return bool(places)
    if any_known(client):
        return goods.day <= max(due_on(rules, client, obligation, day) for _, _, obligation in places)
    return goods.day <= max(obligation.due for _, _, obligation in places)


def return_to(rules: Rules, client: Client, goods: GoodsReturn, places: list[Place], day: Days) -> int:
    """Reduce the shipment's instalments, the latest due first; gives what exceeded their outstanding amounts."""
    dispatch = client.facts.dispatches.get(goods.shipment_id)
    if dispatch is not None:
        dispatch.returned += goods.amount
    left = goods.amount
    for shipment_id, index, obligation in sorted(places, key=_latest_due_first):
        amount = min(left, obligation.outstanding)
        if amount:
            place = OpenObligation(obligation.due, obligation.id, shipment_id, index)
            reduce(rules, client.position, place, obligation, amount, day)
            left -= amount
    return left


def _latest_due_first(place: Place) -> tuple[int, int]:
    return -place[2].due, -place[1]


def _reschedule(rules: Rules, client: Client, position: Position, step: Step) -> None:
    """From the beginning of the day another due date is in force; money finds the obligation by it."""
    for shipment_id, index in places(client, client.facts.changes.rescheduled[step[2]].obligation_id):
        obligation = obligation_at(client, shipment_id, index)
        before, obligation.due = obligation.due, due_on(rules, client, obligation, step[0])
        move_place(position, OpenObligation(before, obligation.id, shipment_id, index), obligation.due)


def _write_off(rules: Rules, client: Client, position: Position, step: Step) -> None:
    """What is outstanding is owed no longer."""
    wanted = client.facts.changes.written_off[step[2]].obligation_id
    for place in [place for place in position.open if place.id == wanted]:
        obligation = obligation_at(client, place.shipment_id, place.index)
        reduce(rules, position, place, obligation, obligation.outstanding, step[0])
    position.money_step = step


def _opening(rules: Rules, client: Client, position: Position, step: Step) -> None:
    """What was open, overdue and unapplied when the client came into the system, at the beginning of the day."""
    day = step[0]
    opening = client.facts.openings[step[2]]
    for index, obligation in enumerate(opening.obligations):
        begin(rules, client, ("", index), obligation, day)
        if obligation.amount:
            raise_again(rules, position, ("", index), obligation, obligation.amount, min(obligation.due, day - 1))
    for obligation_id, first, last in opening.episodes:
        insert_run(position.late, Run(first, last, 0, obligation_id, ""))
    if opening.unapplied:
        opening.rest = opening.unapplied
        position.unapplied += opening.rest
        position.money_step = step
        _make_general(position, step)
