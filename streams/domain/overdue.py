"""Overdue days, episodes and violations, as of now or of the end of an earlier day.

An overdue day is one after the due date at whose beginning or end (today: now) more than the tolerance is outstanding.
Obligations keep their spans of days with something outstanding; ended runs of overdue days are noted as they end. So
the usual question, of a client who pays on time, looks at two lists and is done.
"""

from typing import Final

from schemas.records import NEVER
from streams.domain import obligation_changes, overdue_changed
from streams.domain.debts import run_first
from streams.domain.lateness import Overdue as Overdue
from streams.domain.lookup import obligation_at
from streams.domain.policy import Rules
from streams.domain.risk_group import next_threshold_days
from streams.domain.state import Client, Days, Instant, Obligation

_NONE: Final = Overdue(0, [], 0, "", 0, "", 0, [])


def measure(rules: Rules, client: Client, now: Instant, day: Days, completed_through: Days) -> Overdue:
    """Lateness at the instant `now` of `day`.

    For the end of an earlier day give that day, `rules.end_of(day)` and what accounting had completed by then: the
    facts known today are looked at as of that day's end, judged as of that instant. `completed_through` is the last
    day that a `payments.completed` covered (0: none). Do not change the lists of the result.
    """
    position = client.position
    if position.changed:
        return overdue_changed.measure(rules, client, now, day, completed_through)
    late, opened = position.late, position.open
    if not late and (not opened or opened[0].due >= day):
        return _NONE
    dispatches, cutoff = client.facts.dispatches, rules.cutoff
    judged: list[str] = []
    current, current_id, since, looked_at = 0, "", 0, 0
    going_on: list[tuple[tuple[str, str], str]] = []
    for place in opened:
        due = place.due
        if due >= day or (due > completed_through and cutoff(due) > now):
            break  # neither its cutoff has passed nor are all payments in; those after it are due later still
        looked_at += 1
        shipment_id = place.shipment_id
        if shipment_id:
            spans = dispatches[shipment_id].obligations[place.index].spans
        else:
            spans = obligation_at(client, shipment_id, place.index).spans
        if not spans or spans[-1] or spans[-2] > day:
            continue  # within the tolerance, or reopened only after `day`
        first = run_first(spans, due)
        judged.append(place.id)
        if late:
            going_on.append(((shipment_id, place.id), place.id))
        if day - first >= current:
            current, current_id, since = day - first + 1, place.id, first
    if not late:
        return Overdue(len(judged), judged, current, current_id, current, current_id, since, judged, looked_at)
    found = dict(going_on)
    longest, longest_id = current, current_id
    judged_next, leaves = NEVER, 0
    window_first = day - rules.window_days + 1
    for run in late:
        first, last = run.first, run.last
        if last < window_first or first > day:
            continue
        if run.due > completed_through and cutoff(run.due) > now:
            judged_next = min(judged_next, cutoff(run.due))
            continue
        if not leaves:  # they stand in order of ending
            leaves = last + rules.window_days
        key = run.shipment_id, run.obligation_id
        if last > day:  # it was still going on then
            last = day
            if key not in found:
                judged.append(run.obligation_id)
            if day - first + 1 > current:
                current, current_id, since = day - first + 1, run.obligation_id, first
        found[key] = run.obligation_id
        if last - first >= longest:
            longest, longest_id = last - first + 1, run.obligation_id
    return Overdue(
        len(found), list(found.values()), longest, longest_id, current, current_id, since, judged,
        looked_at, judged_next, leaves,
    )  # fmt: skip


def next_instant(
    rules: Rules, client: Client, now: Instant, completed_through: Days, late: Overdue | None = None
) -> Instant:
    """The next instant after `now` at which violations, bands or what is overdue change by time alone; or NEVER.

    `late` is what `measure` found at `now`, where it was asked already.
    """
    position = client.position
    if position.changed:
        return overdue_changed.next_instant(rules, client, now, completed_through)
    if late is None:
        late = measure(rules, client, now, rules.day_of(now), completed_through)
    earliest = late.judged_next
    for place in position.open[late.looked_at :]:
        spans = obligation_at(client, place.shipment_id, place.index).spans
        if spans and not spans[-1]:
            # a cutoff is never before the day after the due date
            due = place.due
            begins = rules.cutoff(due) if due > completed_through else rules.midnight(due + 1)
            if begins < earliest:
                earliest = begins
            break
    if late.leaves and (leaves := rules.midnight(late.leaves)) < earliest:
        earliest = leaves
    if late.since:
        threshold = next_threshold_days(rules, late.days_longest)
        if threshold is not None:
            earliest = min(earliest, rules.midnight(late.since + threshold - 1))
    return earliest


def episodes(rules: Rules, client: Client, obligation: Obligation, day: Days) -> list[tuple[Days, Days]]:
    """Runs of overdue days (first, last) of one obligation through `day`, judged or not, in order."""
    segments = obligation_changes.segments(rules, client, obligation, day)
    return [(first, last) for first, last, _ in obligation_changes.episodes(segments)]
