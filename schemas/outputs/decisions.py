"""Outputs of the topic `shipment-decisions`: the answer to each request, and what becomes of an approval."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.outputs.common import Because, Common, Explanation, LiftedBy, Part
from schemas.outputs.forms import Instant, Money, RefusalReason


class Refusal(Part):
    """One reason not to ship, and the way out."""

    reason: RefusalReason
    because: list[Because]
    lifted_by: list[LiftedBy]
    """Empty: nobody lifts it; ask for something else."""
    explanation: Explanation


class Decision(Common):
    """What every answer to a request carries."""

    shipment_id: str
    amount_reserved: Money
    """In the policy's currency; 0.00 when nothing is."""
    currency: str
    reserved_until: Instant | None
    """Then the approval expires; null: nothing is reserved."""
    reasons: list[Refusal]
    repeated: bool
    """The same was asked before: this is the answer of then, and what is reserved now."""


class ShipmentApproved(Decision):
    """Ship it: the amount is reserved until dispatch, cancellation or `reserved_until`."""

    type: Literal["shipment.approved"]
    reserved_until: Instant
    overrides: list[str]
    """Ids of the overrides without which it would be refused."""


class ShipmentRefused(Decision):
    """Do not ship it, and every reason why."""

    type: Literal["shipment.refused"]
    reasons: Annotated[list[Refusal], Field(min_length=1)]


class ShipmentApprovalExpired(Common):
    """An approval was not used in time: ask again."""

    type: Literal["shipment.approval_expired"]
    shipment_id: str
    amount_released: Money
    """What is no longer reserved."""
    currency: str
    reasons: list[Refusal]
    """Always empty: time alone."""


class ShipmentApprovalWithdrawn(Common):
    """Do not ship it after all: the client was blocked."""

    type: Literal["shipment.approval_withdrawn"]
    shipment_id: str
    amount_released: Money
    """What is no longer reserved."""
    currency: str
    reasons: Annotated[list[Refusal], Field(min_length=1)]
