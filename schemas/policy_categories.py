"""The parts of the policy that put clients into categories."""

from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from schemas import fields
from schemas.policy_base import MoneyText, Part


class RiskGroup(Part):
    """One row of the risk table; a client is in the higher of the groups that violations and days give."""

    group: int = Field(ge=0, le=9)
    violations_max: int | None = Field(ge=0, le=100_000)
    """The most violations in the window this group allows; null in the last group: no upper bound."""
    overdue_days_max: int | None = Field(ge=0, le=100_000)
    """The longest run of overdue days this group allows; null in the last group."""


class Volume(Part):
    """Volume category by turnover of a calendar month: A above `a_above`, B from `b_from`, else C."""

    a_above: MoneyText = "500.00"
    """Turnover above this is A; exactly this is still B."""
    b_from: MoneyText = "100.00"
    """Turnover of at least this is B."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if Decimal(self.b_from) > Decimal(self.a_above):
            raise ValueError("b_from: is above a_above; category B must begin below category A")
        return self


class SalesType(Part):
    """A wholesaler by its registration, else a chain or single by its active outlets."""

    chain_above_outlets: int = Field(default=2, ge=1, le=1_000)
    """More active outlets than this are a chain."""


class Mall(Part):
    """A large mall."""

    mall: fields.Id
    """The id that outlets name."""
    territory: fields.Id


class Importance(Part):
    """Importance by the share of a scope's turnover that clients with more turnover hold before a client."""

    key_below_percent: int = Field(default=20, ge=0, le=100)
    """Less than this before it: key."""
    medium_below_percent: int = Field(default=70, ge=0, le=100)
    """Less than this before it: medium; else small."""
    months: int = Field(default=12, ge=1, le=36)
    """Calendar months of turnover, the running one included."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.medium_below_percent < self.key_below_percent:
            raise ValueError("medium_below_percent: is below key_below_percent; raise it")
        return self


class Lifecycle(Part):
    """Potential, new, active, lost."""

    lost_after_days: int = Field(default=90, ge=1, le=3_660)
    """Lost from the day after so many without dispatch and sale."""
