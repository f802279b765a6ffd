"""A CSV table as spreadsheets save it: separated by commas, semicolons or tabs, its columns named by the first line."""

import csv
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from streams.cli.failure import Failure

ROWS_MAX: Final = 5_000_000
_SEPARATORS: Final = (",", ";", "\t")


class Row(NamedTuple):
    """One line of the table."""

    line: int
    cells: dict[str, str]
    """By column, without spaces around; columns that the table lacks are empty."""
    fault: str = ""
    """Why the cells cannot be told apart."""


def rows_of(lines: Iterable[str], name: str, columns: tuple[str, ...], required: tuple[str, ...]) -> Iterator[Row]:
    """The rows that are not empty; raises Failure naming `name` when the file is no such table."""
    lines = iter(lines)
    try:
        first = next(lines, "")
        separator = max(_SEPARATORS, key=first.count)
        header = _header(next(csv.reader([first], delimiter=separator, strict=True), []), name, columns, required)
        reader = csv.reader(lines, delimiter=separator, strict=True)
        before = 1
        for number, cells in enumerate(reader):
            line, before = before + 1, 1 + reader.line_num  # a row begins where the one before it ended
            if number >= ROWS_MAX:
                raise Failure(f"{name}:{line}: more than {ROWS_MAX:,} rows; split the file by clients")
            if any(cell.strip() for cell in cells):
                yield _row(line, cells, header, columns, separator)
    except csv.Error as error:
        raise Failure(f"{name}: is not CSV ({error}); save the sheet as comma-separated text") from None
    except UnicodeDecodeError:
        raise Failure(f"{name}: is not UTF-8 text; save the sheet as «CSV UTF-8»") from None


def _header(cells: list[str], name: str, columns: tuple[str, ...], required: tuple[str, ...]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    while header and not header[-1]:  # spreadsheets save empty columns at the right
        header.pop()
    missing = [column for column in required if column not in header]
    if missing:
        raise Failure(
            f"{name}:1: column {missing[0]} is missing; the first line must name columns: {', '.join(columns)}"
        )
    for column in header:
        if column not in columns:
            raise Failure(f"{name}:1: column {column!r} is none of the form; use {', '.join(columns)}")
        if header.count(column) > 1:
            raise Failure(f"{name}:1: column {column} is there twice; remove one")
    return header


def _row(line: int, cells: list[str], header: list[str], columns: tuple[str, ...], separator: str) -> Row:
    if any(cell.strip() for cell in cells[len(header) :]):
        said = f"has {len(cells)} cells for {len(header)} columns; put a cell that holds {separator!r} in quotes"
        return Row(line, {}, said)
    found = dict.fromkeys(columns, "")
    found.update(zip(header, (cell.strip() for cell in cells), strict=False))
    return Row(line, found)
