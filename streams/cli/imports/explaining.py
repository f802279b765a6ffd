"""`stoplist import --explain`: what a file is and what is in it; of a table, the mapping file that would read it."""

import re
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Final

import yaml

from streams.cli.failure import Failure
from streams.cli.imports.documents import Document, LeftOut, Wrong
from streams.cli.imports.encodings import encoding_of, text_of
from streams.cli.imports.formats import FileFormat, Reading, format_of, items_of
from streams.cli.imports.mapping import Mapping
from streams.cli.imports.report import place
from streams.cli.imports.rows import cells_of, rows
from streams.cli.imports.spooling import spooled
from streams.cli.imports.table import separator_of

_ROWS: Final = 500
_SHOWN: Final = 3
_HEADER_LINES: Final = 30
_WORDS: Final = (
    ("value_date", r"дата (поступления|зачисления|валютирования|проводки)|value.?date|валютирован"),
    ("due_date", r"срок (оплаты|платежа)|оплатить до|due.?date|due"),
    ("inn", r"инн|tax.?(id|number|no)|vat.?(id|number)|inn"),
    ("kpp", r"кпп|kpp"),
    ("amount", r"сумма.*(приход|кредит|поступ)|приход|кредит|credit|поступило|сумма|amount|итого|paid"),
    ("currency", r"валюта|currency|ccy"),
    ("date", r"дата (документа|отгрузки|счета)|document.?date|invoice.?date|shipped"),
    ("number", r"номер|№|number|document|invoice|ref"),
    ("account", r"сч[её]т (плательщика|контрагента)|р/?с|iban|payer.?account|account"),
    ("client_id", r"client.?id|customer.?id"),
    ("code", r"код( контрагента| клиента)?|code|client.?code"),
    ("guid", r"гуид|guid|uuid"),
    ("name", r"плательщик|контрагент|клиент|покупатель|наименование|payer|customer|client|name|debtor"),
    ("date", r"дата|date"),
)
"""Our names and what columns are called, the surest first."""
_DATES: Final = (
    (r"\d{4}-\d{2}-\d{2}.*", "YYYY-MM-DD"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}.*", "DD.MM.YYYY"),
    (r"\d{1,2}\.\d{1,2}\.\d{2}", "DD.MM.YY"),
    (r"\d{1,2}-\d{1,2}-\d{4}.*", "DD-MM-YYYY"),
)


def explain(file: str, form: FileFormat | None, reading: Reading) -> None:
    """Tells on stdout; for a table without a mapping what is told is the mapping file itself."""
    with spooled(file) as path:
        form = form or format_of(path)
        if form is FileFormat.CSV and reading.mapping is None:
            mapping, comments = propose(path, file)
            sys.stdout.write("".join(f"# {line}\n" for line in comments))
            sys.stdout.write(yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False))
        else:
            _explain_documents(path, file, form, reading)


def _explain_documents(path: Path, name: str, form: FileFormat, reading: Reading) -> None:
    counts: Counter[str] = Counter()
    shown = 0
    sys.stdout.write(f"{name}: {form.value}, {encoding_of(path)}\n")
    for item in items_of(path, form, reading):
        if isinstance(item, Document):
            counts[item.kind] += 1
            if shown < _SHOWN:
                shown += 1
                who = ", ".join(f"{name} {text}" for name, text in item.party._asdict().items() if text)
                sys.stdout.write(f"  line {item.line}: {item.kind} {item.id} {_told(item)} from {who or 'nobody'}\n")
        elif isinstance(item, Wrong):
            counts["wrong"] += 1
            if counts["wrong"] <= _SHOWN:
                sys.stdout.write(f"  {place(name, item)}\n")
        elif isinstance(item, LeftOut):
            counts[f"left out, {item.why}"] += 1
    for what, count in sorted(counts.items()):
        sys.stdout.write(f"{what}: {count}\n")


def _told(document: Document) -> str:
    names = ("amount", "currency", "value_date", "at")
    return " ".join(str(document.fields[name]) for name in names if document.fields.get(name))


def propose(path: Path, name: str) -> tuple[dict[str, object], list[str]]:
    """A mapping for a table, and remarks on what to look at; raises Failure when no line could name columns.

    `name` is what the user calls the file.
    """
    encoding = encoding_of(path)
    with text_of(path, encoding) as lines:
        some = list(islice(lines, _ROWS))
    header_line, separator = _header(some, name)
    file = Path(name).name
    names = cells_of(some[header_line - 1], separator)
    below = [row for _, row in rows(some[header_line:], separator, len(names), header_line + 1)]
    columns = _columns(names)
    kind = "shipment.dispatched" if "due_date" in columns else "payment.received"
    if kind == "payment.received" and "value_date" not in columns and "date" in columns:
        columns["value_date"] = columns.pop("date")
    if kind == "shipment.dispatched" and "date" not in columns and "value_date" in columns:
        columns["date"] = columns.pop("value_date")
    cells = {
        ours: [row[at] for row in below if not isinstance(row, str) and at < len(row)] for ours, at in columns.items()
    }
    mapping: dict[str, object] = {"kind": kind, "separator": separator, "header_line": header_line}
    mapping["columns"] = {ours: names[at] for ours, at in columns.items()}
    dates = _dates([text for ours in ("value_date", "date", "due_date") for text in cells.get(ours, ())])
    remarks = [f"proposed for {file}: {encoding}, separated by {separator!r}; look at every line, then use it:"]
    remarks.append(f"stoplist import {file} --mapping MAPPING.yaml --clients clients.csv")
    if dates:
        mapping["dates"] = dates
    else:
        remarks.append("the dates can be read in two ways; write dates: DD/MM/YYYY or MM/DD/YYYY")
    decimal = _decimal(cells.get("amount", []))
    if decimal:
        mapping["decimal"] = decimal
    try:
        Mapping.model_validate(mapping)
    except ValueError as error:
        said = str(error).split("Value error, ")[-1].split(" [type")[0]
        remarks.append(f"not complete: {said}")
    unused = [name for name in names if name and name not in mapping["columns"].values()]  # type: ignore[attr-defined]
    if unused:
        remarks.append(f"columns that are not used: {', '.join(unused)}")
    return mapping, remarks


def _header(some: list[str], file: str) -> tuple[int, str]:
    """The first line with at least two cells of which one is called like a column of ours."""
    for number, line in enumerate(some[:_HEADER_LINES], 1):
        separator = separator_of(line)
        names = cells_of(line, separator)
        if len([name for name in names if name]) >= 2 and "amount" in _columns(names):
            return number, separator
    raise Failure(f"{file}: no line names a column like «Сумма» or amount; write the mapping by hand, docs/imports.md")


def _columns(names: list[str]) -> dict[str, int]:
    """Of our names, where a column is called so; each column once."""
    found: dict[str, int] = {}
    for ours, words in _WORDS:
        for at, name in enumerate(names):
            if ours not in found and at not in found.values() and re.search(rf"\b(?:{words})\b", name.lower()):
                found[ours] = at
    return found


def _dates(texts: list[str]) -> str:
    texts = [text.strip() for text in texts if text.strip()]
    for pattern, form in _DATES:
        if texts and all(re.fullmatch(pattern, text) for text in texts):
            return form
    parts = [text.split("/") for text in texts]
    if parts and all(len(part) == 3 and part[0].isdigit() and part[1].isdigit() for part in parts):
        if any(int(part[0]) > 12 for part in parts):
            return "DD/MM/YYYY"
        if any(int(part[1]) > 12 for part in parts):
            return "MM/DD/YYYY"
    return ""


def _decimal(texts: list[str]) -> str:
    found = Counter(match[1] for text in texts if (match := re.search(r"([.,])\d{1,2}$", text.strip())))
    return found.most_common(1)[0][0] if len(found) == 1 else ""
