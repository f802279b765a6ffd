"""A CSV read by a mapping file, line by line."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from streams.cli.failure import Failure
from streams.cli.imports.cells import amount, day
from streams.cli.imports.documents import Document, Item, LeftOut, Party, Wrong, document_id
from streams.cli.imports.mapping import PARTY, Mapping

SEPARATORS: Final = (";", ",", "\t", "|")
_CELL_MAX: Final = 10_000


class _Places(NamedTuple):
    """Where our columns stand in the file, counted from 0."""

    at: dict[str, int]
    names: dict[str, str]
    width: int


def read(lines: Iterable[str], name: str, mapping: Mapping, zone: ZoneInfo) -> Iterator[Item]:
    """The lines of a table; raises Failure naming `name` when it has not the columns that the mapping names."""
    rest = iter(lines)
    above = list(islice(rest, mapping.header_line))
    if len(above) < mapping.header_line:
        raise Failure(f"{name}: has no line {mapping.header_line}, where the mapping expects the names of the columns")
    separator = mapping.separator or separator_of(above[-1])
    places = _places(above[-1], separator, name, mapping)
    reader = csv.reader(rest, delimiter=separator)
    nameless: Counter[tuple[str, ...]] = Counter()
    begun = mapping.header_line
    csv.field_size_limit(_CELL_MAX)
    while True:
        line = begun + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Wrong(line, 0, "", f"is not CSV ({error}); put the cell in quotes")
            continue
        if row and any(row):
            yield _item(line, row, places, mapping, zone, nameless)


def separator_of(line: str) -> str:
    """What separates the cells of this line most often."""
    return max(SEPARATORS, key=line.count)


def _places(header: str, separator: str, name: str, mapping: Mapping) -> _Places:
    cells = [cell.strip() for cell in next(csv.reader([header], delimiter=separator), [])]
    at: dict[str, int] = {}
    for ours, theirs in mapping.columns.items():
        if theirs not in cells:
            raise Failure(
                f"{name}:{mapping.header_line}: column {theirs!r} is missing; correct columns.{ours} of the mapping"
            )
        at[ours] = cells.index(theirs)
    return _Places(at, mapping.columns, max(at.values()) + 1)


def _item(
    line: int, row: list[str], places: _Places, mapping: Mapping, zone: ZoneInfo, nameless: Counter[tuple[str, ...]]
) -> Item:
    if len(row) < places.width:
        return Wrong(line, len(row), "", f"has {len(row)} cells where {places.width} are needed; complete the line")
    cells = {ours: row[at].strip() for ours, at in places.at.items()}
    paid = cells["amount"]
    if not paid or paid.startswith("-"):
        return LeftOut(line, "no amount, or money that went out")
    try:
        field = "amount"
        cells["amount"] = amount(paid.removeprefix("+"), mapping.decimal)
        for field in ("date", "value_date", "due_date"):
            if cells.get(field):
                cells[field] = day(cells[field], mapping.dates)
    except ValueError as error:
        return Wrong(line, places.at[field] + 1, places.names[field], str(error))
    if not cells["amount"].strip("0."):
        return LeftOut(line, "an amount of zero")
    cells["currency"] = cells.get("currency") or mapping.currency
    make = _payment if mapping.kind == "payment.received" else _shipment
    return make(line, cells, places, mapping, zone, nameless)


def _missing(line: int, field: str, places: _Places) -> Wrong:
    return Wrong(line, places.at.get(field, -1) + 1, places.names.get(field, field), "is empty; fill it")


def _party(cells: dict[str, str]) -> Party:
    return Party(**{name: cells[name] for name in PARTY if cells.get(name)})


def _payment(
    line: int, cells: dict[str, str], places: _Places, mapping: Mapping, zone: ZoneInfo, nameless: Counter[Any]
) -> Item:
    if not cells["value_date"]:
        return _missing(line, "value_date", places)
    party = _party(cells)
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
        named = document_id(f"{number}-{dated}" if dated else number, "csv", mapping.source, number,
                            dated or cells["value_date"][:4], payer)  # fmt: skip
    else:  # told apart by its content alone, so a correction of it is another payment
        content = ("csv", mapping.source, cells["value_date"], cells["amount"], *party)
        nameless[content] += 1
        named = document_id(cells["value_date"], *content, str(nameless[content]))
    return Document(line, "payment.received", named, party, fields, cells["value_date"])


def _shipment(
    line: int, cells: dict[str, str], places: _Places, mapping: Mapping, zone: ZoneInfo, nameless: Counter[Any]
) -> Item:
    from streams.cli.imports.commerceml import instant

    for field in ("number", "date"):
        if not cells[field]:
            return _missing(line, field, places)
    number = cells["number"]
    shipment_id = number if len(number) <= 62 and number.isprintable() else document_id(number, "csv", number)
    at = instant(cells["date"], "", zone) or ""
    fields: dict[str, object] = {
        "shipment_id": shipment_id,
        "at": at,
        "amount": cells["amount"],
        "currency": cells["currency"],
    }
    if cells.get("due_date"):
        due = {"obligation_id": f"{shipment_id}/1", "due_date": cells["due_date"], "amount": cells["amount"]}
        fields["instalments"] = [due]
    elif mapping.payment_term_days is not None:
        fields["payment_term_days"] = mapping.payment_term_days
    else:
        return _missing(line, "due_date", places)
    return Document(line, "shipment.dispatched", shipment_id, _party(cells), fields, at)
