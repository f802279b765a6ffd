"""A spreadsheet of opening balances read as one `client.opened` a client.

The form is one CSV table, several rows a client, in any order. Every row names the client and what kind of row it is:

| kind | must have | may have |
|---|---|---|
| `client` | nothing more: a client without balances | |
| `obligation` | id, due_date, amount (what is still outstanding) | shipment_id |
| `violation` | id (the obligation), first_day, last_day | |
| `turnover` | month, amount | direction, territory |
| `unapplied` | amount | |
| `outlet` | id | territory, mall |
| `document` | document, id (its number) | direction |

What holds for the client as a whole (as_of, currency, name, lifecycle, rate) stands on any of its rows and may be
repeated; rows that contradict each other are refused. The event's id is always `opening`, so a corrected form is
imported as its next revision.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from pydantic import ValidationError

from schemas.catalogue import CLIENTS, RECORD_BYTES_MAX
from schemas.inputs import MODELS
from schemas.wording import field_of, in_words
from streams.cli import opening_cells
from streams.cli.opening_table import Row, rows_of
from streams.cli.receivables import Entry

OPENING_ID: Final = "opening"
_TYPE: Final = "client.opened"
_encode: Final = msgspec.json.Encoder().encode


class Kind(NamedTuple):
    """One kind of row: the list of the event it goes to, and its columns (must have, may have)."""

    list_name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    id_field: str
    once: tuple[str, ...]
    """Columns that together may occur only once a client."""


KINDS: Final[dict[str, Kind]] = {
    "client": Kind("", (), (), "", ()),
    "obligation": Kind("obligations", ("id", "due_date", "amount"), ("shipment_id",), "obligation_id", ("id",)),
    "violation": Kind("violations", ("id", "first_day", "last_day"), (), "obligation_id", ("id", "first_day")),
    "turnover": Kind(
        "turnover", ("month", "amount"), ("direction", "territory"), "", ("month", "direction", "territory")
    ),
    "unapplied": Kind("", ("amount",), (), "", ("kind",)),
    "outlet": Kind("outlets", ("id",), ("territory", "mall"), "outlet_id", ("id",)),
    "document": Kind("documents", ("document", "id"), ("direction",), "number", ("document", "id")),
}
HEAD: Final = ("as_of", "currency", "name", "lifecycle", "rate")
"""Columns about the client as a whole."""
COLUMNS: Final = (
    "client_id", *HEAD, "kind", "id", "due_date", "amount", "shipment_id", "first_day", "last_day", "month",
    "direction", "territory", "mall", "document",
)  # fmt: skip
REQUIRED: Final = ("client_id", "as_of", "kind")
_READ: Final = {
    "as_of": opening_cells.day,
    "due_date": opening_cells.day,
    "first_day": opening_cells.day,
    "last_day": opening_cells.day,
    "month": opening_cells.month,
    "amount": opening_cells.amount,
}


class Problem(NamedTuple):
    """What is wrong in one cell."""

    line: int
    column: str
    said: str
    client_id: str
    """"" when the row cannot be told to belong to a client."""


class Opening(NamedTuple):
    """One client of the form."""

    line: int
    """Of its first row."""
    value: dict[str, Any]

    @property
    def as_of(self) -> date:
        """The day at whose beginning these balances hold."""
        return date.fromisoformat(self.value["as_of"])


class _Client:
    """The rows of one client so far."""

    def __init__(self, client_id: str, line: int) -> None:
        self.client_id = client_id
        self.line = line
        self.head: dict[str, tuple[str, int]] = {}
        self.unapplied = ""
        self.lists: dict[str, list[dict[str, str]]] = {}
        self.lines: dict[str, list[tuple[int, str]]] = {}
        """Line and kind of each entry of `lists`."""
        self.seen: dict[tuple[str, ...], int] = {}
        self.wrong: list[str] = []
        """Columns in which something is wrong."""


class OpeningForm:
    """Reads a whole form: `openings` in order of first appearance, `problems` in order of the lines."""

    def __init__(self, currency: str, revision: int = 1) -> None:
        self._currency = currency
        self._revision = revision
        self._clients: dict[str, _Client] = {}
        self.problems: list[Problem] = []
        self.openings: list[Opening] = []

    def read(self, lines: Iterable[str], name: str) -> None:
        """Takes every row; raises Failure when the file as a whole is no form."""
        for row in rows_of(lines, name, COLUMNS, REQUIRED):
            if row.fault:
                self.problems.append(Problem(row.line, "", row.fault, ""))
            else:
                self._take(row)
        for client in self._clients.values():
            self._finish(client)
        self.problems.sort(key=lambda problem: problem.line)

    def _take(self, row: Row) -> None:
        client_id = row.cells["client_id"]
        if not client_id:
            said = "is empty; write the client's id on every row"
            self.problems.append(Problem(row.line, "client_id", said, ""))
            return
        client = self._clients.setdefault(client_id, _Client(client_id, row.line))
        cells = self._read_cells(client, row)
        for column in HEAD:
            self._take_head(client, row.line, column, cells.get(column, ""))
        kind = KINDS.get(row.cells["kind"].lower())
        if kind is None:
            self._wrong(client, row.line, "kind", f"is {row.cells['kind']!r}; write one of {', '.join(KINDS)}")
        else:
            self._take_entry(client, row, kind, cells)

    def _read_cells(self, client: _Client, row: Row) -> dict[str, str]:
        """The row's filled cells in the contract's forms."""
        cells: dict[str, str] = {}
        for column, text in row.cells.items():
            if text:
                try:
                    cells[column] = _READ[column](text) if column in _READ else text
                except ValueError as error:
                    self._wrong(client, row.line, column, str(error))
                    cells[column] = ""  # said already; it is not missing
        return cells

    def _take_head(self, client: _Client, line: int, column: str, text: str) -> None:
        if not text:
            return
        known, first = client.head.setdefault(column, (text, line))
        if known != text:
            self._wrong(client, line, column, f"is {text!r}, on line {first} it is {known!r}; make them alike")

    def _take_entry(self, client: _Client, row: Row, kind: Kind, cells: dict[str, str]) -> None:
        name = row.cells["kind"].lower()
        missing = [column for column in kind.required if column not in cells]
        used = ("client_id", *HEAD, "kind", *kind.required, *kind.optional)
        for column in missing:
            self._wrong(client, row.line, column, f"is empty; a row of kind {name} needs it")
        for column in cells:
            if column not in used:
                said = f"is filled, but a row of kind {name} does not use it; empty it or correct the kind"
                self._wrong(client, row.line, column, said)
        if kind.once and not missing:
            first = client.seen.setdefault((name, *(cells.get(column, "") for column in kind.once)), row.line)
            if first != row.line:
                column = kind.once[0] if kind.once[0] != "kind" else "amount"
                self._wrong(client, row.line, column, f"is on line {first} already; leave one row of it")
        if name == "unapplied":
            client.unapplied = cells.get("amount", "")
        elif kind.list_name:
            entry = {(kind.id_field if column == "id" else column): text for column, text in cells.items()}
            fields = (kind.id_field, *kind.required, *kind.optional)
            client.lists.setdefault(kind.list_name, []).append(
                {field: text for field, text in entry.items() if field in fields}
            )
            client.lines.setdefault(kind.list_name, []).append((row.line, name))

    def _finish(self, client: _Client) -> None:
        """The client's event, when nothing is wrong with its rows and the contract takes it."""
        head = {column: text for column, (text, _) in client.head.items()}
        if "as_of" not in head:
            if "as_of" not in client.wrong:
                self._wrong(client, client.line, "as_of", "is empty; write on one row of the client when these hold")
            return
        head.setdefault("currency", self._currency)
        if head["currency"] != self._currency and "rate" not in head:
            said = f"is empty; {head['currency']} needs the rate to {self._currency}"
            self._wrong(client, client.head["currency"][1], "rate", said)
        self._check_past(client, head["as_of"])
        if client.wrong:
            return
        value: dict[str, Any] = {"type": _TYPE, "id": OPENING_ID, "client_id": client.client_id}
        if self._revision > 1:
            value["revision"] = self._revision
        value |= head
        if client.unapplied:
            value["unapplied"] = client.unapplied
        value |= client.lists
        self._check_contract(client, value)

    def _check_past(self, client: _Client, as_of: str) -> None:
        """What lies ahead of `as_of` is no balance of it."""
        for entry, (line, _) in zip(
            client.lists.get("violations", ()), client.lines.get("violations", ()), strict=True
        ):
            if entry.get("last_day", "") >= as_of:
                said = f"{entry['last_day']} is not before as_of; what is still overdue is a row of kind obligation"
                self._wrong(client, line, "last_day", said)
        for entry, (line, _) in zip(client.lists.get("turnover", ()), client.lines.get("turnover", ()), strict=True):
            if entry.get("month", "") > as_of[:7]:
                self._wrong(client, line, "month", f"{entry['month']} is after as_of; write months up to that of as_of")

    def _check_contract(self, client: _Client, value: dict[str, Any]) -> None:
        try:
            MODELS[_TYPE].model_validate(value)
        except ValidationError as error:
            for item in error.errors(include_url=False):
                self._refused(client, *field_of(item, in_words(item)))
            return
        size = len(_encode(value))
        if size > RECORD_BYTES_MAX:
            said = f"its rows make {size:,} bytes and one record holds 65,536; leave out turnover older than two months"
            self._wrong(client, client.line, "client_id", said)
            return
        self.openings.append(Opening(client.line, value))

    def _refused(self, client: _Client, path: tuple[str, ...], said: str) -> None:
        """The contract's verdict at the row and column it is about."""
        line, column = client.line, path[-1] if path else "client_id"
        if len(path) > 1 and path[0] in client.lines:
            line, name = client.lines[path[0]][int(path[1])]
            column = "id" if column == KINDS[name].id_field else column
        elif column in client.head:
            line = client.head[column][1]
        self._wrong(client, line, column, said)

    def _wrong(self, client: _Client, line: int, column: str, said: str) -> None:
        client.wrong.append(column)
        self.problems.append(Problem(line, column, said, client.client_id))


def entries_of(openings: Iterable[Opening], zone: ZoneInfo) -> list[Entry]:
    """The events, each appended at the beginning of its `as_of` in the company's zone; by time, then as in the form."""
    entries = []
    for opening in openings:
        midnight = datetime.combine(opening.as_of, time(), zone)
        entries.append(Entry(round(midnight.timestamp() * 1000), CLIENTS, opening.value["client_id"], opening.value))
    entries.sort(key=lambda entry: entry.timestamp_ms)
    return entries
