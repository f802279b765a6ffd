"""The policy: every number the rules use, as one versioned document.

A policy is activated as a whole by `policy.activated` and named by version and digest in every output, so that an
audit can tell which numbers decided. Amounts are decimal strings in the policy's currency; days are calendar days in
its time zone. Fields left out take the defaults below, which are those of the newsletter.
"""

import base64
import binascii
import hashlib
import json
from datetime import date
from functools import cache
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from schemas import fields
from schemas.canonical import canonical_json
from schemas.fields import CURRENCY
from schemas.policy_base import MoneyText, Part, once
from schemas.policy_categories import Importance, Lifecycle, Mall, RiskGroup, SalesType, Volume
from schemas.policy_shipping import Conditions, Documents, FirstDeal, Overrides, Requests

DOCUMENT_BYTES_MAX: Final = 64_000
"""What leaves room for the event around it, however its text is escaped."""

CurrencyCode = Annotated[str, Field(pattern=CURRENCY)]
_IDENTIFIER: Final = r"^[!-~]([ -~]{0,62}[!-~])?$"
_TIME_OF_DAY: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
REMEDIES: Final = {
    **fields.REMEDIES,
    _IDENTIFIER: "must be 1 to 64 Latin letters, digits or signs, without a space at either end",
    _TIME_OF_DAY: 'must be a time of day in quotes, like "12:00"',
}
"""What to tell the author of a text that does not have the form."""
Identifier = Annotated[str, Field(pattern=_IDENTIFIER)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Role = Literal["manager", "director"]


_time_zones = cache(available_timezones)  # looks through a directory of them, and a worker asks twice as it starts


def _time_zone(name: str) -> str:
    if name not in _time_zones():
        raise ValueError("is not a time zone of the IANA list; write one like Europe/Moscow")
    ZoneInfo(name)
    return name


def _public_key(text: str) -> str:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64; write the 32 bytes of an Ed25519 public key in base64") from None
    if len(raw) != 32:
        raise ValueError(f"has {len(raw)} bytes; an Ed25519 public key has 32")
    return text


class Key(Part):
    """A signing key and the person or service that holds it."""

    key_id: Identifier
    public_key: Annotated[str, AfterValidator(_public_key)]
    """The 32 bytes of the Ed25519 public key, base64."""
    holder: Annotated[str, Field(min_length=1, max_length=200)]
    roles: tuple[Role, ...] = Field(min_length=1, max_length=2)
    valid_from: date | None = None
    """The first day on which a judgement may be signed with it; null: from the beginning."""
    valid_until: date | None = None
    """The last day: how a key is replaced or revoked. What was signed before keeps its effect; null: without end."""

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.valid_from is not None and self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until: lies before valid_from; correct one of them")
        return self

    def valid_on(self, day: date) -> bool:
        """Whether what was recorded on this day may be signed with the key."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class Limits(Part):
    """Bounds on what grows with a client's history, and on what an output lists."""

    facts_max: int = Field(default=20_000, ge=10, le=1_000_000)
    """Facts kept of one client; the next new one is a dead letter `limit_exceeded`."""
    waiting_max: int = Field(default=1_000, ge=1, le=100_000)
    """Reversals and returns of one client that wait for their partner."""
    obligations_listed_max: int = Field(default=50, ge=1, le=10_000)
    """Open obligations listed in a status, oldest due first; their count is always given."""
    facts_named_max: int = Field(default=20, ge=1, le=1_000)
    """Ids of facts named in one `because`."""


_ACTIVITIES = ("stationery", "watches", "souvenirs_and_gifts", "photo", "other")
_RISK_GROUPS = (
    RiskGroup(group=0, violations_max=0, overdue_days_max=0),
    RiskGroup(group=1, violations_max=2, overdue_days_max=3),
    RiskGroup(group=2, violations_max=5, overdue_days_max=7),
    RiskGroup(group=3, violations_max=None, overdue_days_max=None),
)


def _banded(groups: tuple[RiskGroup, ...]) -> tuple[RiskGroup, ...]:
    """Groups count up from 0, bounds rise, and only the last group has none."""
    if [group.group for group in groups] != list(range(len(groups))):
        wrong = next(index for index, group in enumerate(groups) if group.group != index)
        raise ValueError(f"{wrong}: groups must be numbered 0, 1, 2 and so on, in this order; correct the number")
    last = groups[-1]
    if last.violations_max is not None or last.overdue_days_max is not None:
        raise ValueError(f"{len(groups) - 1}: the last group must have no upper bound; write null for both")
    violations, days = -1, -1
    for group in groups[:-1]:
        if group.violations_max is None or group.overdue_days_max is None:
            raise ValueError(f"{group.group}: needs both bounds; only the last group has none")
        if group.violations_max <= violations or group.overdue_days_max <= days:
            raise ValueError(f"{group.group}: its bounds must be above those of the group before; raise them")
        violations, days = group.violations_max, group.overdue_days_max
    return groups


def _held_once(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    once(tuple(key.key_id for key in keys))
    return keys


def _listed_once(malls: tuple[Mall, ...]) -> tuple[Mall, ...]:
    once(tuple(mall.mall for mall in malls))
    return malls


class Policy(Part):
    """Every number of the rules. Build it with `Policy.from_document`, which takes JSON values."""

    version: int = Field(ge=1, le=2**31 - 1)
    """Rises with every activation."""
    currency: CurrencyCode = "USD"
    """The currency of every amount here and of every balance; others are converted into it once."""
    minor_digits: Literal[2] = 2
    """Decimal places of a balance."""
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "Europe/Moscow"
    """The company's: a calendar day begins at 00:00 here."""
    weekly_rest_days: Annotated[tuple[Weekday, ...], AfterValidator(once)] = Field(
        default=("saturday", "sunday"), max_length=6
    )
    non_working_days: Annotated[tuple[date, ...], AfterValidator(once)] = Field(default=(), max_length=2_000)
    """Public holidays beside the weekly rest days."""
    working_days: Annotated[tuple[date, ...], AfterValidator(once)] = Field(default=(), max_length=2_000)
    """Weekly rest days on which the company works all the same."""
    posting_cutoff: str = Field(default="12:00", pattern=_TIME_OF_DAY)
    """At this time of the next working day after the due date an unpaid obligation is judged overdue."""
    roll_due_dates: bool = False
    """A due date on a non-working day moves to the next working day."""
    window_days: int = Field(default=365, ge=1, le=3_660)
    """Overdue days count for this many days, today included."""
    correction_days: int = Field(default=90, ge=0, le=3_660)
    """How long after the window a late fact is still taken, and how long a fact waits for its partner."""
    future_tolerance_hours: int = Field(default=24, ge=0, le=24 * 366)
    """A fact dated further than this ahead of its append time is refused."""
    overdue_tolerance: MoneyText = "0.00"
    """An obligation with no more than this outstanding is not overdue."""
    risk_groups: Annotated[tuple[RiskGroup, ...], AfterValidator(_banded)] = Field(
        default=_RISK_GROUPS, min_length=2, max_length=10
    )
    volume: Volume = Volume()
    sales_type: SalesType = SalesType()
    activities: Annotated[tuple[fields.Id, ...], AfterValidator(once)] = Field(default=_ACTIVITIES, max_length=100)
    """What a client's `activities` may name; others are not shown."""
    large_malls: Annotated[tuple[Mall, ...], AfterValidator(_listed_once)] = Field(default=(), max_length=1_000)
    """Outlets in these are counted per territory."""
    importance: Importance = Importance()
    lifecycle: Lifecycle = Lifecycle()
    documents: Documents = Documents()
    first_deal: FirstDeal = FirstDeal()
    requests: Requests = Requests()
    overrides: Overrides = Overrides()
    conditions: Conditions = Conditions()
    keys: Annotated[tuple[Key, ...], AfterValidator(_held_once)] = Field(default=(), max_length=1_000)
    """Who may sign judgements; with none, every judgement is refused as `not_authorised`."""
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.conditions.risk_group.group_min > self.risk_groups[-1].group:
            raise ValueError("conditions.risk_group.group_min: is above the highest group of risk_groups; lower it")
        if set(self.working_days) & set(self.non_working_days):
            raise ValueError("working_days: shares a date with non_working_days; remove it from one")
        return self

    @classmethod
    def from_document(cls, document: Any) -> "Policy":
        """Validate JSON values (dates as ISO strings, no coercion).

        Raises `pydantic.ValidationError`, or ValueError for what has no canonical JSON or does not fit into a record.
        """
        policy = cls.model_validate_json(canonical_json(document), strict=True)
        if len(json.dumps(policy.to_document())) > DOCUMENT_BYTES_MAX:
            raise ValueError("the policy is too large for one record of 64 KiB; list fewer keys or non-working days")
        return policy

    def to_document(self) -> dict[str, Any]:
        """The whole policy as JSON values, defaults written out: what `policy.activated` carries."""
        return self.model_dump(mode="json")


def policy_digest(policy: Policy) -> str:
    """SHA-256, hex, over the canonical JSON of the whole policy: equal numbers, equal digest, however written."""
    return hashlib.sha256(canonical_json(policy.to_document())).hexdigest()
