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
    current, current_id, since = 0, "", 0
    going_on: list[tuple[str, str]] = []
    for place in opened:
        due = place.due
        if due >= day or (due > completed_through and cutoff(due) > now):
            break  # neither its cutoff has passed nor are all payments in; those after it are due later still
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
            going_on.append((shipment_id, place.id))
        if day - first + 1 > current:
            current, current_id, since = day - first + 1, place.id, first
    if not late:
        return Overdue(len(judged), judged, current, current_id, current, current_id, since, judged)
    found = dict.fromkeys(going_on)
    longest, longest_id = current, current_id
    window_first = day - rules.window_days + 1
    for run in late:
        first, last = run.first, run.last
        if last < window_first or first > day:
            continue
        if run.due > completed_through and cutoff(run.due) > now:
            continue  # not judged yet
        key = run.shipment_id, run.obligation_id
        if last > day:  # it was still going on then
            last = day
            if key not in found:
                judged.append(run.obligation_id)
            if day - first + 1 > current:
                current, current_id, since = day - first + 1, run.obligation_id, first
        found[key] = None
        if last - first + 1 > longest:
            longest, longest_id = last - first + 1, run.obligation_id
    return Overdue(len(found), [key[1] for key in found], longest, longest_id, current, current_id, since, judged)


def next_instant(rules: Rules, client: Client, now: Instant, completed_through: Days) -> Instant:
    """The next instant after `now` at which violations, bands or what is overdue change by time alone; or NEVER."""
    position = client.position
    if position.changed:
        return overdue_changed.next_instant(rules, client, now, completed_through)
    dispatches = client.facts.dispatches
    earliest, since = NEVER, 0
    longest = 0
    day = 0
    for place in position.open:
        due, shipment_id = place.due, place.shipment_id
        if shipment_id:
            spans = dispatches[shipment_id].obligations[place.index].spans
        else:
            spans = obligation_at(client, shipment_id, place.index).spans
        if not spans or spans[-1]:
            continue
        # a cutoff is never before the day after the due date
        begins = rules.cutoff(due) if due > completed_through else rules.midnight(due + 1)
        if begins > now:
            earliest = begins
            break
        first = run_first(spans, due)
        since = min(since, first) if since else first
    if position.late:
        day = rules.day_of(now)
        window_first = day - rules.window_days + 1
        leaves = 0
        for run in position.late:
            last, due = run.last, run.due
            if last < window_first:
                continue
            if due > completed_through and (judged := rules.cutoff(due)) > now:
                earliest = min(earliest, judged)
                continue
            if not leaves:  # they stand in order of ending
                leaves = last + rules.window_days
            if last - run.first >= longest:
                longest = last - run.first + 1
        if leaves:
            earliest = min(earliest, rules.midnight(leaves))
    if since:
        longest = max(longest, (day or rules.day_of(now)) - since + 1)
        threshold = next_threshold_days(rules, longest)
        if threshold is not None:
            earliest = min(earliest, rules.midnight(since + threshold - 1))
    return earliest


def episodes(rules: Rules, client: Client, obligation: Obligation, day: Days) -> list[tuple[Days, Days]]:
    """Runs of overdue days (first, last) of one obligation through `day`, judged or not, in order."""
    segments = obligation_changes.segments(rules, client, obligation, day)
    return [(first, last) for first, last, _ in obligation_changes.episodes(segments)]
