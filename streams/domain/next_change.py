"""What holds for a client at an instant, when that may change by time alone, and when it next will.

The prediction is exact: it steps through the very instants at which deadlines fire, with the very rules that decide
then, until a group, a category or a condition differs.
"""

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from schemas.records import NEVER, Instant
from streams.domain import (
    allocation,
    credit_limit,
    first_deal,
    first_deal_closed,
    judgements,
    lifecycle,
    overdue,
    overrides,
    profile,
    reservations,
    risk_group,
    sell_through,
    volume_category,
)
from streams.domain.calendar import month_of
from streams.domain.categories.category import Scope, Value
from streams.domain.categories.risk_group import RISK_GROUP
from streams.domain.categories.table import about_client, same
from streams.domain.categories.volume import VOLUME
from streams.domain.first_deal import Deal
from streams.domain.lookup import SALE, SALE_RETURN
from streams.domain.policy import Rules
from streams.domain.shared import Standing
from streams.domain.state import Client, Days, Step
from streams.domain.stop_conditions.table import active
from streams.domain.view import View

_NO_GROUP: tuple[int, list[str]] = (0, [])


class DimensionChange(msgspec.Struct, rename={"before": "from", "after": "to"}, omit_defaults=True, gc=False):
    """A category that will move."""

    dimension: str
    before: Value
    after: Value
    scope: Scope | None = None


class ConditionChange(msgspec.Struct, gc=False):
    """A condition that will open or close; `change` is `opens` or `closes`."""

    condition: str
    change: str


Change = DimensionChange | ConditionChange


class Prediction(msgspec.Struct, gc=False):
    """At `instant` these will differ if nothing arrives before."""

    instant: Instant
    changes: list[Change]


@lru_cache(maxsize=4096)
def _group(rules: Rules, violations: int, days_longest: int) -> tuple[int, list[str]]:
    """`risk_group.of`, remembered: the same few numbers come at every look ahead."""
    return risk_group.of(rules, violations, days_longest)


def look(standing: Standing, client: Client, now: Instant, day: Days, deal: Deal | None = None) -> View:
    """What holds at `now`, which lies on `day`; the client's position must have been advanced to that day.

    `deal` is the first deal as of then where it was found already.
    """
    rules, position = standing.rules, client.position
    late = overdue.measure(rules, client, now, day, standing.completed_through)
    group, decided_by = _group(rules, late.violations, late.days_longest) if late.violations else _NO_GROUP
    limit = credit_limit.in_force(rules, client, day) if client.facts.limits else None
    exposure = position.outstanding - position.unapplied
    if client.facts.requests is not None:
        exposure += reservations.reserved(client, now)
    if exposure < 0:
        exposure = 0
    about = profile.of(rules, client, day)
    deal, deal_closed = first_deal_closed.as_of(rules, client, day, now, about, deal)
    volume = first_deal_closed.volume(rules, client, day, deal_closed)
    stage = lifecycle.of(rules, client, day, about, deal_closed)
    view = View(now, day, late, group, decided_by, volume, limit, exposure, about, deal_closed, stage, deal)
    return _with_reasons(rules, client, view)


def _later(standing: Standing, client: Client, before: View, at: Instant, day: Days, deal: Deal | None) -> View:
    """What holds at `at`, up to which nothing but lateness can have moved since the view before."""
    rules = standing.rules
    late = overdue.measure(rules, client, at, day, standing.completed_through)
    group, decided_by = _group(rules, late.violations, late.days_longest) if late.violations else _NO_GROUP
    volume, limit, exposure = before.volume, before.limit, before.exposure
    about, deal_closed, stage = before.profile, before.deal_closed, before.lifecycle
    view = View(at, day, late, group, decided_by, volume, limit, exposure, about, deal_closed, stage, deal)
    return _with_reasons(rules, client, view)


def _with_reasons(rules: Rules, client: Client, view: View) -> View:
    found = active(rules, client, view)
    if found:
        view.active = view.reasons = found
        if client.facts.judgements is not None:
            view.reasons = overrides.uncovered(client, view.instant, found)
    return view


Coming = tuple[Instant, Instant]
"""The next instant at which lateness may change by time alone, and the next at which anything else may."""


def coming(standing: Standing, client: Client, view: View) -> Coming:
    """The earliest instants after that of the view at which time alone may change what holds."""
    rules, now, day = standing.rules, view.instant, view.day
    about, deal = view.profile, view.deal
    next_day = about.until
    if deal is not None and deal.open:
        next_day = min(next_day, sell_through.next_day(rules, client, deal, day))
    if view.deal_closed:
        volume_day = volume_category.next_day(rules, client, day, view.volume)
        if volume_day < next_day:  # `min` would take as long as the question
            next_day = volume_day
        lost_day = lifecycle.next_day(rules, client, day, about)
        if lost_day < next_day:
            next_day = lost_day
    position = client.position
    if position.ahead or position.kept:
        next_day = min(next_day, allocation.next_day(client))
    if client.facts.limits:
        next_day = min(next_day, credit_limit.next_day(rules, client, day))
    other = NEVER if next_day == NEVER else rules.midnight(next_day)
    if client.facts.judgements is not None:
        other = min(other, judgements.next_instant(client, now))
    if client.facts.requests is not None:
        other = min(other, reservations.next_expiry(client, now))
    return overdue.next_instant(rules, client, now, standing.completed_through, view.overdue), other


def timeline(standing: Standing, client: Client, first: Coming, now: View) -> Iterator[View]:
    """What will hold at each coming instant at which something may change if nothing arrives, from `first` on.

    `first` must be what is `coming` after the view of `now`. No state is changed.
    """
    rules, subject, view = standing.rules, client, now
    day_of = rules.day_of
    late, other = first
    while (at := late if late < other else other) != NEVER:
        day = day_of(at)
        deal = first_deal.later(subject, view.deal, day)
        if late < other and (deal is not None or view.deal is None):
            view = _later(standing, subject, view, at, day, deal)
        else:
            if day >= allocation.next_day(subject):  # facts dated ahead take effect: on a copy
                if subject is client:
                    subject = allocation.copy(client)
                allocation.advance(rules, subject, day)
            view = look(standing, subject, at, day, deal)
        yield view
        late, other = coming(standing, subject, view)


def predict(standing: Standing, client: Client, view: View, first: Coming) -> Prediction | None:
    """The next change after the view if nothing arrives; None when nothing ever changes by itself.

    `first` is what is `coming` after the view.
    """
    for later in timeline(standing, client, first, view):
        if later.reasons != view.reasons or not same(view, later):
            return Prediction(later.instant, differences(view, later))
    return None


def ends_at(standing: Standing, client: Client, view: View, reason: str) -> Instant:
    """When an active condition ends by time alone; NEVER when it does not."""
    first = coming(standing, client, view)
    for later in timeline(standing, client, first, view):
        if reason not in later.active:
            return later.instant
    return NEVER


def awaits_activity(view: View, prediction: Prediction | None) -> bool:
    """Whether a further sale changes what the status says: the client is lost, or becomes so next."""
    if view.lifecycle == lifecycle.LOST:
        return True
    if prediction is not None:
        for change in prediction.changes:
            if isinstance(change, DimensionChange) and change.after == lifecycle.LOST:
                return True
    return False


Prospect = tuple[str, str, list[tuple[Step, int]], int, int]
_NONE_AHEAD: list[tuple[Step, int]] = []


def turnover_prospect(rules: Rules, client: Client, day: Days) -> Prospect:
    """All that a sale can change of what holds and will hold: while this stays, nothing else does.

    The category of today and of the month to come, what sales dated ahead bring, how many facts wait for a partner, and
    where the last sale decides when the client is lost, its day. A sale that is changed or withdrawn may do more.
    """
    month, book = month_of(day), client.position.turnover
    running, closed = book.get(month, 0), book.get(month - 1, 0)
    to_come = volume_category.category(rules, running)
    today = to_come if running >= closed else volume_category.category(rules, closed)
    ahead = client.position.ahead
    sold_last = client.facts.about.sold_last if client.decided.categories.awaits_activity else 0
    return today, to_come, sales_ahead(client) if ahead else _NONE_AHEAD, len(client.facts.waiting), sold_last


def sales_ahead(client: Client) -> list[tuple[Step, int]]:
    """The sales and sale returns dated ahead, with what they add to the turnover, sign apart."""
    facts, amounts = client.facts, []
    for step in client.position.ahead:
        if step[1] == SALE:
            amounts.append((step, facts.sales[step[2]].amount))
        elif step[1] == SALE_RETURN:
            amounts.append((step, facts.sale_returns[step[2]].amount))
    return amounts


def differences(before: View, after: View) -> list[Change]:
    """What a reader of the status would be told between two views."""
    changes: list[Change] = [*_by_numbers(before.group, after.group, before.volume, after.volume)]
    for category, move in about_client(before, after):
        changes.append(DimensionChange(category.dimension, move.before, move.after, move.scope))
    if before.reasons != after.reasons:
        changes.extend(ConditionChange(reason, "opens") for reason in after.reasons if reason not in before.reasons)
        changes.extend(ConditionChange(reason, "closes") for reason in before.reasons if reason not in after.reasons)
    return changes


@lru_cache(maxsize=256)
def _by_numbers(group: int, group_after: int, volume: str, volume_after: str) -> list[Change]:
    """Moves of the risk group and the volume: nearly every look ahead ends with one, and they are few. Not to be
    changed."""
    changes: list[Change] = []
    if group != group_after:
        changes.append(DimensionChange(RISK_GROUP.dimension, group, group_after))
    if volume != volume_after:
        changes.append(DimensionChange(VOLUME.dimension, volume, volume_after))
    return changes
