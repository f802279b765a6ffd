"""The contract of the outputs: one model an event, with a description of every field.

The rules build outputs by hand for speed; tests validate each against these models, which allow no field they do not
name. Readers must allow them: within a major version fields are added, never removed or changed in meaning, so the
generated JSON Schema does not forbid others.
"""

from typing import Final

from pydantic import BaseModel

from schemas.outputs.alerts import ShippedWhileBlocked, ShippedWithoutApproval
from schemas.outputs.blocks import ShipmentBlocked, ShipmentReleased
from schemas.outputs.categories import CategoryChanged
from schemas.outputs.common import Common
from schemas.outputs.decisions import (
    ShipmentApprovalExpired,
    ShipmentApprovalWithdrawn,
    ShipmentApproved,
    ShipmentRefused,
)
from schemas.outputs.forms import EXTENSIBLE
from schemas.outputs.status import ClientStatus

__all__ = ["EXTENSIBLE", "MODELS", "Common", "validate_output"]

MODELS: Final[dict[str, type[Common]]] = {
    "category.changed": CategoryChanged,
    "shipment.blocked": ShipmentBlocked,
    "shipment.released": ShipmentReleased,
    "shipment.approved": ShipmentApproved,
    "shipment.refused": ShipmentRefused,
    "shipment.approval_expired": ShipmentApprovalExpired,
    "shipment.approval_withdrawn": ShipmentApprovalWithdrawn,
    "shipment.shipped_while_blocked": ShippedWhileBlocked,
    "shipment.shipped_without_approval": ShippedWithoutApproval,
    "client.status": ClientStatus,
}
"""The model of each output type."""


def validate_output(value: bytes) -> Common:
    """The output in a record's value, every field checked; raises `pydantic.ValidationError`, KeyError for its type."""
    kind = _Typed.model_validate_json(value).type
    return MODELS[kind].model_validate_json(value)


class _Typed(BaseModel):
    type: str
