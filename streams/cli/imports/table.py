"""A CSV read by a mapping file, line by line."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from typing import Final
from zoneinfo import ZoneInfo

from streams.cli.failure import Failure
from streams.cli.imports.cells import amount, day, instant
from streams.cli.imports.documents import Document, Item, LeftOut, Party, Wrong, document_id
from streams.cli.imports.mapping import Mapping
from streams.cli.imports.rows import cells_of, rows

SEPARATORS: Final = (";", ",", "\t", "|")
_UNREADABLE: Final = "\ufffd"
"""What a byte becomes that the encoding lacks."""
_NOT_READ: Final = "holds bytes that are not of the encoding; correct encoding of the mapping, or save the file again"
_UNSAID: Final = ("",) * len(Party._fields)


def read(lines: Iterable[str], name: str, mapping: Mapping, zone: ZoneInfo) -> Iterator[Item]:
    """The lines of a table; raises Failure naming `name` when it has not the columns that the mapping names."""
    rest = iter(lines)
    above = list(islice(rest, mapping.header_line))
    if len(above) < mapping.header_line:
        raise Failure(f"{name}: has no line {mapping.header_line}, where the mapping expects the names of the columns")
    separator = mapping.separator or separator_of(above[-1])
    header = cells_of(above[-1], separator)
    table = _Table(_places(header, name, mapping), mapping, zone)
    for line, row in rows(rest, separator, len(header), mapping.header_line + 1):
        if isinstance(row, str):
            yield Wrong(line, 0, "", row)
        elif row and any(row):
            yield table.item(line, row)


def separator_of(line: str) -> str:
    """What separates the cells of this line most often."""
    return max(SEPARATORS, key=line.count)


def _places(cells: list[str], name: str, mapping: Mapping) -> dict[str, int]:
    """Where each of our columns stands, counted from 0."""
    at: dict[str, int] = {}
    for ours, theirs in mapping.columns.items():
        if theirs not in cells:
            raise Failure(
                f"{name}:{mapping.header_line}: column {theirs!r} is missing; correct columns.{ours} of the mapping"
            )
        if cells.count(theirs) > 1:  # a payer's tax number and our own are often called alike
            raise Failure(
                f"{name}:{mapping.header_line}: column {theirs!r} is there twice; call one of them otherwise, there "
                f"and in columns.{ours} of the mapping"
            )
        at[ours] = cells.index(theirs)
    return at


class _Table:
    """What is the same for every line of a table."""

    def __init__(self, at: dict[str, int], mapping: Mapping, zone: ZoneInfo) -> None:
        self._at = at
        self._mapping = mapping
        self._zone = zone
        self._width = max(at.values()) + 1
        self._ours = tuple(at)
        self._pick = itemgetter(*at.values())  # there are two at least: an amount, and whose it is
        self._days = tuple(name for name in ("date", "value_date", "due_date") if name in at)
        self._make = self._payment if mapping.kind == "payment.received" else self._shipment
        self._nameless: Counter[tuple[str, ...]] = Counter()

    def item(self, line: int, row: list[str]) -> Item:
        """The document of a line, or why there is none."""
        if len(row) < self._width:
            return Wrong(line, len(row), "", f"has {len(row)} cells where {self._width} are needed; complete the line")
        cells = dict(zip(self._ours, map(str.strip, self._pick(row)), strict=True))
        if _UNREADABLE in "".join(cells.values()):
            for field, cell in cells.items():
                if _UNREADABLE in cell and field != "name":  # names are for people, and match nobody
                    return Wrong(line, self._at[field] + 1, self._mapping.columns[field], _NOT_READ)
        paid = cells["amount"]
        if not paid or paid[0] == "-":
            return LeftOut(line, "no amount, or money that went out")
        field = "amount"
        try:
            cells["amount"] = read = amount(paid.removeprefix("+"), self._mapping.decimal)
            for field in self._days:
                if cells[field]:
                    cells[field] = day(cells[field], self._mapping.dates)
        except ValueError as error:
            return Wrong(line, self._at[field] + 1, self._mapping.columns[field], str(error))
        if not read.strip("0."):
            return LeftOut(line, "an amount of zero")
        cells["currency"] = cells.get("currency") or self._mapping.currency
        return self._make(line, cells)

    def _missing(self, line: int, field: str) -> Wrong:
        return Wrong(line, self._at.get(field, -1) + 1, self._mapping.columns.get(field, field), "is empty; fill it")

    def _payment(self, line: int, cells: dict[str, str]) -> Item:
        if not cells["value_date"]:
            return self._missing(line, "value_date")
        party, source = _party(cells), self._mapping.source
        number, dated = cells.get("number", ""), cells.get("date") or ""
        fields: dict[str, object] = {
            "amount": cells["amount"],
            "currency": cells["currency"],
            "value_date": cells["value_date"],
            "document": number[:500],
        }
        if number:
            payer = party.account or party.inn or party.code or party.guid or party.client_id or party.name
            # without a date of its own a number is taken to be unique within the year
            named = document_id(f"{number}-{dated}" if dated else number, "csv", source, number,
                                dated or cells["value_date"][:4], payer)  # fmt: skip
        else:  # told apart by its content alone, so a correction of it is another payment
            content = ("csv", source, cells["value_date"], cells["amount"], *party)
            self._nameless[content] += 1
            named = document_id(cells["value_date"], *content, str(self._nameless[content]))
        return Document(line, "payment.received", named, party, fields, cells["value_date"])

    def _shipment(self, line: int, cells: dict[str, str]) -> Item:
        for field in ("number", "date"):
            if not cells[field]:
                return self._missing(line, field)
        number, term = cells["number"], self._mapping.payment_term_days
        shipment_id = number if len(number) <= 62 and number.isprintable() else document_id(number, "csv", number)
        at = instant(cells["date"], "", self._zone) or ""
        fields: dict[str, object] = {
            "shipment_id": shipment_id,
            "at": at,
            "amount": cells["amount"],
            "currency": cells["currency"],
        }
        if cells.get("due_date"):
            due = {"obligation_id": f"{shipment_id}/1", "due_date": cells["due_date"], "amount": cells["amount"]}
            fields["instalments"] = [due]
        elif term is not None:
            fields["payment_term_days"] = term
        else:
            return self._missing(line, "due_date")
        return Document(line, "shipment.dispatched", shipment_id, _party(cells), fields, at)


def _party(cells: dict[str, str]) -> Party:
    return Party._make(map(cells.get, Party._fields, _UNSAID))
