"""Lateness of a client of whom an obligation was rescheduled or disputed: every run is looked at anew.

The same questions as in `streams.domain.overdue`, which answers them for everybody else without looking at each day's
due date; a test holds the two to each other.
"""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.records import NEVER, Instant
from streams.domain import obligation_changes
from streams.domain.debts import run_first
from streams.domain.lateness import Overdue
from streams.domain.lookup import obligation_at
from streams.domain.policy import Rules
from streams.domain.risk_group import next_threshold_days
from streams.domain.state import Client, Days, Obligation


class _Run(NamedTuple):
    """A run of overdue days of one obligation as of a day."""

    first: Days
    last: Days
    dues: list[Days]
    """Due dates in force in its course; judged is it with the first of them that is."""
    goes_on: bool
    obligation_id: str
    shipment_id: str


def measure(rules: Rules, client: Client, now: Instant, day: Days, completed_through: Days) -> Overdue:
    """See `streams.domain.overdue.measure`."""
    window_first = day - rules.window_days + 1
    runs = [
        run
        for run in _runs(rules, client, day)
        if run.last >= window_first and _judged_from(rules, run.dues, completed_through) <= now
    ]
    going_on = sorted((run for run in runs if run.goes_on), key=lambda run: (run.dues[-1], run.obligation_id))
    ended = sorted((run for run in runs if not run.goes_on), key=lambda run: run[1:2] + run[4:])
    found = dict.fromkeys((run.shipment_id, run.obligation_id) for run in going_on + ended)
    longest = max(going_on + ended, key=_length, default=None)
    current = max(going_on, key=_length, default=None)
    return Overdue(
        len(found),
        [obligation_id for _, obligation_id in found],
        _length(longest) if longest else 0,
        longest.obligation_id if longest else "",
        _length(current) if current else 0,
        current.obligation_id if current else "",
        current.first if current else 0,
        [run.obligation_id for run in going_on],
    )


def next_instant(rules: Rules, client: Client, now: Instant, completed_through: Days) -> Instant:
    """See `streams.domain.overdue.next_instant`; it may also be an instant at which nothing changes."""
    day = rules.day_of(now)
    runs = list(_runs(rules, client, day))
    days = [run.last + rules.window_days for run in runs if not run.goes_on]
    dues = [due for run in runs for due in run.dues]
    judged = [run for run in runs if _judged_from(rules, run.dues, completed_through) <= now]
    longest = max(map(_length, judged), default=0)
    for run in runs:
        # above its own length: one that is not judged yet may be the longest, and shorter ones still move the group
        threshold = next_threshold_days(rules, max(longest, _length(run))) if run.goes_on else None
        if threshold is not None:
            days.append(run.first + threshold - 1)
    for shipment_id, index in client.position.changed:
        obligation = obligation_at(client, shipment_id, index)
        if obligation.outstanding:
            dues.append(obligation.due)
            days += obligation_changes.borders(rules, client, obligation)
    for place in client.position.open:
        dues.append(place.due)
    instants = [rules.midnight(one) for one in days]
    for due in dues:
        instants += [rules.midnight(due + 1), rules.cutoff(due)] if due else []
    return min((instant for instant in instants if instant > now), default=NEVER)


def _length(run: _Run) -> int:
    return run.last - run.first + 1


def _judged_from(rules: Rules, dues: list[Days], completed_through: Days) -> Instant:
    """The instant from which a run counts; 0: since accounting has posted its due date."""
    return min(0 if due <= completed_through else rules.cutoff(due) for due in dues)


def _runs(rules: Rules, client: Client, day: Days) -> Iterator[_Run]:
    """Every run of overdue days through `day` that may still matter."""
    position = client.position
    changed = dict.fromkeys(position.changed)
    for place in position.open:
        if (place.shipment_id, place.index) not in changed and place.due < day:
            spans = obligation_at(client, place.shipment_id, place.index).spans
            if spans and not spans[-1] and spans[-2] <= day:
                yield _Run(run_first(spans, place.due), day, [place.due], True, place.id, place.shipment_id)
    for run in position.late:
        if run.first <= day:
            goes_on = run.last > day
            yield _Run(run.first, min(run.last, day), [run.due], goes_on, run.obligation_id, run.shipment_id)
    for shipment_id, index in changed:
        obligation = obligation_at(client, shipment_id, index)
        segments = obligation_changes.segments(rules, client, obligation, day)
        for first, last, dues in obligation_changes.episodes(segments):
            goes_on = last == day and _outstanding(obligation, day)
            yield _Run(first, last, dues, goes_on, obligation.id, shipment_id)


def _outstanding(obligation: Obligation, day: Days) -> bool:
    """Whether more than the tolerance was outstanding at the end of `day` (today: now)."""
    spans = obligation.spans
    return any(first <= day and (not end or end > day) for first, end in zip(spans[::2], spans[1::2], strict=True))
