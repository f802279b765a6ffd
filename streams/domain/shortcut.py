"""Late facts that need no replay: when what happened after their place in the order would have gone the same way.

Each check is a sufficient condition. Common to all: while an obligation is open there is no general money unapplied, so
later steps can have met the late fact only where they touched the same obligation.
"""

from streams.domain.debts import raise_again
from streams.domain.lookup import DISPATCH, PAYMENT, RETURN, instalments_of, obligation_at
from streams.domain.obligation_changes import any_known
from streams.domain.policy import Rules
from streams.domain.state import Client, Days, OpenObligation, Payment, Position, Step
from streams.domain.steps import in_time, pay, return_to


def taken(rules: Rules, client: Client, step: Step) -> bool:
    """Take a late step in place when the result is that of a replay; False (nothing changed) when that is not sure."""
    if any_known(client):
        return False  # due dates of other days decide
    if step[1] == PAYMENT:
        return _payment(rules, client, step)
    if step[1] == DISPATCH:
        return _dispatch(rules, client, step)
    return step[1] == RETURN and _return(rules, client, step)


def _payment(rules: Rules, client: Client, step: Step) -> bool:
    """Named obligations take it all and no money has touched them since; or no money has moved at all since."""
    position, day = client.position, step[0]
    payment = client.facts.payments[step[2]]
    places = _named(client, payment, day)
    if places is None:
        return False
    left = payment.amount - sum(_outstanding(client, place) for place in places)
    named_count = len(places)
    if left > 0:
        general = _general(client, position, places, left, step)
        if general is None:
            return False
        places += general
    payment.rest = payment.amount
    for number, place in enumerate(places):
        pay(rules, client, payment, place, day)
        if number >= named_count:
            position.general_day = max(position.general_day, day)
            position.general_due = max(position.general_due, place.due)
    position.money_step = max(position.money_step, step)
    return True


def _outstanding(client: Client, place: OpenObligation) -> int:
    return obligation_at(client, place.shipment_id, place.index).outstanding


def _untouched(client: Client, place: OpenObligation, day: Days) -> bool:
    """There by `day`, and no money moved on it since the day before."""
    return obligation_at(client, place.shipment_id, place.index).moved < day and _there(client, place, day)


def _there(client: Client, place: OpenObligation, day: Days) -> bool:
    return not place.shipment_id or client.facts.dispatches[place.shipment_id].day <= day


def _named(client: Client, payment: Payment, day: Days) -> list[OpenObligation] | None:
    """The named obligations that the money reaches; None when one of them needs a replay."""
    left, places = payment.amount, []
    for name in payment.names:
        place = next((place for place in client.position.open if place.id == name), None)
        if place is None or not _untouched(client, place, day) or place in places:
            return None
        places.append(place)
        left -= _outstanding(client, place)
        if left <= 0:
            break
    return places


def _general(
    client: Client, position: Position, named: list[OpenObligation], left: int, step: Step
) -> list[OpenObligation] | None:
    """What is left goes oldest due first and must be used up by what was open then."""
    if position.money_step > step or position.unspent or position.kept:
        return None
    places = []
    for place in position.open:
        if place in named or not _there(client, place, step[0]):
            continue
        places.append(place)
        left -= _outstanding(client, place)
        if left <= 0:
            return places
    return None


def _dispatch(rules: Rules, client: Client, step: Step) -> bool:
    """No money has lain idle since, none is kept, and none that could choose has reached so late a due date."""
    position, day = client.position, step[0]
    if position.unspent or position.kept or position.idle_day >= day:
        return False
    obligations = client.facts.dispatches[step[2]].obligations
    if position.general_day >= day:
        earliest = min(rules.due_in_force(obligation.due_stated) for obligation in obligations)
        if earliest <= position.general_due:
            return False
    for index, obligation in enumerate(obligations):
        obligation.due = rules.due_in_force(obligation.due_stated)
        if obligation.amount:
            raise_again(rules, position, (step[2], index), obligation, obligation.amount, day)
    return True


def _return(rules: Rules, client: Client, step: Step) -> bool:
    """The shipment's own obligations take it all and no money has touched them since; or it has no effect."""
    goods = client.facts.returns[step[2]]
    places = instalments_of(client, goods.shipment_id)
    if in_time(rules, client, goods, places, step[0]):
        if any(one.moved >= step[0] for _, _, one in places):
            return False
        if sum(one.outstanding for _, _, one in places) < goods.amount:
            return False
        return_to(rules, client, goods, places, step[0])
        client.position.money_step = max(client.position.money_step, step)
    return True
