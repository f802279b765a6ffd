"""Outputs of the topic `shipment-alerts`: goods went out that should not have."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.outputs.common import Common
from schemas.outputs.decisions import Refusal
from schemas.outputs.forms import Instant, Money, Reason, open_names

Approval = Annotated[
    Literal["none", "refused", "cancelled", "expired", "withdrawn", "exceeded"],
    open_names("none", "refused", "cancelled", "expired", "withdrawn", "exceeded"),
]


class Alert(Common):
    """The dispatch it is about; goods that went out are booked, approved or not."""

    shipment_id: str
    dispatched_at: Instant
    amount: Money
    """Payable, in the policy's currency."""
    currency: str


class ShippedWhileBlocked(Alert):
    """Goods left at an instant inside a block, as it was published then."""

    type: Literal["shipment.shipped_while_blocked"]
    conditions: Annotated[list[Reason], Field(min_length=1)]
    """The stop conditions published at that instant."""
    blocked_from: Instant
    """When the client was blocked."""
    blocked_until: Instant | None
    """When it was released; null: it still is."""
    block_id: str
    """The output that said so at that instant: `<client>:<sequence>` of `shipment-blocks`."""


class ShippedWithoutApproval(Alert):
    """Goods left that nobody had approved, or more than was approved."""

    type: Literal["shipment.shipped_without_approval"]
    approval: Approval
    """What there was instead; exceeded: an approval for less."""
    amount_approved: Money
    """0.00 without an approval in force."""
    reasons: list[Refusal]
    """Why a request at that moment would have been refused; empty: it would have been approved."""
