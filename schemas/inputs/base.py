"""What every input is made of: a strict model, and what a fact about a client carries."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from schemas.fields import Id, Revision


class Input(BaseModel):
    """Strict: no text for a number, no number for a text."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", use_attribute_docstrings=True)


class Fact(Input):
    """What every fact about a client carries."""

    id: Id
    """Unique per client and type."""
    client_id: Id
    """The client; also the record's key."""
    revision: Revision = 1
    """The highest revision of a fact replaces the others."""
    voided: bool = False
    """True withdraws the fact; the other fields are then not needed and not read."""


class VoidedFact(Fact):
    """Withdraws a fact: its identity is enough."""

    voided: Literal[True]


class VoidedShipment(VoidedFact):
    """Withdraws a shipment, or the request for one: its business id is needed as well."""

    shipment_id: Id
