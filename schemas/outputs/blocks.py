"""Outputs of the topic `shipment-blocks`: the last record of a client is the truth."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.outputs.common import Because, Common, Explanation, LiftedBy, Part
from schemas.outputs.forms import Instant, Reason


class Condition(Part):
    """An active stop condition."""

    reason: Reason
    since: Instant
    because: list[Because]
    lifted_by: list[LiftedBy]
    explanation: Explanation
    overrides: list[str] = []
    """Ids of the overrides that cover it; while one does, it blocks nothing by itself."""


class ShipmentBlocked(Common):
    """Do not ship to this client: all stop conditions that are active now, at least one of them not overridden."""

    type: Literal["shipment.blocked"]
    conditions: Annotated[list[Condition], Field(min_length=1)]
    opened: list[Reason]
    """What began to block."""
    closed: list[Reason]
    """What ceased to block."""
    overridden: bool = False
    """A person's override covers some of the conditions."""
    overrides: list[str] = []
    """The overrides that do, by id."""


class ShipmentReleased(Common):
    """The client may be shipped to again: no stop condition is active, or a person overrides those that are."""

    type: Literal["shipment.released"]
    closed: list[Reason]
    overridden: bool
    """A person's override covers what is still active."""
    overrides: list[str]
    """The overrides that do, by id."""
