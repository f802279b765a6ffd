"""All clients in memory: their rows in every order, and sums that are kept as rows come and go.

A list of ten thousand rows is scrolled anywhere at once, so it lies here sorted; the sums are moved on by each row that
is replaced, so that a change costs what changed and not what there is.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import msgspec

from streams.views.desk.rows import Row

LISTS: Final = ("all", "blocked", "next", "calls", "largest_overdue")
CALL_DAYS: Final = 3


class Sums(msgspec.Struct):
    """Of the clients in one class."""

    clients: int = 0
    blocked: int = 0
    outstanding: int = 0
    overdue: int = 0

    def move(self, row: Row, sign: int) -> None:
        """Adds or takes away a client."""
        self.clients += sign
        self.blocked += sign * row.blocked
        self.outstanding += sign * row.outstanding
        self.overdue += sign * row.overdue


class Filters(NamedTuple):
    """Which rows of a list; None: all."""

    risk_group: int | None = None
    volume: str | None = None
    importance: str | None = None
    search: str = ""

    def take(self, row: Row) -> bool:
        """Whether a row passes."""
        return (
            (self.risk_group is None or row.risk_group == self.risk_group)
            and (self.volume is None or row.volume == self.volume)
            and (self.importance is None or row.importance == self.importance)
            and _begins(row.words, self.search)
        )


class ClientTable:
    """Every client's row by id."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._sorted: dict[tuple[Any, ...], list[Row]] = {}
        self.all = Sums()
        self.by_group: defaultdict[int, Sums] = defaultdict(Sums)
        self.by_volume: defaultdict[str, Sums] = defaultdict(Sums)
        self.by_importance: defaultdict[str, Sums] = defaultdict(Sums)
        self.by_scope: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.by_due: defaultdict[tuple[date, bool], list[int]] = defaultdict(lambda: [0, 0])
        """(due date, judged) → how many obligations, what of them is outstanding."""
        self.currencies: Counter[str] = Counter()
        self._client_of_shipment: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, row: Row) -> None:
        """A client's newest row."""
        before = self._rows.get(row.client_id)
        if before is not None:
            self._move(before, -1)
        self._rows[row.client_id] = row
        self._move(row, 1)
        self._sorted.clear()

    def get(self, client_id: str) -> Row | None:
        """A client's row."""
        return self._rows.get(client_id)

    def client_of(self, shipment_id: str) -> str | None:
        """Whose approved shipment this is."""
        return self._client_of_shipment.get(shipment_id)

    def rows(self, name: str, filters: Filters, today: date, tomorrow_ends: datetime | None = None) -> list[Row]:
        """A list in its order. `tomorrow_ends`: of `next` only those blocked by then."""
        key = (name, filters, today, tomorrow_ends)
        found = self._sorted.get(key)
        if found is None:
            if len(self._sorted) > 64:
                self._sorted.clear()
            found = self._sorted[key] = self._sort(name, filters, today, tomorrow_ends)
        return found

    def _sort(self, name: str, filters: Filters, today: date, tomorrow_ends: datetime | None) -> list[Row]:
        chosen: Iterable[Row] = (row for row in self._rows.values() if filters.take(row))
        if name == "blocked":
            return sorted((row for row in chosen if row.blocked), key=_latest_block)
        if name == "next":
            coming = [(datetime.fromisoformat(row.blocks_at), row.client_id, row) for row in chosen if row.blocks_at]
            return [row for at, _, row in sorted(coming, key=_first_two) if tomorrow_ends is None or at < tomorrow_ends]
        if name == "calls":
            last = date.fromordinal(today.toordinal() + CALL_DAYS)
            return sorted(
                (row for row in chosen if row.due_next is not None and row.due_next <= last), key=_earliest_due
            )
        if name == "largest_overdue":
            return sorted((row for row in chosen if row.overdue), key=lambda row: (-row.overdue, row.client_id))
        return sorted(chosen, key=lambda row: row.client_id)

    def _move(self, row: Row, sign: int) -> None:
        self.all.move(row, sign)
        self.by_group[row.risk_group].move(row, sign)
        self.by_volume[row.volume].move(row, sign)
        if row.importance is not None:
            self.by_importance[row.importance].move(row, sign)
        for kind, scope_id, importance in row.scopes:
            self.by_scope[kind, scope_id][importance] += sign
        for due, outstanding, judged in row.obligations:
            counted = self.by_due[due, judged]
            counted[0] += sign
            counted[1] += sign * outstanding
            if not counted[0]:
                del self.by_due[due, judged]
        self.currencies[row.currency] += sign
        for shipment_id in row.shipments:
            if sign > 0:
                self._client_of_shipment[shipment_id] = row.client_id
            elif self._client_of_shipment.get(shipment_id) == row.client_id:
                del self._client_of_shipment[shipment_id]


def _begins(words: str, search: str) -> bool:
    """Whether the id, or the name from some word on, begins with what is looked for."""
    return not search or words.startswith(search) or f" {search}" in words


def _latest_block(row: Row) -> tuple[float, str]:
    since = 0.0 if row.blocked_since is None else datetime.fromisoformat(row.blocked_since).timestamp()
    return -since, row.client_id


def _earliest_due(row: Row) -> tuple[date, int, str]:
    assert row.due_next is not None
    return row.due_next, -row.outstanding, row.client_id


_first_two: Callable[[tuple[Any, ...]], tuple[Any, ...]] = lambda item: item[:2]  # noqa: E731
