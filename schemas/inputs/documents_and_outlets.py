"""Inputs of the topic `clients` about its documents and trading points."""

from typing import Literal

from schemas.fields import Day, Id
from schemas.inputs.base import Fact


class DocumentSigned(Fact):
    """A document was signed and accepted."""

    type: Literal["document.signed"]
    document: Literal["cooperation_agreement", "supply_contract"]
    number: Id
    on: Day
    """From this date on it is in force."""
    form: Literal["original", "copy"]
    """A copy is preliminary control; whether it counts is the policy's."""
    accepted_by: Id
    """The head of the direction."""
    direction: Id


class DocumentEnded(Fact):
    """A document is no longer in force."""

    type: Literal["document.ended"]
    document: Literal["cooperation_agreement", "supply_contract"]
    number: Id
    on: Day
    """The first date on which it is no longer in force."""


class OutletOpened(Fact):
    """A client opened a trading point."""

    type: Literal["outlet.opened"]
    outlet_id: Id
    on: Day
    territory: Id
    mall: Id | None = None
    """The mall it lies in, by the id the policy lists."""


class OutletClosed(Fact):
    """A client closed a trading point."""

    type: Literal["outlet.closed"]
    outlet_id: Id
    on: Day
    """The first date on which it is no longer active."""
    territory: Id | None = None
    mall: Id | None = None
