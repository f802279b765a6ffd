"""A receivables ledger (one line an invoice) read as the events it stands for.

The mapping, for an invoice of client C settled on day S, after the clients themselves:

| event | id | topic | dated | appended (company's time zone) |
|---|---|---|---|---|
| `client.registered` | customerID | clients | the ledger's first day | that day 08:58 |
| `document.signed`, both documents | the document's kind | clients | the ledger's first day | that day 08:59 |
| `shipment.dispatched`, an instalment due on DueDate | invoiceNumber | shipments | InvoiceDate 09:00 | that instant |
| `sale.recorded` of the same amount | invoiceNumber | sales | InvoiceDate | InvoiceDate 09:01 |
| `payment.received` naming that instalment | `<invoiceNumber>/settled` | payments | SettledDate | the next day 09:02 |

A payment is appended on the morning after, because that is when a bank statement comes; so it is there before the
posting cutoff at which an unpaid instalment would be judged overdue. It is the ledger of an existing business, so its
clients are registered and their documents signed before it begins. The minutes keep the order of a client's events,
which lie in three topics, the same wherever they are read. An invoice that is not settled makes no payment.
`Disputed` carries no dates and makes no event. Amounts are taken to be in the currency of the policy.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from operator import itemgetter
from time import strptime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from streams.cli.failure import Failure

COLUMNS: Final = ("customerID", "invoiceNumber", "InvoiceDate", "DueDate", "InvoiceAmount", "SettledDate")
TOPICS: Final = ("clients", "shipments", "sales", "payments")
INVOICES_MAX: Final = 5_000_000
DIRECTION: Final = "receivables"
SETTLED: Final = "/settled"
DOCUMENTS: Final = ("cooperation_agreement", "supply_contract")
_REGISTERED: Final = time(8, 58)
_SIGNED: Final = time(8, 59)
_DISPATCHED: Final = time(9, 0)
_SOLD: Final = time(9, 1)
_STATEMENT_COMES: Final = time(9, 2)
_AMOUNT: Final = re.compile(r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?")
_CLIENT_LENGTH_MAX: Final = 64
_INVOICE_LENGTH_MAX: Final = 64 - len(SETTLED)
_NEXT_DAY: Final = timedelta(days=1)
_YEARS: Final = range(1970, 2200)


class Invoice(NamedTuple):
    """One line of the ledger; `settled` is None while it is open."""

    client_id: str
    invoice_id: str
    invoiced: date
    due: date
    amount: str
    settled: date | None


class Entry(NamedTuple):
    """One event with the topic it goes to and its append time."""

    timestamp_ms: int
    topic: str
    key: str
    value: dict[str, Any]


def read_invoices(lines: Iterable[str], name: str) -> Iterator[Invoice]:
    """The invoices of a CSV with a header line; raises Failure naming `name`, the line, the column and the remedy."""
    reader = csv.reader(lines, strict=True)
    try:
        at = {column: number for number, column in enumerate(next(reader, []))}
        missing = [column for column in COLUMNS if column not in at]
        if missing:
            raise Failure(
                f"{name}:1: column {missing[0]} is missing; the first line must name the columns {', '.join(COLUMNS)}"
            )
        pick, width = itemgetter(*(at[column] for column in COLUMNS)), max(at[column] for column in COLUMNS) + 1
        seen: dict[str, int] = {}
        for row in reader:
            if not row:
                continue
            where = f"{name}:{reader.line_num}"
            invoice = _invoice([text.strip() for text in pick(row + [""] * (width - len(row)))], where)
            first = seen.setdefault(invoice.invoice_id, reader.line_num)
            if first != reader.line_num:
                raise Failure(
                    f"{where}: invoiceNumber {invoice.invoice_id} is on line {first} already; give each invoice its own"
                )
            if len(seen) > INVOICES_MAX:
                raise Failure(f"{where}: more than {INVOICES_MAX:,} invoices; split the file")
            yield invoice
    except csv.Error as error:
        raise Failure(f"{name}:{reader.line_num}: is not CSV ({error}); save it as comma-separated text") from None
    except UnicodeDecodeError:
        raise Failure(f"{name}: is not UTF-8 text; save it as UTF-8") from None


def _invoice(texts: list[str], where: str) -> Invoice:
    """The invoice of a line's texts in the order of COLUMNS."""
    client_id, invoice_id, invoiced_text, due_text, amount, settled_text = texts
    for column, text, length_max in (
        ("customerID", client_id, _CLIENT_LENGTH_MAX), ("invoiceNumber", invoice_id, _INVOICE_LENGTH_MAX),
    ):  # fmt: skip
        if not 0 < len(text) <= length_max or not text.isprintable():
            raise Failure(f"{where}: {column} is {text!r}; write 1 to {length_max} printable characters")
    if not _AMOUNT.fullmatch(amount) or not amount.strip("0."):
        raise Failure(f"{where}: InvoiceAmount is {amount!r}; write a positive amount with at most two places")
    invoiced, due = _date(invoiced_text, "InvoiceDate", where), _date(due_text, "DueDate", where)
    settled = _date(settled_text, "SettledDate", where) if settled_text else None
    if due < invoiced:
        raise Failure(f"{where}: DueDate {due_text} is before InvoiceDate; correct one of them")
    return Invoice(client_id, invoice_id, invoiced, due, amount, settled)


def _date(text: str, column: str, where: str) -> date:
    day = _day(text)
    if day.year not in _YEARS:
        raise Failure(f"{where}: {column} is {text!r}; write month/day/year like 8/2/2013")
    return day


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    """The first day of all for what is no date."""
    try:
        return date(*strptime(text, "%m/%d/%Y")[:3])
    except ValueError:
        return date.min


def events(invoices: Iterable[Invoice], currency: str, zone: ZoneInfo) -> list[Entry]:
    """Every event of the ledger in order of append time, at one instant by invoice."""
    rows = list(invoices)
    clients = sorted({invoice.client_id for invoice in rows})
    first_day = min((invoice.invoiced for invoice in rows), default=date.min)
    entries = [entry for client_id in clients for entry in _client(client_id, first_day, zone)]
    entries += [entry for invoice in rows for entry in _events(invoice, currency, zone)]
    entries.sort(key=lambda entry: (entry.timestamp_ms, entry.value["id"]))
    return entries


def _client(client_id: str, first_day: date, zone: ZoneInfo) -> Iterator[Entry]:
    """Who it is, and the two documents without which nothing may be shipped to it."""
    day = _iso(first_day)
    identity = {"id": client_id, "client_id": client_id, "name": client_id}
    who = {"registered_on": day, "directions": [DIRECTION]}
    registered, signed = _appended(first_day, _REGISTERED, zone), _appended(first_day, _SIGNED, zone)
    yield Entry(registered, "clients", client_id, {"type": "client.registered", **identity, **who})
    for document in DOCUMENTS:
        identity = {"id": document, "client_id": client_id, "document": document, "number": document}
        how = {"on": day, "form": "original", "accepted_by": DIRECTION, "direction": DIRECTION}
        yield Entry(signed, "clients", client_id, {"type": "document.signed", **identity, **how})


def _events(invoice: Invoice, currency: str, zone: ZoneInfo) -> Iterator[Entry]:
    client_id, invoice_id, invoiced, due, amount, settled = invoice
    identity = {"id": invoice_id, "client_id": client_id}
    money = {"amount": amount, "currency": currency}
    instalment = {"obligation_id": invoice_id, "due_date": _iso(due), "amount": amount}
    shipment = {"shipment_id": invoice_id, "at": _instant(invoiced, _DISPATCHED, zone), "direction": DIRECTION}
    yield Entry(
        _appended(invoiced, _DISPATCHED, zone), "shipments", client_id,
        {"type": "shipment.dispatched", **identity, **shipment, **money, "lines": [], "instalments": [instalment]},
    )  # fmt: skip
    sale = {"sold_on": _iso(invoiced), "direction": DIRECTION, "shipment_id": invoice_id}
    sold = _appended(invoiced, _SOLD, zone)
    yield Entry(sold, "sales", client_id, {"type": "sale.recorded", **identity, **money, **sale})
    if settled is not None:
        identity = {"id": f"{invoice_id}{SETTLED}", "client_id": client_id}
        paid = {"value_date": _iso(settled), "obligations": [invoice_id]}
        arrived = _appended(settled + _NEXT_DAY, _STATEMENT_COMES, zone)
        yield Entry(arrived, "payments", client_id, {"type": "payment.received", **identity, **money, **paid})


# A ledger has many invoices of few days: each day's forms are made once.
_iso: Final = lru_cache(maxsize=4096)(date.isoformat)


@lru_cache(maxsize=4096)
def _instant(day: date, at: time, zone: ZoneInfo) -> str:
    return datetime.combine(day, at, zone).isoformat()


@lru_cache(maxsize=4096)
def _appended(day: date, at: time, zone: ZoneInfo) -> int:
    return round(datetime.combine(day, at, zone).timestamp() * 1000)
