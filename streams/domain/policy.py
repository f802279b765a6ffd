"""The policy as the rules use it: every number compiled once into units (minor money, days, instants).

`schemas.policy.Policy` is the document; `Rules` is immutable and cheap to ask. Two policies that differ only in what a
position does not depend on need no replay of clients: `Rules.same_position`.
"""

from typing import Final, NamedTuple

from schemas.policy import Key, Policy, policy_digest
from streams.domain.calendar import Calendar
from streams.domain.money import minor

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNBOUNDED: Final = 2**31


class Band(NamedTuple):
    """One risk group: the most violations and overdue days it allows (`UNBOUNDED` in the last)."""

    group: int
    violations_max: int
    overdue_days_max: int


class Rules:
    """Every number of the rules. Make it with `Rules.compile(policy)`; never change it."""

    __slots__ = (
        "activities",
        "assortment_above_percent",
        "assortment_by_lines",
        "assortment_category",
        "assortment_fast_moving_only",
        "bands",
        "calendar",
        "chain_above_outlets",
        "chain_outlets_min",
        "copies_count",
        "correction_days",
        "credit_limit_enabled",
        "currency",
        "cutoff",
        "day_of",
        "digest",
        "facts_max",
        "facts_named_max",
        "first_deal_returned_enabled",
        "first_deal_rrp_max",
        "future_tolerance_ms",
        "importance_key_below_percent",
        "importance_medium_below_percent",
        "importance_months",
        "instant_text",
        "keep_days",
        "keys",
        "lost_after_days",
        "mall_territories",
        "mark",
        "midnight",
        "not_selling_after_days",
        "not_selling_below_percent",
        "obligations_listed_max",
        "outlet_closed_enabled",
        "outlet_unknown_enabled",
        "overdue_days_maxima",
        "overdue_tolerance",
        "override_days_max",
        "payment_term_days_max",
        "policy",
        "requests_required",
        "reservation_ms",
        "risk_group_enabled",
        "risk_group_min",
        "risk_group_requires_overdue",
        "roll_due_dates",
        "version",
        "violations_maxima",
        "volume_a_above",
        "volume_b_from",
        "waiting_max",
        "window_days",
    )  # fmt: skip

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.version: int = policy.version
        self.digest: str = policy_digest(policy)
        self.mark: int = int(self.digest[:12], 16)
        """Stands for the digest in what a state keeps of a day."""
        self.currency: str = policy.currency
        self.keys: tuple[Key, ...] = policy.keys
        hours, minutes = policy.posting_cutoff.split(":")
        self.calendar = Calendar(
            policy.time_zone,
            tuple(_WEEKDAYS.index(name) for name in policy.weekly_rest_days),
            tuple(day.toordinal() for day in policy.non_working_days),
            tuple(day.toordinal() for day in policy.working_days),
            int(hours) * 60 + int(minutes),
        )
        # bound methods kept as attributes: each event asks for them several times
        self.day_of = self.calendar.day_of
        """Day of an instant in the company's zone."""
        self.midnight = self.calendar.midnight
        """Instant at which a day begins."""
        self.cutoff = self.calendar.cutoff
        """Instant at which an obligation due on a day is judged."""
        self.instant_text = self.calendar.text
        """RFC 3339 text of an instant in the company's zone."""
        self.window_days: int = policy.window_days
        self.correction_days: int = policy.correction_days
        self.future_tolerance_ms: int = policy.future_tolerance_hours * 3_600_000
        self.roll_due_dates: bool = policy.roll_due_dates
        self.overdue_tolerance: int = minor(policy.overdue_tolerance)
        self.bands: tuple[Band, ...] = tuple(
            Band(
                row.group,
                UNBOUNDED if row.violations_max is None else row.violations_max,
                UNBOUNDED if row.overdue_days_max is None else row.overdue_days_max,
            )
            for row in policy.risk_groups
        )
        self.violations_maxima: tuple[int, ...] = tuple(band.violations_max for band in self.bands)
        self.overdue_days_maxima: tuple[int, ...] = tuple(band.overdue_days_max for band in self.bands)
        self.keep_days: int = policy.window_days + policy.correction_days
        """How old a fact may be when it comes."""
        self.volume_a_above: int = minor(policy.volume.a_above)
        self.volume_b_from: int = minor(policy.volume.b_from)
        self.risk_group_enabled: bool = policy.conditions.risk_group.enabled
        self.risk_group_min: int = policy.conditions.risk_group.group_min
        self.risk_group_requires_overdue: bool = policy.conditions.risk_group.requires_overdue
        self.credit_limit_enabled: bool = policy.conditions.credit_limit.enabled
        self._compile_shipping(policy)
        self._compile_categories(policy)
        self.facts_max: int = policy.limits.facts_max
        self.waiting_max: int = policy.limits.waiting_max
        self.obligations_listed_max: int = policy.limits.obligations_listed_max
        self.facts_named_max: int = policy.limits.facts_named_max

    def _compile_shipping(self, policy: Policy) -> None:
        self.first_deal_rrp_max: int = minor(policy.first_deal.rrp_max_per_outlet)
        """Per outlet."""
        self.chain_outlets_min: int = policy.first_deal.chain_outlets_min
        """Active outlets from which the entitlement of a first deal is pooled."""
        self.payment_term_days_max: int = policy.first_deal.payment_term_days_max
        self.assortment_category: str = policy.first_deal.assortment.main_category
        self.assortment_above_percent: int = policy.first_deal.assortment.main_share_above_percent
        self.assortment_by_lines: bool = policy.first_deal.assortment.share_by == "lines"
        """Else by recommended retail price."""
        self.assortment_fast_moving_only: bool = policy.first_deal.assortment.fast_moving_only
        self.not_selling_below_percent: int = policy.first_deal.not_selling.share_below_percent
        self.not_selling_after_days: int = policy.first_deal.not_selling.after_days
        self.copies_count: bool = policy.documents.copies_count
        self.requests_required: bool = policy.requests.required
        self.reservation_ms: int = policy.requests.reservation_hours * 3_600_000
        self.override_days_max: int = policy.overrides.days_max
        self.first_deal_returned_enabled: bool = policy.conditions.first_deal_returned.enabled
        self.outlet_unknown_enabled: bool = policy.conditions.outlet_unknown.enabled
        self.outlet_closed_enabled: bool = policy.conditions.outlet_closed.enabled

    def _compile_categories(self, policy: Policy) -> None:
        self.chain_above_outlets: int = policy.sales_type.chain_above_outlets
        self.activities: tuple[str, ...] = policy.activities
        self.mall_territories: dict[str, str] = {mall.mall: mall.territory for mall in policy.large_malls}
        """Of each large mall, in the order of the policy."""
        self.importance_key_below_percent: int = policy.importance.key_below_percent
        self.importance_medium_below_percent: int = policy.importance.medium_below_percent
        self.importance_months: int = policy.importance.months
        self.lost_after_days: int = policy.lifecycle.lost_after_days

    @classmethod
    def compile(cls, policy: Policy) -> "Rules":
        """The rules of a validated policy."""
        return cls(policy)

    def end_of(self, day: int) -> int:
        """The instant at which a day ends: 00:00 of the next."""
        return self.midnight(day + 1)

    def due_in_force(self, due: int) -> int:
        """The due date that counts: the stated one, or the next working day when the policy rolls them."""
        return self.calendar.working_from(due) if self.roll_due_dates else due

    def violations_from(self, group: int) -> int:
        """The number of violations from which a risk group begins; 0 for group 0."""
        return self.bands[group - 1].violations_max + 1 if group else 0

    def overdue_days_from(self, group: int) -> int:
        """The number of overdue days from which a risk group begins; 0 for group 0."""
        return self.bands[group - 1].overdue_days_max + 1 if group else 0

    def same_position(self, other: "Rules") -> bool:
        """Whether clients' positions need no replay when `other` takes over from this policy."""
        mine, theirs = self.policy, other.policy
        days_off = (mine.non_working_days, mine.working_days, mine.weekly_rest_days)
        days_off_other = (theirs.non_working_days, theirs.working_days, theirs.weekly_rest_days)
        if self.roll_due_dates and days_off != days_off_other:
            return False
        return (
            self.window_days, self.correction_days, self.roll_due_dates, self.overdue_tolerance, mine.time_zone,
        ) == (
            other.window_days, other.correction_days, other.roll_due_dates, other.overdue_tolerance,
            theirs.time_zone,
        )  # fmt: skip
