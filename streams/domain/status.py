"""The client's whole status, and whether it says anything new.

A status is published when something changed that matters: not when only its instant or the count of passing days
moved (`overdue_since` lets readers count).
"""

from datetime import date
from functools import lru_cache
from typing import Final

import msgspec

from schemas.records import Instant
from streams.domain import first_deal_status, money, overrides, overriding, reservations, sell_through
from streams.domain.importance import hearing
from streams.domain.importance.hearing import InScope
from streams.domain.lateness import Overdue
from streams.domain.lookup import obligation_at
from streams.domain.next_change import Change, Prediction
from streams.domain.outputs import encode
from streams.domain.policy import Rules
from streams.domain.state import Client, Condition, Days
from streams.domain.view import View


class MallOutlets(msgspec.Struct, gc=False):
    territory: str
    outlets: int


class Categories(msgspec.Struct, gc=False):
    risk_group: int
    volume: str
    sales_type: str | None
    activities: list[str]
    mall_outlets: list[MallOutlets]
    lifecycle: str
    importance: list[InScope]
    """By scope, directions first."""


class OpenObligation(msgspec.Struct, gc=False):
    """One instalment with something outstanding; `judged`: counted as overdue."""

    obligation_id: str
    shipment_id: str | None
    due_date: str
    amount: str
    outstanding: str
    judged: bool


class ActiveCondition(msgspec.Struct, gc=False):
    """`overrides` cover it: it blocks nothing."""

    reason: str
    since: str
    overrides: list[str]


class ActiveOverride(msgspec.Struct, gc=False):
    """A person's override in force: for a shipment, an amount (and what of it is used), or, both null, anything."""

    id: str
    conditions: list[str]
    shipment_id: str | None
    amount_max: str | None
    amount_used: str | None
    expires_at: str
    author: str


class Reservation(msgspec.Struct, gc=False):
    """An approved shipment that has not left."""

    shipment_id: str
    amount: str
    reserved_until: str


class NextChange(msgspec.Struct, gc=False):
    """What changes next if nothing arrives, and when (RFC 3339)."""

    at: str
    changes: list[Change]


class Status(msgspec.Struct, gc=False):
    """What a status says beside the fields that every output has. Money is decimal strings.

    From `overdue_since` on nothing moves by the passing of a day alone.
    """

    as_of: str
    blocked: bool
    categories: Categories
    violations: int
    overdue_days_longest: int
    overdue_days_current: int
    overdue_since: str | None
    currency: str
    outstanding: str
    unapplied: str
    exposure: str
    limit: str | None
    open_obligations: list[OpenObligation]
    open_obligations_count: int
    conditions: list[ActiveCondition]
    warnings: list[str]
    next_change: NextChange | None
    reserved: str
    reservations: list[Reservation]
    """The earliest to expire first."""
    reservations_count: int
    overrides: list[ActiveOverride]
    documents: msgspec.Raw
    """JSON of a list of `documents.Document`."""
    first_deal: msgspec.Raw
    """JSON of a `first_deal_status.FirstDeal` or null."""
    flags: list[str]


_NO_MALLS: Final[list[MallOutlets]] = []
_NO_WARNINGS: Final[list[str]] = []
_NONE_RESERVED: Final[tuple[str, list[Reservation], int]] = ("0.00", [], 0)


def says_more(status_json: bytes, longest_is_open: bool, published: bytes) -> bool:
    """Whether a status differs in what matters from the one published last (empty: none)."""
    if not published.endswith(status_json[status_json.index(b',"overdue_since":') :]):
        return True
    # everything up to `violations` stands side by side in the value; the days after it may pass
    steady = status_json[status_json.index(b',"blocked":') : status_json.index(b',"overdue_days_current":')]
    if longest_is_open:  # it grows with the one that is open; since when that is, is in the lasting part
        steady = steady[: steady.index(b',"overdue_days_longest":')]
    return steady + b',"overdue_days_' not in published


@lru_cache(maxsize=4096)
def _date_text(day: Days) -> str:
    return date.fromordinal(day).isoformat()


@lru_cache(maxsize=4096)
def _deadline_text(rules: Rules, instant: Instant) -> str:
    """Midnights and cutoffs come again and again."""
    return rules.instant_text(instant)


def of(rules: Rules, client: Client, view: View, at: str, prediction: Prediction | None) -> Status:
    """The status as of the view, whose instant is `at` in words; lists up to the policy's limit."""
    position, decided, late, about, text = client.position, client.decided, view.overdue, view.profile, money.text
    malls = [MallOutlets(*item) for item in about.mall_outlets.items()] if about.mall_outlets else _NO_MALLS
    categories = Categories(
        view.group, view.volume, about.sales_type, about.activities, malls, view.lifecycle, hearing.of(client)
    )
    judged, dispatches = late.judged, client.facts.dispatches
    listed: list[OpenObligation] = []
    for place in position.open[: rules.obligations_listed_max]:
        shipment_id, name = place.shipment_id, place.id
        if shipment_id:
            item = dispatches[shipment_id].obligations[place.index]
        else:
            item = obligation_at(client, shipment_id, place.index)
        owed, left = item.amount, item.outstanding
        amount = text(owed)
        outstanding = amount if left == owed else text(left)
        due, of_shipment = _date_text(place.due), shipment_id or item.shipment_id or None
        listed.append(OpenObligation(name, of_shipment, due, amount, outstanding, name in judged))
    outstanding = text(position.outstanding)
    reserved, held, held_count = _NONE_RESERVED if client.facts.requests is None else _reserved(rules, client, view)
    return Status(
        at,
        bool(view.reasons),
        categories,
        late.violations,
        late.days_longest,
        late.days_current,
        _date_text(late.since) if late.since else None,
        rules.currency,
        outstanding,
        text(position.unapplied) if position.unapplied else "0.00",
        outstanding if view.exposure == position.outstanding else text(view.exposure),
        None if view.limit is None else text(view.limit),
        listed,
        len(position.open),
        [_condition(rules, client, view, *held) for held in decided.conditions.items()] if decided.conditions else [],
        _warnings(rules, client, view) if view.deal is not None else _NO_WARNINGS,
        None if prediction is None else NextChange(_deadline_text(rules, prediction.instant), prediction.changes),
        reserved,
        held,
        held_count,
        [] if client.facts.judgements is None else _overrides(rules, client, view),
        msgspec.Raw(about.documents),
        msgspec.Raw(first_deal_status.of(rules, client, view)),
        decided.flags,
    )


def _warnings(rules: Rules, client: Client, view: View) -> list[str]:
    """What a person should look at and what blocks nothing."""
    deal = view.deal
    return [sell_through.UNKNOWN] if deal is not None and sell_through.unknown(rules, client, deal, view.day) else []


def _condition(rules: Rules, client: Client, view: View, name: str, held: Condition) -> ActiveCondition:
    covering = overrides.for_anything(client, view.instant, name) if held.overridden else []
    return ActiveCondition(name, _deadline_text(rules, held.since), [override_id for override_id, _ in covering])


def _reserved(rules: Rules, client: Client, view: View) -> tuple[str, list[Reservation], int]:
    """(amount, the reservations up to the policy's limit of a list, how many there are)."""
    found = reservations.held_at(client, view.instant)
    if not found:
        return _NONE_RESERVED
    rows = [
        Reservation(one.shipment_id, money.text(one.amount), rules.instant_text(one.reserved_until))
        for one in found[: rules.obligations_listed_max]
    ]
    return money.text(sum(one.amount for one in found)), rows, len(found)


def _overrides(rules: Rules, client: Client, view: View) -> list[ActiveOverride]:
    listed: list[ActiveOverride] = []
    for name, one in overrides.in_force(client, view.instant):
        amount, used = overriding.amount_left(one)
        until, author = rules.instant_text(one.expires_at), one.proof.author
        listed.append(ActiveOverride(name, one.conditions, one.shipment_id or None, amount, used, until, author))
    return listed


def as_of(published: bytes, late: Overdue, at: str) -> bytes:
    """The status published last as of another instant, `at` in words, and of the days counted by then."""
    body: dict[str, object] = msgspec.json.decode(published)
    body["as_of"] = at
    body["overdue_days_longest"] = late.days_longest
    body["overdue_days_current"] = late.days_current
    return encode(body)
