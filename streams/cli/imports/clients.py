"""Who a document's party is: matched by code, GUID, tax number or account with a list that people keep.

The list is a CSV (client_id, code, guid, inn, kpp, account, name; commas, semicolons or tabs; a client may have several
rows). Names are for people and never match. What is not found goes into a second file of the same columns with an empty
client_id: a clerk fills it in, and the next import uses the filled rows like the list itself.
"""

import csv
import os
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from schemas.forms import is_printable
from streams.cli.failure import Failure
from streams.cli.imports.documents import Document, Party
from streams.cli.imports.encodings import text_of
from streams.cli.imports.rows import rows
from streams.cli.imports.table import separator_of

COLUMNS: Final = ("client_id", "code", "guid", "inn", "kpp", "account", "name")
TOLD: Final = ("why", "documents", "amount", "currency", "file", "line")
"""What the list of unmatched parties says beside the columns of a client list."""
_KEYS: Final = ("guid", "code", "inn", "account")
_ALIASES: Final = {
    "клиент": "client_id", "код": "code", "гуид": "guid", "ид": "guid", "инн": "inn", "кпп": "kpp", "счет": "account",
    "счёт": "account", "наименование": "name", "название": "name", "tax_number": "inn", "iban": "account",
}  # fmt: skip
_LEFT_PADDED: Final = {9: 10, 11: 12}
"""Lengths of Russian tax numbers whose first zero a spreadsheet dropped."""
_NAME_MAX: Final = 500
"""Characters of a name that are listed for the clerk; the list must be short enough to be read again."""
_SHARED: Final = re.compile(r"(30|409|474)[0-9]{17,18}")
"""Accounts of banks themselves, through which many people pay."""
_UNKNOWABLE: Final = "has no code, GUID, tax number or account of its own, by which a list could match; send it by hand"
_REMEMBERED_MAX: Final = 100_000
"""Parties whose match is remembered: a file names each many times."""
_CHANGED_BY_SPREADSHEETS: Final = re.compile(r"[=+\-@\t\r].*|0[0-9]+|[0-9]{12,}", re.DOTALL)
"""Cells that a spreadsheet takes for formulas, or for numbers and saves without their first zero or as 7.703E+11."""


class Match(NamedTuple):
    """A client, or why there is none."""

    client_id: str
    why: str = ""


class ClientList:
    """Every way by which clients can be known."""

    def __init__(self) -> None:
        self._by: dict[str, dict[str, set[str]]] = {key: {} for key in _KEYS}
        self._kpp: dict[tuple[str, str], set[str]] = {}
        self._matched: dict[Party, Match] = {}
        self.count = 0

    def read(self, path: Path, *, filled_only: bool = False) -> None:
        """Takes the rows of a file; raises Failure naming line and remedy. `filled_only` skips rows without client."""
        with text_of(path) as lines:
            first = next(lines, "")
            separator = separator_of(first)
            header = [_ALIASES.get(cell.strip().lower(), cell.strip().lower()) for cell in first.split(separator)]
            header = [cell.strip('"') for cell in header]
            if "client_id" not in header or not set(header) & set(_KEYS):
                raise Failure(
                    f"{path}:1: the first line must name client_id and some of {', '.join(_KEYS)}; correct the list"
                )
            for key in (*_KEYS, "client_id", "kpp"):
                if header.count(key) > 1:
                    raise Failure(f"{path}:1: column {key} is there twice; call one of them otherwise")
            for number, row in rows(lines, separator, len(header), 2):
                if isinstance(row, str):
                    raise Failure(f"{path}:{number}: {row}")
                self._take(dict(zip(header, (cell.strip() for cell in row), strict=False)), path, number, filled_only)

    def _take(self, row: dict[str, str], path: Path, number: int, filled_only: bool) -> None:
        client_id = row.get("client_id", "")
        if not client_id:
            if any(row.values()) and not filled_only:
                raise Failure(f"{path}:{number}: client_id is empty; write the client's id")
            return
        if len(client_id) > 64 or not is_printable(client_id):
            raise Failure(f"{path}:{number}: client_id {client_id[:70]!r} must have 1 to 64 printable characters")
        self.count += 1
        self._matched.clear()
        for key in _KEYS:
            text = _form(key, row.get(key, ""))
            if text:
                self._by[key].setdefault(text, set()).add(client_id)
        if row.get("inn") and row.get("kpp"):
            self._kpp.setdefault((_form("inn", row["inn"]), _form("kpp", row["kpp"])), set()).add(client_id)

    def match(self, party: Party) -> Match:
        """The one client that everything known of the party points to."""
        if party.client_id:
            return Match(party.client_id)
        known = self._matched.get(party)
        if known is None:
            if len(self._matched) >= _REMEMBERED_MAX:
                self._matched.clear()
            known = self._matched[party] = self._match(party)
        return known

    def _match(self, party: Party) -> Match:
        found: set[str] = set()
        by = ""
        for key in _KEYS:
            text = _form(key, getattr(party, key))
            named = self._by[key].get(text, set()) if text else set()
            if key == "account" and not found and _form("inn", party.inn):
                continue  # somebody else may pay through the same account: a tax number that is unknown stays so
            if key == "inn" and len(named) > 1:
                named = self._kpp.get((text, _form("kpp", party.kpp)), named)
            if not named:
                continue
            both = found & named if found else named
            if not both:
                return Match("", f"{by} is of {_list(found)}, {key} of {_list(named)}")
            found, by = both, by or key
        if not found:
            if any(party) and not any(_form(key, getattr(party, key)) for key in _KEYS):
                return Match("", _UNKNOWABLE)  # a clerk who fills it in would meet it again at every import
            return Match("", "nothing of it is in the client list" if any(party) else "the file does not name it")
        if len(found) > 1:
            return Match("", f"its {by} is of several clients: {_list(found)}")
        return Match(next(iter(found)))


class Unmatched:
    """Parties without a client, each once, with how much waits for it."""

    def __init__(self) -> None:
        self._rows: dict[Party, dict[str, Any]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, document: Document, why: str, file: str) -> None:
        """Counts a document that waits for its client."""
        row = self._rows.setdefault(
            document.party,
            {"why": why, "documents": 0, "amount": Decimal(0), "currency": "", "file": file, "line": document.line},
        )
        row["documents"] += 1
        row["amount"] += Decimal(str(document.fields.get("amount", "0")))
        row["currency"] = document.fields.get("currency", "")

    def take(self, other: "Unmatched") -> None:
        """Adds what another file left."""
        for party, row in other._rows.items():
            known = self._rows.setdefault(party, {**row, "documents": 0, "amount": Decimal(0)})
            known["documents"] += row["documents"]
            known["amount"] += row["amount"]

    def write(self, path: Path, file: str | None = None) -> None:
        """Writes the list anew below the rows that were filled in before; replaces the file as a whole.

        Rows of other files than `file` are kept; None: the list is of all files. Raises Failure when it cannot.
        """
        kept = [row for row in _rows(path) if row["client_id"].strip() or (file and row.get("file") != file)]
        if not self._rows and not kept:
            path.unlink(missing_ok=True)
            return
        scratch = path.with_name(f".{path.name}.new")
        try:
            with scratch.open("w", encoding="utf-8-sig", newline="") as out:  # spreadsheets know UTF-8 by its mark
                writer = csv.DictWriter(out, (*COLUMNS, *TOLD), delimiter=";", extrasaction="ignore")
                writer.writeheader()
                writer.writerows(kept)
                for party, told in self._rows.items():
                    row = {**party._asdict(), **told, "client_id": "", "name": party.name[:_NAME_MAX]}
                    writer.writerow({name: _harmless(str(text)) for name, text in row.items()})
            os.replace(scratch, path)
        except OSError as error:
            raise Failure(
                f"{path}: cannot be written ({error.strerror}), so who has no client is not listed; name "
                "another with --unmatched and import again"
            ) from None


def _rows(path: Path) -> list[dict[str, str]]:
    """The rows of a list of unmatched parties as it was left."""
    if not path.exists():
        return []
    with text_of(path) as lines:
        first = next(lines, "")
        separator = separator_of(first)
        header = [cell.strip().strip('"') for cell in first.split(separator)]
        return [
            {"client_id": "", **dict(zip(header, row, strict=False))}
            for _, row in rows(lines, separator, len(header), 2)
            if not isinstance(row, str)  # `read` refused such a list before anything was imported
        ]


def _form(key: str, text: str) -> str:
    """What is compared: without spaces and case, numbers of the tax office with the zero that spreadsheets drop."""
    text = "".join(text.removeprefix("'").split())
    if key == "kpp":
        return text.zfill(9) if text.isdecimal() else text.upper()
    if key == "inn":
        text = text.zfill(_LEFT_PADDED.get(len(text), 0)) if text.isdecimal() else text.upper()
        return "" if not text.strip("0") else text
    if key == "account" and _SHARED.fullmatch(text):
        return ""
    return text.lower() if key == "guid" else text.upper()


def _harmless(text: str) -> str:
    """A spreadsheet must not take a payer's name for a formula, and must save codes and tax numbers as they are."""
    return f"'{text}" if _CHANGED_BY_SPREADSHEETS.fullmatch(text) else text


def _list(clients: Iterable[str]) -> str:
    return ", ".join(sorted(clients)[:5])
