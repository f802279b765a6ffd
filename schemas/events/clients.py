"""Events of the topic `clients` about the client itself."""

from datetime import date

import msgspec

from schemas.events.base import Event, Id, Text


class ClientRegistered(Event, tag="client.registered"):
    name: Text = ""
    wholesaler: bool = False
    activities: list[Id] = []
    territory: Id | None = None
    directions: list[Id] = []
    registered_on: date = date.min


class OpeningObligation(msgspec.Struct):
    """An obligation open on the opening date; `amount` is what is still outstanding."""

    obligation_id: str
    due_date: date
    amount: str
    shipment_id: str | None = None
    amount_minor: int = 0


class OpeningViolation(msgspec.Struct):
    """An episode of the past: overdue days `first_day` through `last_day` of one obligation."""

    obligation_id: str
    first_day: date
    last_day: date


class OpeningTurnover(msgspec.Struct):
    """Turnover of one month (`YYYY-MM`) in one scope."""

    month: str
    amount: str
    direction: str | None = None
    territory: str | None = None
    amount_minor: int = 0


class ClientOpened(Event, tag="client.opened"):
    as_of: date = date.min
    currency: str = ""
    name: str = ""
    lifecycle: str = "active"
    unapplied: str = "0.00"
    obligations: list[OpeningObligation] = []
    violations: list[OpeningViolation] = []
    turnover: list[OpeningTurnover] = []
    outlets: list[dict[str, str]] = []
    documents: list[dict[str, str]] = []
    rate: str | None = None
    unapplied_minor: int = 0


class ClientClosed(Event, tag="client.closed"):
    on: date = date.min
