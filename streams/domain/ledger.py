"""Facts in: one call takes an event, refuses it or books it, and leaves everything derived up to date."""

from collections.abc import Callable
from typing import Any, Final

from schemas.events import (
    ClientClosed,
    ClientEvent,
    ClientOpened,
    ClientRegistered,
    ConductCleared,
    ConductRecorded,
    CreditLimitSet,
    DocumentEnded,
    DocumentSigned,
    FirstDealDecided,
    GoodsReturned,
    ObligationDisputed,
    ObligationRescheduled,
    ObligationResolved,
    ObligationWrittenOff,
    OutletClosed,
    OutletOpened,
    OverrideGranted,
    OverrideRevoked,
    PaymentReceived,
    PaymentReversed,
    SaleRecorded,
    SaleReturned,
    SellThroughReported,
    ShipmentCancelled,
    ShipmentDispatched,
    ShipmentRequested,
)
from schemas.records import Source
from streams.domain import (
    allocation,
    balances,
    booking_changes,
    booking_requests,
    conduct,
    documents_and_outlets,
    first_deal_decisions,
    folding,
    overrides,
    sales,
    sell_through,
    shipments_and_payments,
)
from streams.domain.lookup import opening_in_force
from streams.domain.policy import Rules
from streams.domain.refusals import FACTS_OF_ANY_AMOUNT, Accepted, Refused, too_large_beside_many
from streams.domain.registration import in_force
from streams.domain.state import Client, Days, Instant, Opening, Registration
from streams.domain.waiting import expire_waiting, next_expiry

__all__ = ["Accepted", "Refused", "accept", "expire_waiting", "next_expiry", "opening", "registration", "takes"]

_Handler = Callable[[Rules, Client, Any, Days, Instant, Source], Accepted | Refused]
_HANDLERS: Final[dict[type, _Handler]] = {
    ShipmentDispatched: shipments_and_payments.dispatched,
    PaymentReceived: shipments_and_payments.paid,
    PaymentReversed: shipments_and_payments.reversed_,
    GoodsReturned: shipments_and_payments.returned,
    SaleRecorded: sales.recorded,
    SaleReturned: sales.returned,
    ClientOpened: balances.opened,
    ClientRegistered: balances.registered,
    CreditLimitSet: balances.limited,
    ObligationRescheduled: booking_changes.changed,
    ObligationDisputed: booking_changes.changed,
    ObligationResolved: booking_changes.changed,
    ObligationWrittenOff: booking_changes.changed,
    DocumentSigned: documents_and_outlets.document_signed,
    DocumentEnded: documents_and_outlets.document_ended,
    OutletOpened: documents_and_outlets.outlet_opened,
    OutletClosed: documents_and_outlets.outlet_closed,
    ClientClosed: documents_and_outlets.client_closed,
    ConductRecorded: conduct.recorded,
    ConductCleared: conduct.cleared,
    OverrideGranted: overrides.granted,
    OverrideRevoked: overrides.revoked,
    SellThroughReported: sell_through.reported,
    FirstDealDecided: first_deal_decisions.decided,
    ShipmentRequested: booking_requests.requested,
    ShipmentCancelled: booking_requests.cancelled,
}


def stand_at(rules: Rules, client: Client, day: Days) -> None:
    """Bring the position to `day` and fold away what is then older than the horizon, as `accept` does first."""
    if client.position.day < day:
        allocation.advance(rules, client, day)
    if folding.is_due(rules, client, day):
        folding.fold(rules, client, day)


def takes(kind: type) -> bool:
    """Whether a rule takes events of this type: the contract may already know one that no rule does."""
    return kind in _HANDLERS


def accept(
    rules: Rules, client: Client, event: ClientEvent, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """Take one event of the client, decided at `at` on `day` (today).

    First brings the position to `day` (`allocation.advance`), then books the fact and moves or replays the position: on
    return everything derived is up to date. Signatures (of judgements) and ages are checked before, elsewhere.
    A reversal or return without its partner is kept in `facts.waiting` with the record's bytes.
    """
    stand_at(rules, client, day)
    if client.facts.count > FACTS_OF_ANY_AMOUNT and (refused := too_large_beside_many(event)) is not None:
        return refused
    return _HANDLERS[type(event)](rules, client, event, day, at, source)


def opening(client: Client) -> Opening | None:
    """The opening balances in force (latest as-of date, then id)."""
    opening_id = opening_in_force(client)
    return None if opening_id is None else client.facts.openings[opening_id]


def registration(client: Client) -> Registration | None:
    """The registration in force (latest date, then id)."""
    return in_force(client)
