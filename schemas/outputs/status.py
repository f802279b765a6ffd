"""Outputs of the topic `client-status`: the last record of a client is the truth."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from schemas.outputs.common import Common, Part, Scope
from schemas.outputs.forms import (
    EXTENSIBLE,
    Category,
    Dimension,
    Flag,
    Importance,
    Instant,
    Lifecycle,
    Money,
    Reason,
    RefusalReason,
    RiskGroup,
    SalesType,
    VolumeCategory,
    open_names,
)


class MallOutlets(Part):
    """The client's active outlets in large malls of one territory."""

    territory: str
    outlets: Annotated[int, Field(ge=1)]


class ScopeImportance(Part):
    """The client's importance in one direction or territory."""

    scope: Scope
    importance: Importance


class Categories(Part):
    """The client's categories."""

    risk_group: RiskGroup
    volume: VolumeCategory
    sales_type: SalesType | None = None
    """null: no active outlet."""
    activities: list[str] = []
    mall_outlets: list[MallOutlets] = []
    """Territories with at least one, in order of their ids."""
    lifecycle: Lifecycle | None = None
    importance: list[ScopeImportance] = []
    """Scopes in which it has sales, directions first, in order of their ids."""


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
    overrides: list[str] = []
    """Ids of the overrides that cover it; while one does, it blocks nothing."""


class Reservation(Part):
    """An approved shipment that has not left."""

    shipment_id: str
    amount: Money
    reserved_until: Instant


class ActiveOverride(Part):
    """A person's override that is in force."""

    id: str
    conditions: list[RefusalReason]
    shipment_id: str | None
    amount_max: Money | None
    amount_used: Money | None
    """Of `amount_max`."""
    expires_at: Instant
    author: str


class StatusDocument(Part):
    """A document signed and not ended."""

    document: str
    number: str
    form: str
    on: date
    in_force: bool
    """False for a copy that does not count, and before its date."""


DealState = Annotated[
    Literal["started", "open", "returned", "stopped", "closed"],
    open_names("started", "open", "returned", "stopped", "closed"),
]


class FirstDeal(Part):
    """The first deal, once it has started."""

    deal_id: str
    state: DealState
    """started: approved, and nothing has left; returned: in full, a person decides; stopped: a person decided that it
    ends here."""
    started_at: Instant
    closed_on: date | None
    entitlement: Money
    """What it may take by recommended retail price, frozen at its start."""
    rrp_dispatched: Money
    """Of its shipments that left, less what money not yet applied covered: that is no credit."""
    outlets: list[str]
    """Outlets that have had their shipment of it."""


class CategoryExpected(Part):
    """A category will move."""

    dimension: Dimension
    from_: Annotated[Category, Field(alias="from")]
    to: Category
    scope: Scope | None = None
    """null: the client as a whole."""


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
    """Outstanding and reserved less unapplied, never below zero."""
    limit: Money | None
    """The credit limit in force; null: none."""
    open_obligations: list[OpenObligation]
    """Oldest due first, capped by the policy."""
    open_obligations_count: Annotated[int, Field(ge=0)]
    conditions: list[ActiveCondition]
    warnings: list[str]
    """What a person should look at and what blocks nothing, like sell_through_unknown."""
    next_change: NextChange | None
    reserved: Money | None = None
    """The sum of the reservations."""
    reservations: list[Reservation] = []
    """Approved and not dispatched, the earliest to expire first, capped by the policy."""
    reservations_count: Annotated[int, Field(ge=0)] = 0
    overrides: list[ActiveOverride] = []
    documents: list[StatusDocument] = []
    first_deal: FirstDeal | None = None
    """null: none has started."""
    flags: list[Flag]
    """unregistered: no client.registered came; conflict: a revision came with two contents; incomplete: a record of
    this client is a dead letter; held: its records wait."""
