"""Facts found by what refers to them, and the ranks that order them within a day."""

from hashlib import blake2b
from typing import Final

from streams.domain.state import Client, Days, Money, Obligation, Payment, Step

# ranks within a day, by the rules; what begins at 00:00 comes before them, sales do not touch money
RESCHEDULE: Final = -3
OPENING: Final = -2
EXPIRY: Final = -1
DISPATCH: Final = 0
PAYMENT: Final = 1
REVERSAL: Final = 2
RETURN: Final = 3
WRITE_OFF: Final = 4
SALE: Final = 5
SALE_RETURN: Final = 6

Place = tuple[str, int, Obligation]
"""(shipment id, index, obligation)"""


def obligation_at(client: Client, shipment_id: str, index: int) -> Obligation:
    """An obligation by its place; shipment id "" for the opening balances in force."""
    if shipment_id:
        return client.facts.dispatches[shipment_id].obligations[index]
    opening = opening_in_force(client)
    assert opening is not None, "an obligation of opening balances outlived them"
    return client.facts.openings[opening].obligations[index]


def opening_in_force(client: Client) -> str | None:
    """Id of the opening balances that hold: the latest as-of date, then id; None when there are none."""
    best: tuple[Days, str] | None = None
    for opening_id, opening in client.facts.openings.items():
        if not opening.voided and (best is None or (opening.day, opening_id) > best):
            best = opening.day, opening_id
    return None if best is None else best[1]


def money_of(client: Client, step: Step) -> Money:
    """The fact that brought the money of `step`."""
    facts = client.facts
    if step[1] == PAYMENT:
        return facts.payments[step[2]]
    return facts.returns[step[2]] if step[1] == RETURN else facts.openings[step[2]]


def instalments_of(client: Client, shipment_id: str) -> list[Place]:
    """(place, obligation) of a shipment: dispatched, or open in the opening balances; empty when neither is there."""
    dispatch = client.facts.dispatches.get(shipment_id)
    opening_id = opening_in_force(client) if client.facts.openings else None
    begins = 0 if opening_id is None else client.facts.openings[opening_id].day
    if dispatch is not None and not dispatch.voided and dispatch.day >= begins:
        return [(shipment_id, index, one) for index, one in enumerate(dispatch.obligations)]
    if opening_id is None:
        return []
    obligations = client.facts.openings[opening_id].obligations
    return [("", index, one) for index, one in enumerate(obligations) if one.shipment_id == shipment_id]


def missing_names(client: Client, payment: Payment, step: Step) -> list[str]:
    """The obligations a payment names that are not there when `step` takes effect."""
    return [name for name in payment.names if not _is_there(client, name, step)]


def digest_of(obligation_id: str) -> bytes:
    """8 bytes that stand for the id of an obligation folded away."""
    return blake2b(obligation_id.encode(), digest_size=8).digest()


def _is_there(client: Client, obligation_id: str, step: Step) -> bool:
    facts = client.facts
    opening_id = opening_in_force(client) if facts.openings else None
    begins = 0
    if opening_id is not None:
        begins = facts.openings[opening_id].day
        if any(obligation.id == obligation_id for obligation in facts.openings[opening_id].obligations):
            return True
    for shipment_id, dispatch in reversed(facts.dispatches.items()):  # what is paid came lately, as a rule
        if not dispatch.voided and begins <= dispatch.day and (dispatch.day, DISPATCH, shipment_id) <= step:
            for obligation in dispatch.obligations:
                if obligation.id == obligation_id:
                    return True
    return begins < facts.folded_before and digest_of(obligation_id) in facts.folded_ids
