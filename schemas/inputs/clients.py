"""Inputs of the topic `clients` about the client itself: registered, opened, closed."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fields import Currency, Day, Id, Money, Month, ObligationId, Rate, Text
from schemas.inputs.base import Fact, Input


class ClientRegistered(Fact):
    """Who a client is; a higher revision updates it."""

    type: Literal["client.registered"]
    name: Annotated[str, Field(min_length=1, max_length=500)]
    wholesaler: bool = False
    activities: list[Id] = []
    territory: Id | None = None
    directions: list[Id] = []
    registered_on: Day


class OpeningObligation(Input):
    """An obligation open on the opening date."""

    obligation_id: ObligationId
    due_date: Day
    amount: Money
    """What is still outstanding."""
    shipment_id: Id | None = None


class OpeningViolation(Input):
    """An episode of the past: the first and the last overdue day of one obligation."""

    obligation_id: ObligationId
    first_day: Day
    last_day: Day

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last_day < self.first_day:
            raise PydanticCustomError("order", "last_day: must not lie before first_day")
        return self


class OpeningTurnover(Input):
    """Turnover of one month in one scope."""

    month: Month
    """Like 2026-03."""
    amount: Money
    direction: Id | None = None
    territory: Id | None = None


class OpeningOutlet(Input):
    """A trading point that was open on the opening date."""

    outlet_id: Id
    territory: Id | None = None
    mall: Id | None = None


class OpeningDocument(Input):
    """A document in force on the opening date."""

    document: Literal["cooperation_agreement", "supply_contract"]
    number: Id
    direction: Id | None = None


class ClientOpened(Fact):
    """Balances of a client that existed before the system; facts dated before `as_of` are in them already."""

    type: Literal["client.opened"]
    as_of: Day
    currency: Currency
    name: Text = ""
    lifecycle: Literal["potential", "new", "active", "lost"] = "active"
    unapplied: Money = "0.00"
    """Money that no obligation had taken."""
    obligations: list[OpeningObligation] = []
    violations: list[OpeningViolation] = []
    turnover: list[OpeningTurnover] = []
    outlets: list[OpeningOutlet] = []
    documents: list[OpeningDocument] = []
    rate: Rate | None = None
    """Policy currency per unit of `currency`; needed when they differ."""

    @model_validator(mode="after")
    def _obligations_once(self) -> Self:
        ids = [obligation.obligation_id for obligation in self.obligations]
        if len(set(ids)) != len(ids):
            raise PydanticCustomError("twice", "obligations: two of them share an obligation_id; make them differ")
        return self

    @model_validator(mode="after")
    def _past(self) -> Self:
        if any(violation.last_day >= self.as_of for violation in self.violations):
            text = "violations: must end before as_of; what is still overdue is one of the obligations"
            raise PydanticCustomError("order", text)
        if any(row.month > self.as_of.isoformat()[:7] for row in self.turnover):
            raise PydanticCustomError("order", "turnover: must be of months up to that of as_of")
        return self


class ClientClosed(Fact):
    """The company no longer works with the client."""

    type: Literal["client.closed"]
    on: Day
