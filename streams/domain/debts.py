"""What is outstanding of one obligation, and the spans of days through which it was.

Spans have the grain of a day: an obligation opened and closed on one day was open at no day's end. Ended runs of
overdue days are noted in `Position.late` as they end.
"""

from bisect import bisect_left, insort

from streams.domain.policy import Rules
from streams.domain.state import Days, Obligation, OpenObligation, Position, Run


def reduce(
    rules: Rules, position: Position, place: OpenObligation, obligation: Obligation, amount: int, day: Days
) -> None:
    """Take `amount` (at most what is outstanding) off an open obligation: paid or returned on `day`."""
    before = obligation.outstanding
    after = obligation.outstanding = before - amount
    position.outstanding -= amount
    obligation.moved = day
    tolerance = rules.overdue_tolerance
    if after <= tolerance < before:
        first = _close(obligation.spans, day)
        if first and day > obligation.due and (place.shipment_id, place.index) not in position.changed:
            add_run(position, obligation, place.shipment_id, day)
    if after == 0:
        if tolerance:
            _close(obligation.unpaid, day)
        opened = position.open
        if opened[0] is place:
            del opened[0]
        else:
            del opened[bisect_left(opened, place)]


def raise_again(
    rules: Rules, position: Position, place: tuple[str, int], obligation: Obligation, amount: int, day: Days
) -> None:
    """Reopen `amount` of an obligation on `day` (or open it whole on its first day)."""
    before = obligation.outstanding
    after = obligation.outstanding = before + amount
    position.outstanding += amount
    tolerance = rules.overdue_tolerance
    if before <= tolerance < after:
        _open(obligation.spans, day)
    if before == 0:
        if tolerance:
            _open(obligation.unpaid, day)
        open_place(position, OpenObligation(obligation.due, obligation.id, place[0], place[1]))


def open_place(position: Position, place: OpenObligation) -> None:
    """Put a place where money will look for it: oldest due first, then id."""
    opened = position.open
    if not opened or opened[-1] < place:
        opened.append(place)
    else:
        insort(opened, place)


def move_place(position: Position, place: OpenObligation, due: Days) -> None:
    """Put an obligation where its new due date belongs; nothing when it is not open."""
    index = bisect_left(position.open, place)
    if index < len(position.open) and position.open[index] == place:
        del position.open[index]
        open_place(position, OpenObligation(due, place.id, place.shipment_id, place.index))


def _open(spans: list[int], day: Days) -> None:
    if spans and spans[-1] == day:
        spans[-1] = 0  # closed and reopened on one day: it never was closed at a day's end
    else:
        spans += (day, 0)


def _close(spans: list[int], day: Days) -> Days:
    """End the open span; gives its first day, 0 when it began the same day (and so was open at no day's end)."""
    first = spans[-2]
    if first == day:
        del spans[-2:]
        return 0
    spans[-1] = day
    return first


def spans_at_base(tolerance: int, obligation: Obligation, day: Days) -> tuple[list[int], list[int]]:
    """(spans, unpaid) as of its base, which ends with `day`, fit for a tolerance that may be another than then: the
    past stays as it was noted, and from the next day on the last span is open just when more is outstanding."""
    assert obligation.base is not None
    outstanding, _, spans, unpaid = obligation.base
    noted = list(spans), list(unpaid or spans) if tolerance else []
    for kept, is_open in zip(noted, (outstanding > tolerance, outstanding > 0 and tolerance > 0), strict=True):
        if is_open != bool(kept and not kept[-1]):
            if is_open:
                _open(kept, day + 1)
            else:
                _close(kept, day + 1)
    return noted


def run_first(spans: list[int], due: Days) -> Days:
    """First day of the run of overdue days that the last span belongs to; runs without a day between are one."""
    index = len(spans) - 4
    if index < 0:
        return spans[0] if spans[0] > due else due + 1
    first = max(spans[-2], due + 1)
    while index >= 0 and spans[index + 1] >= first - 1 and spans[index + 1] > due:
        first = max(spans[index], due + 1)
        index -= 2
    return first


def add_run(position: Position, obligation: Obligation, shipment_id: str, last: Days) -> None:
    """Note a run of overdue days that ended on `last`."""
    due = obligation.due
    insert_run(position.late, Run(run_first(obligation.spans, due), last, due, obligation.id, shipment_id))


def insert_run(late: list[Run], run: Run) -> None:
    """In order of ending, then id; nearly always the newest."""
    index = len(late)
    key = run.last, run.obligation_id, run.shipment_id
    while index and (late[index - 1].last, late[index - 1].obligation_id, late[index - 1].shipment_id) > key:
        index -= 1
    late.insert(index, run)
