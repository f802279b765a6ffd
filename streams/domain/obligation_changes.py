"""What people change about an obligation: another due date, a dispute, a write-off.

On each day the latest rescheduling by `on`, then id, gives the due date; overdue days before it stay. A day at whose
end the obligation is disputed is no overdue day; a resolution wins on the same date. A write-off takes what is
outstanding on its day off the debt. All of it is looked up in the facts for the day asked about, so it may come late.
"""

from collections.abc import Iterator
from typing import NamedTuple

from streams.domain.changes import Change
from streams.domain.lookup import opening_in_force
from streams.domain.policy import Rules
from streams.domain.state import Client, Days, Obligation


class Segment(NamedTuple):
    """Overdue days `first` through `last` of one obligation under one due date."""

    first: Days
    last: Days
    due: Days


def any_known(client: Client) -> bool:
    """Whether the client has any such fact at all: nearly none has."""
    changes = client.facts.changes
    return bool(changes.rescheduled or changes.disputed or changes.written_off)


def in_force(client: Client, facts: dict[str, Change], obligation_id: str) -> list[tuple[Days, str]]:
    """(day, id) in order of the facts of one kind about an obligation, those before the opening balances left out."""
    opening_id = opening_in_force(client) if client.facts.openings else None
    begins = 0 if opening_id is None else client.facts.openings[opening_id].day
    return sorted(
        (change.day, name)
        for name, change in facts.items()
        if change.obligation_id == obligation_id and not change.voided and change.day >= begins
    )


def due_on(rules: Rules, client: Client, obligation: Obligation, day: Days) -> Days:
    """The due date in force on a day."""
    stated = obligation.due_stated
    rescheduled = client.facts.changes.rescheduled
    if rescheduled:
        for on, name in in_force(client, rescheduled, obligation.id):
            if on <= day:
                stated = rescheduled[name].due_stated
    return rules.due_in_force(stated)


def is_changed(client: Client, obligation: Obligation) -> bool:
    """Whether its lateness follows from more than its spans and one due date."""
    changes = client.facts.changes
    return any(in_force(client, facts, obligation.id) for facts in (changes.rescheduled, changes.disputed))


def _periods(rules: Rules, client: Client, obligation: Obligation) -> Iterator[tuple[Days, Days, Days]]:
    """(first day, day after the last, due date in force) of its whole life; the last one never ends (0)."""
    rescheduled = client.facts.changes.rescheduled
    first, stated = 0, obligation.due_stated
    for on, name in in_force(client, rescheduled, obligation.id):
        if on > first:
            yield first, on, rules.due_in_force(stated)
        first, stated = on, rescheduled[name].due_stated
    yield first, 0, rules.due_in_force(stated)


def disputes(client: Client, obligation_id: str) -> list[tuple[Days, Days]]:
    """(first, day after the last) of the days at whose end it is disputed; 0: not resolved."""
    changes = client.facts.changes
    if not changes.disputed:
        return []
    resolved = [day for day, _ in in_force(client, changes.resolved, obligation_id)]
    found: list[tuple[Days, Days]] = []
    for begins, _ in in_force(client, changes.disputed, obligation_id):
        ends = next((day for day in resolved if day >= begins), 0)
        if not found or 0 < found[-1][1] <= begins:
            found.append((begins, ends))
    return found


def segments(rules: Rules, client: Client, obligation: Obligation, day: Days) -> list[Segment]:
    """Its overdue days through `day`, in order, cut where the due date changes and where days are disputed."""
    disputed = disputes(client, obligation.id)
    found: list[Segment] = []
    for span_first, span_end in zip(obligation.spans[::2], obligation.spans[1::2], strict=True):
        span_last = min(span_end, day) if span_end else day
        for begins, ends, due in _periods(rules, client, obligation):
            first, last = max(span_first, begins, due + 1), min(span_last, ends - 1) if ends else span_last
            found += [Segment(*days, due) for days in _without(first, last, disputed)]
    return found


def episodes(segments: list[Segment]) -> list[tuple[Days, Days, list[Days]]]:
    """(first, last, due dates in force meanwhile) of runs of overdue days; segments without a day between are one."""
    runs: list[tuple[Days, Days, list[Days]]] = []
    for first, last, due in segments:
        if runs and first == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], last, [*runs[-1][2], due]
        else:
            runs.append((first, last, [due]))
    return runs


def _without(first: Days, last: Days, holes: list[tuple[Days, Days]]) -> Iterator[tuple[Days, Days]]:
    """The days `first` through `last` that lie in none of the holes (first, day after the last; 0: no end)."""
    for begins, ends in holes:
        if first > last:
            return
        if begins > last or (ends and ends <= first):
            continue
        if begins > first:
            yield first, begins - 1
        if not ends:
            return
        first = ends
    if first <= last:
        yield first, last


def borders(rules: Rules, client: Client, obligation: Obligation) -> list[Days]:
    """Every day on which its lateness may turn by what people said: new due dates, and days of a dispute."""
    days: list[Days] = []
    for begins, _, due in _periods(rules, client, obligation):
        days += (begins, due + 1)
    for begins, ends in disputes(client, obligation.id):
        days += (begins, ends)
    return [day for day in days if day]


def write_off_day(client: Client, change: Change) -> Days:
    """The day a write-off takes effect: its own, not before its obligation's; 0 without the obligation."""
    found = places(client, change.obligation_id)
    if not found:
        return 0
    facts, opening_id = client.facts, opening_in_force(client)
    days = [facts.dispatches[shipment_id].day for shipment_id, _ in found if shipment_id]
    if len(days) < len(found) and opening_id is not None:
        days.append(facts.openings[opening_id].day)
    return max(change.day, min(days))


def written_off(client: Client, obligation: Obligation, day: Days) -> bool:
    """Whether by the end of `day` a write-off closed it: then it is not owed, and not paid either."""
    facts = client.facts.changes.written_off
    if not facts:
        return False
    ends = dict.fromkeys((obligation.unpaid or obligation.spans)[1::2])
    taken = [write_off_day(client, facts[name]) for _, name in in_force(client, facts, obligation.id)]
    return any(on <= day and on in ends for on in taken)


def places(client: Client, obligation_id: str) -> list[tuple[str, int]]:
    """Where the obligations of this id stand: in dispatches, and in the opening balances in force."""
    opening_id = opening_in_force(client) if client.facts.openings else None
    begins = 0 if opening_id is None else client.facts.openings[opening_id].day
    found = [
        (shipment_id, index)
        for shipment_id, dispatch in client.facts.dispatches.items()
        if not dispatch.voided and dispatch.day >= begins
        for index, one in enumerate(dispatch.obligations)
        if one.id == obligation_id
    ]
    if opening_id is not None:
        rows = client.facts.openings[opening_id].obligations
        found += [("", index) for index, one in enumerate(rows) if one.id == obligation_id]
    return found
