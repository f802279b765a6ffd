"""The contract of the outputs: one model an event, with a description of every field.

The rules build outputs by hand for speed; tests validate each against these models, which allow no field they do not
name. Readers must allow them: within a major version fields are added, never removed or changed in meaning, so the
generated JSON Schema does not forbid others.
"""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

Money = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]*)\.[0-9]{2}$")]
"""A decimal string with two places, in the policy's currency."""
Instant = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?(Z|[+-][0-9]{2}:[0-9]{2})$",
        json_schema_extra={"format": "date-time"},
    ),
]
"""RFC 3339 in the company's time zone."""
RiskGroup = Annotated[int, Field(ge=0, le=9)]
VolumeCategory = Literal["A", "B", "C"]
EXTENSIBLE: Final = "x-extensible"
"""Marks a schema that takes new values or variants within a major version; readers pass over what they do not know."""


def _names(*known: str) -> WithJsonSchema:
    """An open list of names: the rules know these, readers must expect others."""
    return WithJsonSchema({"type": "string", "examples": list(known), EXTENSIBLE: True})


Reason = Annotated[
    Literal["risk_group", "first_payment_overdue", "credit_limit"],
    _names("risk_group", "first_payment_overdue", "credit_limit"),
]
Dimension = Annotated[Literal["risk_group", "volume"], _names("risk_group", "volume")]
Flag = Annotated[
    Literal["unregistered", "conflict", "incomplete", "held"],
    _names("unregistered", "conflict", "incomplete", "held"),
]
Category = Annotated[RiskGroup | VolumeCategory, Field(json_schema_extra={EXTENSIBLE: True})]


class Part(BaseModel):
    """A part of an output."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True)


class RecordCause(Part):
    """The output follows from a record of an input topic."""

    kind: Literal["record"]
    id: str | None
    type: str | None
    topic: str
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]


class DeadlineCause(Part):
    """The output follows from time alone."""

    kind: Literal["deadline"]
    at: Instant


class PolicyCause(Part):
    """The output follows from another policy."""

    kind: Literal["policy"]
    version: int
    id: str
    topic: str
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]


class BroadcastCause(Part):
    """The output follows from a record about all clients."""

    kind: Literal["broadcast"]
    id: str
    type: str
    topic: str
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]


Cause = Annotated[
    RecordCause | DeadlineCause | PolicyCause | BroadcastCause,
    Field(discriminator="kind", json_schema_extra={EXTENSIBLE: True}),
]


class Because(Part):
    """One rule that decided: what it compares, what was observed, and the facts it rests on."""

    rule: str
    threshold: str
    observed: str
    facts: list[str]
    """Business ids, capped by the policy."""


class Explanation(Part):
    """The same sentence in English and in Russian."""

    en: Annotated[str, Field(min_length=1)]
    ru: Annotated[str, Field(min_length=1)]


class PolicyName(Part):
    """Which policy decided."""

    version: int
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Common(Part):
    """What every output carries."""

    type: str
    id: str
    """`<client>:<sequence>`."""
    client_id: str
    sequence: Annotated[int, Field(ge=1)]
    """One count per client over all outputs; within a topic drop what is not above the last you saw."""
    effective_at: Instant
    """When it took effect, not when it was published."""
    cause: Cause
    because: list[Because]
    correction: bool
    """A late fact changed what had been true before today."""
    policy: PolicyName
    rules_version: str
    explanation: Explanation


class Scope(Part):
    """Where a category holds: a direction or a territory."""

    kind: Literal["direction", "territory"]
    id: str


class CategoryChanged(Common):
    """A client moved from one category to another."""

    type: Literal["category.changed"]
    dimension: Dimension
    scope: Scope | None
    """null: the client as a whole."""
    from_: Annotated[Category, Field(alias="from")]
    to: Category
    decided_by: list[str]
    """Which measure gave the category, both when both did."""


class LiftedByPayment(Part):
    """The least payment that ends the condition, and on which obligations."""

    kind: Literal["payment"]
    amount: Money
    currency: str
    obligations: list[str]


class LiftedByDate(Part):
    """The condition ends by itself."""

    kind: Literal["date"]
    at: Instant


class LiftedByPerson(Part):
    """A person with this role may end it."""

    kind: Literal["person"]
    role: Literal["manager", "director"]


LiftedBy = Annotated[
    LiftedByPayment | LiftedByDate | LiftedByPerson,
    Field(discriminator="kind", json_schema_extra={EXTENSIBLE: True}),
]


class Condition(Part):
    """An active stop condition."""

    reason: Reason
    since: Instant
    because: list[Because]
    lifted_by: list[LiftedBy]
    explanation: Explanation


class ShipmentBlocked(Common):
    """Do not ship to this client: all stop conditions that are active now."""

    type: Literal["shipment.blocked"]
    conditions: Annotated[list[Condition], Field(min_length=1)]
    opened: list[Reason]
    """What this change added."""
    closed: list[Reason]
    """What this change removed."""


class ShipmentReleased(Common):
    """The client may be shipped to again: no stop condition is active."""

    type: Literal["shipment.released"]
    closed: list[Reason]
    overridden: bool
    """A person's override covers what is still active."""
    overrides: list[str]


class Categories(Part):
    """The client's categories."""

    risk_group: RiskGroup
    volume: VolumeCategory


class OpenObligation(Part):
    """An obligation with something outstanding."""

    obligation_id: str
    shipment_id: str | None
    due_date: date
    amount: Money
    outstanding: Money
    judged: bool
    """Judged overdue: the posting cutoff after its due date has passed."""


class ActiveCondition(Part):
    """A stop condition in short; `shipment-blocks` has the whole."""

    reason: Reason
    since: Instant


class CategoryExpected(Part):
    """A category will move."""

    dimension: Dimension
    from_: Annotated[Category, Field(alias="from")]
    to: Category


class ConditionExpected(Part):
    """A stop condition will open or close."""

    condition: Reason
    change: Literal["opens", "closes"]


class NextChange(Part):
    """What happens next if nothing arrives."""

    at: Instant
    changes: Annotated[
        list[Annotated[CategoryExpected | ConditionExpected, Field(json_schema_extra={EXTENSIBLE: True})]],
        Field(min_length=1),
    ]


class ClientStatus(Common):
    """All that is known of a client; repeats the sequence of the last change it shows."""

    type: Literal["client.status"]
    as_of: Instant
    blocked: bool
    categories: Categories
    violations: Annotated[int, Field(ge=0)]
    """Obligations overdue in the window."""
    overdue_days_longest: Annotated[int, Field(ge=0)]
    """The longest run of overdue days that touches the window, in full."""
    overdue_days_current: Annotated[int, Field(ge=0)]
    """The longest run still open."""
    overdue_since: date | None
    """First overdue day of that run: readers count the days that pass without a record."""
    currency: str
    outstanding: Money
    unapplied: Money
    exposure: Money
    """Outstanding less unapplied, never below zero."""
    limit: Money | None
    """The credit limit in force; null: none."""
    open_obligations: list[OpenObligation]
    """Oldest due first, capped by the policy."""
    open_obligations_count: Annotated[int, Field(ge=0)]
    conditions: list[ActiveCondition]
    warnings: list[str]
    next_change: NextChange | None
    flags: list[Flag]
    """unregistered: no client.registered came; conflict: a revision came with two contents; incomplete: a record of
    this client is a dead letter; held: its records wait."""


Output = CategoryChanged | ShipmentBlocked | ShipmentReleased | ClientStatus
MODELS: Final[dict[str, type[Common]]] = {
    "category.changed": CategoryChanged,
    "shipment.blocked": ShipmentBlocked,
    "shipment.released": ShipmentReleased,
    "client.status": ClientStatus,
}
"""The model of each output type."""


def validate_output(value: bytes) -> Common:
    """The output in a record's value, every field checked; raises `pydantic.ValidationError`, KeyError for its type."""
    kind = _Typed.model_validate_json(value).type
    return MODELS[kind].model_validate_json(value)


class _Typed(BaseModel):
    type: str
