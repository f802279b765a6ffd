"""Where a client's state holds the fact of each event: the fuzz looks there itself, whatever the rules answered."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from streams.domain.state import Client, Facts

_BOOKED: Final[dict[str, Callable[[Facts], Mapping[str, Any]]]] = {
    "payment.received": lambda facts: facts.payments,
    "payment.reversed": lambda facts: facts.reversals,
    "shipment.dispatched": lambda facts: facts.dispatches,
    "shipment.requested": lambda facts: {} if facts.requests is None else facts.requests.asked,
    "goods.returned": lambda facts: facts.returns,
    "sale.recorded": lambda facts: facts.sales,
    "sale.returned": lambda facts: facts.sale_returns,
    "client.registered": lambda facts: facts.registrations,
    "client.opened": lambda facts: facts.openings,
    "client.closed": lambda facts: facts.about.closings,
    "document.signed": lambda facts: facts.about.signings,
    "document.ended": lambda facts: facts.about.endings,
    "outlet.opened": lambda facts: facts.about.outlets_opened,
    "outlet.closed": lambda facts: facts.about.outlets_closed,
    "obligation.rescheduled": lambda facts: facts.changes.rescheduled,
    "obligation.disputed": lambda facts: facts.changes.disputed,
    "obligation.resolved": lambda facts: facts.changes.resolved,
    "obligation.written_off": lambda facts: facts.changes.written_off,
    "credit_limit.set": lambda facts: facts.limits,
    "conduct.recorded": lambda facts: {} if facts.judgements is None else facts.judgements.breaches,
    "conduct.cleared": lambda facts: {} if facts.judgements is None else facts.judgements.clearings,
    "override.granted": lambda facts: {} if facts.judgements is None else facts.judgements.overrides,
    "override.revoked": lambda facts: {} if facts.judgements is None else facts.judgements.revocations,
    "first_deal.decided": lambda facts: {} if facts.judgements is None else facts.judgements.first_deal,
    "sell_through.reported": lambda facts: {} if facts.deal is None else facts.deal.reports,
}
WITHOUT_FACT: Final = ("shipment.cancelled", "sell_through.reported")
"""What a cancellation leaves is in its request; a report that no first deal asks for is not kept."""
FORGOTTEN: Final = (*WITHOUT_FACT, "shipment.requested")
"""What may be said anew: requests are forgotten some time after they ended, and a repeat is answered again."""


def fact_id(event: Any) -> str:
    """The id by which the contract knows a fact: of a shipment, and of the request for one, the shipment's."""
    shipment = event.type in ("shipment.dispatched", "shipment.requested")
    return str(event.shipment_id if shipment else event.id)


def fact_of(state: Client, event: Any) -> Any:
    """The fact that the state holds under the event's id; None when there is none."""
    booked = _BOOKED.get(event.type)
    return None if booked is None else booked(state.facts).get(fact_id(event))
