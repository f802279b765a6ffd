"""The answers as models, for OpenAPI and whoever writes a client; events are those of `schemas.outputs`."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.outputs.common import Because, Explanation, LiftedBy
from schemas.outputs.status import Reservation
from streams.views.serving.roles import Right, Role


class _Answer(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class Session(_Answer):
    """Who calls."""

    name: str
    roles: list[Role]
    may: list[Right]
    csrf_token: str | None
    """For the header X-CSRF-Token; null for a bearer token."""
    expires_at: str | None
    roles_held: list[Role]
    """All that the token gives; `roles` are those of them that the session goes on with."""


class Reason(_Answer):
    """Why not, or why nobody knows."""

    reason: str
    """A reason of the rules; with *unknown* worker_silent, worker_behind, projector_behind, change_overdue,
    client_unknown or request_needed."""
    since: str | None
    because: list[Because]
    lifted_by: list[LiftedBy]
    explanation: Explanation


class MayShip(_Answer):
    """Whether an amount may be shipped to a client now."""

    client_id: str
    decision: Literal["approve", "refuse", "unknown"]
    """unknown: ask a person."""
    amount: str
    currency: str
    shipment_id: str | None
    reasons: list[Reason]
    reservation: Reservation | None
    """The approval in force of that shipment."""
    overrides: list[str]
    """Ids without which it would be refused."""
    flags: list[str]
    sequence: int | None
    as_of: str | None
    """Whatever had reached Kafka by then is in the answer; null: nothing is known."""


class Freshness(_Answer):
    """Whether what is said of a partition's clients can be relied on now."""

    partition: int
    as_of: str | None
    fresh: bool
    reason: str | None
    age_ms: int | None
    """How long ago `as_of` was when this was answered; null: nothing is known."""


class ClientAnswer(_Answer):
    """A client."""

    client_id: str
    name: str | None
    status: dict[str, Any]
    """The event client.status."""
    block: dict[str, Any] | None
    """The last shipment.blocked or shipment.released; null: never blocked."""
    freshness: Freshness
    now: str
    """By the server's clock, in the company's time zone; with simulated time that of the outputs."""


class HistoryItem(_Answer):
    """One event and its topic."""

    topic: str
    event: dict[str, Any]


class History(_Answer):
    """Events of a client, newest first."""

    items: list[HistoryItem]
    next: str | None
    """For `before`."""


class ShipmentAnswer(_Answer):
    """The last answer about a shipment."""

    event: dict[str, Any]


class ClientRow(_Answer):
    """A client in short."""

    client_id: str
    name: str | None
    blocked: bool
    blocked_since: str | None
    reasons: list[str]
    risk_group: int
    volume: str
    lifecycle: str | None
    currency: str
    outstanding: str
    overdue: str
    overdue_since: str | None
    due_next: str | None
    blocks_at: str | None
    """When it will be blocked if nothing arrives."""
    flags: list[str]
    sequence: int
    as_of: str
    explanation: Explanation


class ClientList(_Answer):
    """A page of a list."""

    items: list[ClientRow]
    total: int | None
    next: str | None
    """For `cursor`."""
    list: str


class PolicyName(_Answer):
    """The policy in force."""

    version: int
    digest: str


class Summary(_Answer):
    """How many clients each list has."""

    clients: int
    blocked: int
    calls: int
    blocked_tomorrow: int
    largest_overdue: int
    risk_groups: dict[str, int]
    currency: str
    policy: PolicyName
    now: str
    """By the server's clock, in the company's time zone; with simulated time that of the outputs."""
    partitions: list[Freshness]


class Said(_Answer):
    """What Kafka has taken."""

    id: str
    type: str
    client_id: str
    topic: str
    partition: int
    offset: int
    decision: dict[str, Any] | None
    """The answer to a request, where it was waited for."""
    repeated: bool
    """The same key has said the same before."""


class FieldError(_Answer):
    """What is wrong with one field."""

    field: str
    detail: str


class ProblemDocument(_Answer):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] = Field(default=[])
