"""What every output carries: who, when, why, from what, by which numbers, in words."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.outputs.forms import EXTENSIBLE, Instant, Money


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
    client_id: str | None = None
    """Whose record it is, where that may be another client's: importance moves by everybody's sales."""


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


class LiftedByDocument(Part):
    """It ends when these documents are in force."""

    kind: Literal["document"]
    documents: Annotated[list[str], Field(min_length=1)]
    """Of cooperation_agreement and supply_contract."""


class LiftedByPerson(Part):
    """A person with this role may end it."""

    kind: Literal["person"]
    role: Literal["manager", "director"]


LiftedBy = Annotated[
    LiftedByPayment | LiftedByDate | LiftedByDocument | LiftedByPerson,
    Field(discriminator="kind", json_schema_extra={EXTENSIBLE: True}),
]
