"""Which format a file has, and its reader."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from streams.cli.failure import Failure
from streams.cli.imports import bank_1c, camt053, commerceml, table
from streams.cli.imports.documents import Item
from streams.cli.imports.encodings import encoding_of, text_of
from streams.cli.imports.mapping import Mapping

_HEAD_CHARACTERS: Final = 4096


class FileFormat(StrEnum):
    """Formats of other programs."""

    BANK_1C = "1c-bank"
    CAMT053 = "camt053"
    COMMERCEML = "commerceml"
    CSV = "csv"


class Reading(NamedTuple):
    """What readers need to know beside the file."""

    zone: ZoneInfo
    mapping: Mapping | None = None
    payment_term_days: int | None = None
    direction: str = ""


def format_of(path: Path) -> FileFormat:
    """The format by how the file begins; what is neither a 1C statement nor XML is taken for a table."""
    with text_of(path) as lines:
        head = lines.read(_HEAD_CHARACTERS).lstrip("\ufeff \r\n\t")
    if not head:
        raise Failure(f"{path}: is empty; save it again")
    if "\0" in head:  # a spreadsheet's own file, a picture
        raise Failure(f"{path}: is no text; save it as CSV, or let the bank or 1C export another format")
    if head.startswith(bank_1c.SIGNATURE):
        return FileFormat.BANK_1C
    if not head.startswith("<"):
        return FileFormat.CSV
    if commerceml.ROOT in head:
        return FileFormat.COMMERCEML
    if "camt.053" in head or "BkToCstmrStmt" in head:
        return FileFormat.CAMT053
    raise Failure(f"{path}: is XML of a kind that is not read; export a camt.053 or CommerceML file")


def items_of(path: Path, form: FileFormat, reading: Reading) -> Iterator[Item]:
    """Everything in the file, as it is read; raises Failure when the file is not of that format."""
    name = str(path)
    if form is FileFormat.CAMT053:
        yield from camt053.read(path)
    elif form is FileFormat.COMMERCEML:
        yield from commerceml.read(path, reading.zone, reading.payment_term_days, reading.direction)
    elif form is FileFormat.BANK_1C:
        with text_of(path) as lines:
            yield from bank_1c.read(lines, name)
    elif reading.mapping is None:
        raise Failure(f"{path}: is a table; name its mapping with --mapping (stoplist import --explain proposes one)")
    else:
        with text_of(path, reading.mapping.encoding or encoding_of(path)) as lines:
            yield from table.read(lines, name, reading.mapping, reading.zone)
