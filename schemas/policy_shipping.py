"""The parts of the policy that say when goods may leave: the first deal, requests, stop conditions, overrides."""

from typing import Literal

from pydantic import Field

from schemas.policy_base import MoneyText, Part


class Assortment(Part):
    """What a request of the first deal may hold."""

    main_category: Literal["A", "B", "C"] = "A"
    """The product category of the main part."""
    main_share_above_percent: int = Field(default=50, ge=0, le=99)
    """The main part is more than this share."""
    share_by: Literal["value", "lines"] = "value"
    """A share of the recommended retail price, or of the number of lines."""
    fast_moving_only: bool = True
    """Every line must be a fast mover."""


class NotSelling(Part):
    """Stop condition `not_selling` of the first deal."""

    share_below_percent: int = Field(default=10, ge=1, le=100)
    """Blocked when less than this share of a shipment has been sold, by recommended retail price."""
    after_days: int = Field(default=7, ge=1, le=365)
    """From the beginning of this day after the dispatch."""


class FirstDeal(Part):
    """The first supply to a client."""

    rrp_max_per_outlet: MoneyText = "200.00"
    """What one outlet may take, by recommended retail price; a chain may spread it over its outlets."""
    chain_outlets_min: int = Field(default=3, ge=2, le=1_000)
    """Active outlets from which a client is a chain in its first deal."""
    payment_term_days_max: int = Field(default=10, ge=0, le=3_650)
    """The longest payment term, of every instalment."""
    assortment: Assortment = Assortment()
    not_selling: NotSelling = NotSelling()


class Documents(Part):
    """Cooperation agreement and supply contract."""

    copies_count: bool = False
    """A copy brings a document into force; false: it is shown, and only the original counts."""


class Requests(Part):
    """Shipment requests."""

    reservation_hours: int = Field(default=72, ge=1, le=24 * 366)
    """An approval that is not used within this time expires."""
    required: bool = True
    """Every dispatch should have been approved, and one that was not is an alert; false: the company does not ask."""


class Overrides(Part):
    """What a person may lift, and for how long."""

    days_max: int = Field(default=14, ge=1, le=366)
    """The longest an override may hold."""


class Condition(Part):
    """A reason of our own not to ship; the newsletter's cannot be switched off."""

    enabled: bool = True


class RiskGroupCondition(Part):
    """Stop condition `risk_group`."""

    enabled: bool = True
    group_min: int = Field(default=3, ge=1, le=9)
    """Clients of this group and higher are blocked."""
    requires_overdue: bool = True
    """Only while something is overdue now; false: for as long as the group lasts."""


class CreditLimitCondition(Part):
    """Stop condition `credit_limit`: exposure above the limit in force."""

    enabled: bool = True


class Conditions(Part):
    """Reasons of our own not to ship; those of the newsletter cannot be switched off and are not listed."""

    risk_group: RiskGroupCondition = RiskGroupCondition()
    credit_limit: CreditLimitCondition = CreditLimitCondition()
    first_deal_returned: Condition = Condition()
    """A first deal returned in full waits for a person."""
    outlet_unknown: Condition = Condition()
    """A request names no active outlet of a client that has some."""
    outlet_closed: Condition = Condition()
    """A request names an outlet that was closed."""
