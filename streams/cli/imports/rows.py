"""The rows of a CSV, each with the line on which it begins: a row that is wrong costs its own line and no other."""

import csv
from collections.abc import Iterable, Iterator
from typing import Final

CELL_MAX: Final = 10_000
_NOT_CLOSED: Final = "opens a quote that it does not close; close it, or leave it out"
_TOO_LONG: Final = f"has a cell of over {CELL_MAX:,} characters; shorten it"


class _Lines:
    """Lines that can be laid back, to be read once more."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: list[str] = []
        self.taken: list[str] = []
        """Those of the row that is being read."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines)
        self.taken.append(line)
        return line

    def lay_back(self) -> None:
        """All of the row but its first line."""
        self._again.extend(reversed(self.taken[1:]))


def rows(lines: Iterable[str], separator: str, columns: int, first: int) -> Iterator[tuple[int, list[str] | str]]:
    """Rows, or what is wrong with one, from line `first` on. `columns`: how many a whole row has.

    A cell in quotes may go over several lines. Where a quote was only forgotten it would take the rows below into that
    cell, and nobody would miss them: such a row is wrong, and those below are read for themselves.
    """
    csv.field_size_limit(CELL_MAX)
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=separator)
    number = first
    while True:
        source.taken.clear()
        row: list[str] | str
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            row = _TOO_LONG if "limit" in str(error) else f"is not CSV ({error}); put the cell in quotes"
        read = len(source.taken)
        if read > 1 and (isinstance(row, str) or not _is_one(source.taken, row, separator, columns)):
            source.lay_back()
            row, read = _NOT_CLOSED, 1
        yield number, row
        number += read


def _is_one(taken: list[str], row: list[str], separator: str, columns: int) -> bool:
    """Whether a row over several lines is one: its quotes are well set, and no cell holds a whole row."""
    try:
        list(csv.reader(taken, delimiter=separator, strict=True))
    except csv.Error:
        return False
    below = (line for cell in row for line in cell.replace("\r", "\n").split("\n")[1:])
    return all(line.count(separator) < columns - 1 for line in below)


def cells_of(line: str, separator: str) -> list[str]:
    """The cells of one line, stripped; none where it is no row."""
    csv.field_size_limit(CELL_MAX)
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []
