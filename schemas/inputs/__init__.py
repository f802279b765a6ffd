"""The contract of the inputs: one model an event, strict, with a description of every field.

These models decide what a valid record is; `schemas.decoding` is their fast form and a test holds the two together.
JSON Schema and AsyncAPI are generated from them. Within a major version only optional fields are added. Unknown fields
are ignored. Amounts are decimal strings with at most two places, times RFC 3339 with offset, dates ISO.
"""

from typing import Final

from schemas.inputs import clients, documents_and_outlets, judgements, obligations, payments, policies, sales, shipments
from schemas.inputs.base import Fact, Input, VoidedFact, VoidedShipment

__all__ = ["MODELS", "Fact", "Input", "voided_model"]

MODELS: Final[dict[str, type[Input]]] = {
    "payment.received": payments.PaymentReceived,
    "payment.reversed": payments.PaymentReversed,
    "payments.completed": payments.PaymentsCompleted,
    "shipment.requested": shipments.ShipmentRequested,
    "shipment.cancelled": shipments.ShipmentCancelled,
    "shipment.dispatched": shipments.ShipmentDispatched,
    "goods.returned": shipments.GoodsReturned,
    "sale.recorded": sales.SaleRecorded,
    "sale.returned": sales.SaleReturned,
    "sell_through.reported": sales.SellThroughReported,
    "client.registered": clients.ClientRegistered,
    "client.opened": clients.ClientOpened,
    "client.closed": clients.ClientClosed,
    "document.signed": documents_and_outlets.DocumentSigned,
    "document.ended": documents_and_outlets.DocumentEnded,
    "outlet.opened": documents_and_outlets.OutletOpened,
    "outlet.closed": documents_and_outlets.OutletClosed,
    "obligation.rescheduled": obligations.ObligationRescheduled,
    "obligation.disputed": obligations.ObligationDisputed,
    "obligation.resolved": obligations.ObligationResolved,
    "obligation.written_off": obligations.ObligationWrittenOff,
    "credit_limit.set": judgements.CreditLimitSet,
    "conduct.recorded": judgements.ConductRecorded,
    "conduct.cleared": judgements.ConductCleared,
    "override.granted": judgements.OverrideGranted,
    "override.revoked": judgements.OverrideRevoked,
    "first_deal.decided": judgements.FirstDealDecided,
    "policy.activated": policies.PolicyActivated,
}
"""The model of each event type."""

_OF_A_SHIPMENT: Final = ("shipment.dispatched", "shipment.requested")
"""Facts known by their `shipment_id` and not by their own id."""


def voided_model(kind: str) -> type[VoidedFact]:
    """The model of a withdrawn fact of this type."""
    return VoidedShipment if kind in _OF_A_SHIPMENT else VoidedFact
