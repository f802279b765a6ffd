"""What `docs/rules.md` says: its rows, and what in them points at nothing."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from tests.harness.beside import CHECKOUT

PAGE = CHECKOUT / "docs" / "rules.md"
_NOTHING = "–"
_NUMBER = re.compile(r"[A-Z][1-9][0-9]*")
_NAMED = re.compile(r"`([^`]+)`")
_LEFT_OUT = "…"


class Row(NamedTuple):
    """One row of a table that begins with a number: its cells by the names of the table's head."""

    number: str
    cells: Mapping[str, str]


def rows(text: str) -> Iterator[Row]:
    """Every numbered row of a page."""
    for cells in _tables(text):
        number = cells.get("№")
        if number is not None:
            yield Row(number, cells)


def fields(text: str) -> dict[str, str]:
    """The fields of the policy that a page lists, and the numbers of the rows they belong to."""
    return {cells["field"].strip("`"): cells["rows"] for cells in _tables(text) if "field" in cells}


def _tables(text: str) -> Iterator[dict[str, str]]:
    head: list[str] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            head = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not head:
            head = cells
        elif not set(line) <= set("|-"):
            yield dict(zip(head, cells, strict=True))


def problems(row: Row, folder: Path = CHECKOUT) -> Iterator[str]:
    """What is wrong with a row: a module or a test that is not there, or none where the row says something."""
    says_nothing = row.cells.get("here", "").startswith("Nothing:")
    for column in ("modules", "tests"):
        cell = row.cells.get(column)
        if cell is None:
            continue
        named = _NAMED.findall(cell)
        if says_nothing != (cell == _NOTHING):
            yield f"{row.number}: {column}: «{_NOTHING}» belongs to a row that says nothing, and to no other"
        elif _NAMED.sub("", cell).strip(" ,") not in ("", _NOTHING) or (not named and not says_nothing):
            yield f"{row.number}: {column}: list names in backquotes, with commas between"
        for name in named:
            if not _is_there(folder, column, name):
                yield f"{row.number}: {column}: {name} is not there"


def _is_there(folder: Path, column: str, name: str) -> bool:
    if column == "modules":
        path = folder / name if name.startswith(("schemas/", "streams/")) else folder / "streams/domain" / name
        return path.suffix == ".py" and path.is_file()
    where, _, test = name.partition("::")
    path = folder / where if where.startswith("tests/") else folder / "tests/domain" / where
    return path.is_file() and test in names_of_tests(path.read_text("utf-8"))


def names_of_tests(source: str) -> set[str]:
    """Names of the tests in a module, as pytest collects them."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node.name for node in ast.parse(source).body if isinstance(node, functions) and node.name.startswith("test_")
    }


def quotes(row: Row, sentence: str) -> bool:
    """Whether the row is about a sentence; `…` in its quotation stands for words left out."""
    parts = row.cells.get("sentence", "").split(_LEFT_OUT)
    return re.fullmatch(".*".join(re.escape(part) for part in parts), sentence) is not None


def numbers(cell: str) -> list[str]:
    """Numbers of rows in a cell."""
    return _NUMBER.findall(cell)


def policy_fields(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every number of the policy, by its path in the file: `first_deal.assortment.share_by`."""
    for name, field in model.model_fields.items():
        inner = [part for part in _types(field.annotation) if issubclass(part, BaseModel)]
        if not inner:
            yield prefix + name
        for part in inner:
            yield from policy_fields(part, f"{prefix}{name}.")


def _types(annotation: object) -> Iterator[type]:
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _types(part)
