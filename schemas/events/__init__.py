"""Input events as the fold receives them: decoded straight from bytes, numbers already in their units.

The pydantic models in `schemas.inputs` are the contract; these structs are its fast form. `schemas.decoding.decode`
gives one of them or says why the record is no event. `*_minor` is money in minor units of `currency`, `*_milli` a
quantity in thousandths, `*_ms` an instant in milliseconds, `digest` eight bytes over the normalised body (equal bodies,
equal digests; `revision` is part of it, unknown fields and formatting are not).
"""

from schemas.events.base import Event
from schemas.events.clients import (
    ClientClosed,
    ClientOpened,
    ClientRegistered,
    OpeningObligation,
    OpeningTurnover,
    OpeningViolation,
)
from schemas.events.documents_and_outlets import DocumentEnded, DocumentSigned, OutletClosed, OutletOpened
from schemas.events.judgements import (
    ConductCleared,
    ConductRecorded,
    CreditLimitSet,
    FirstDealDecided,
    Judgement,
    OverrideGranted,
    OverrideRevoked,
)
from schemas.events.obligations import (
    ObligationDisputed,
    ObligationRescheduled,
    ObligationResolved,
    ObligationWrittenOff,
)
from schemas.events.payments import PaymentReceived, PaymentReversed, PaymentsCompleted
from schemas.events.policies import PolicyActivated
from schemas.events.sales import SaleRecorded, SaleReturned, SellThroughReported, SoldLine
from schemas.events.shipments import (
    GoodsReturned,
    Instalment,
    Line,
    Shipment,
    ShipmentCancelled,
    ShipmentDispatched,
    ShipmentRequested,
)

__all__ = [
    "BROADCASTS",
    "CLIENT_EVENTS",
    "Broadcast",
    "ClientClosed",
    "ClientEvent",
    "ClientOpened",
    "ClientRegistered",
    "ConductCleared",
    "ConductRecorded",
    "CreditLimitSet",
    "DocumentEnded",
    "DocumentSigned",
    "Event",
    "FirstDealDecided",
    "GoodsReturned",
    "Instalment",
    "Judgement",
    "Line",
    "ObligationDisputed",
    "ObligationRescheduled",
    "ObligationResolved",
    "ObligationWrittenOff",
    "OpeningObligation",
    "OpeningTurnover",
    "OpeningViolation",
    "OutletClosed",
    "OutletOpened",
    "OverrideGranted",
    "OverrideRevoked",
    "PaymentReceived",
    "PaymentReversed",
    "PaymentsCompleted",
    "PolicyActivated",
    "SaleRecorded",
    "SaleReturned",
    "SellThroughReported",
    "Shipment",
    "ShipmentCancelled",
    "ShipmentDispatched",
    "ShipmentRequested",
    "SoldLine",
]

ClientEvent = (
    PaymentReceived
    | PaymentReversed
    | ShipmentRequested
    | ShipmentCancelled
    | ShipmentDispatched
    | GoodsReturned
    | SaleRecorded
    | SaleReturned
    | SellThroughReported
    | ClientRegistered
    | ClientOpened
    | ClientClosed
    | DocumentSigned
    | DocumentEnded
    | OutletOpened
    | OutletClosed
    | ObligationRescheduled
    | ObligationDisputed
    | ObligationResolved
    | ObligationWrittenOff
    | CreditLimitSet
    | ConductRecorded
    | ConductCleared
    | OverrideGranted
    | OverrideRevoked
    | FirstDealDecided
)
Broadcast = PaymentsCompleted | PolicyActivated

CLIENT_EVENTS: tuple[type[ClientEvent], ...] = (
    PaymentReceived,
    PaymentReversed,
    ShipmentRequested,
    ShipmentCancelled,
    ShipmentDispatched,
    GoodsReturned,
    SaleRecorded,
    SaleReturned,
    SellThroughReported,
    ClientRegistered,
    ClientOpened,
    ClientClosed,
    DocumentSigned,
    DocumentEnded,
    OutletOpened,
    OutletClosed,
    ObligationRescheduled,
    ObligationDisputed,
    ObligationResolved,
    ObligationWrittenOff,
    CreditLimitSet,
    ConductRecorded,
    ConductCleared,
    OverrideGranted,
    OverrideRevoked,
    FirstDealDecided,
)
"""Every event about one client, whether a rule takes it already or not."""
BROADCASTS: tuple[type[Broadcast], ...] = (PaymentsCompleted, PolicyActivated)
