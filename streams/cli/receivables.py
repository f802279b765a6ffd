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
_IDENTIFIERS: Final = (("customerID", 64), ("invoiceNumber", 64 - len(SETTLED)))
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
    reader = csv.DictReader(lines, strict=True)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise Failure(
                f"{name}:1: column {missing[0]} is missing; the first line must name the columns {', '.join(COLUMNS)}"
            )
        seen: dict[str, int] = {}
        for row in reader:
            where = f"{name}:{reader.line_num}"
            invoice = _invoice(row, where)
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


def _invoice(row: dict[str, Any], where: str) -> Invoice:
    text = {column: (row[column] or "").strip() for column in COLUMNS}
    for column, length_max in _IDENTIFIERS:
        if not 0 < len(text[column]) <= length_max or not text[column].isprintable():
            raise Failure(f"{where}: {column} is {text[column]!r}; write 1 to {length_max} printable characters")
    amount = text["InvoiceAmount"]
    if not _AMOUNT.fullmatch(amount) or not float(amount):
        raise Failure(f"{where}: InvoiceAmount is {amount!r}; write a positive amount with at most two places")
    invoiced, due = _date(text["InvoiceDate"], "InvoiceDate", where), _date(text["DueDate"], "DueDate", where)
    settled = _date(text["SettledDate"], "SettledDate", where) if text["SettledDate"] else None
    if due < invoiced:
        raise Failure(f"{where}: DueDate {text['DueDate']} is before InvoiceDate; correct one of them")
    return Invoice(text["customerID"], text["invoiceNumber"], invoiced, due, amount, settled)


def _date(text: str, column: str, where: str) -> date:
    try:
        day = date(*strptime(text, "%m/%d/%Y")[:3])
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise Failure(f"{where}: {column} is {text!r}; write month/day/year like 8/2/2013")
    return day


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
    day = first_day.isoformat()
    identity = {"id": client_id, "client_id": client_id, "name": client_id}
    who = {"registered_on": day, "directions": [DIRECTION]}
    yield _entry(
        datetime.combine(first_day, _REGISTERED, zone), "clients", {"type": "client.registered", **identity, **who}
    )
    for document in DOCUMENTS:
        identity = {"id": document, "client_id": client_id, "document": document, "number": document}
        signed = {"on": day, "form": "original", "accepted_by": DIRECTION, "direction": DIRECTION}
        yield _entry(
            datetime.combine(first_day, _SIGNED, zone), "clients", {"type": "document.signed", **identity, **signed}
        )


def _events(invoice: Invoice, currency: str, zone: ZoneInfo) -> Iterator[Entry]:
    dispatched = datetime.combine(invoice.invoiced, _DISPATCHED, zone)
    identity = {"id": invoice.invoice_id, "client_id": invoice.client_id}
    money = {"amount": invoice.amount, "currency": currency}
    instalment = {"obligation_id": invoice.invoice_id, "due_date": invoice.due.isoformat(), "amount": invoice.amount}
    shipment = {"shipment_id": invoice.invoice_id, "at": dispatched.isoformat(), "direction": DIRECTION}
    yield _entry(
        dispatched,
        "shipments",
        {"type": "shipment.dispatched", **identity, **shipment, **money, "lines": [], "instalments": [instalment]},
    )
    sale = {"sold_on": invoice.invoiced.isoformat(), "direction": DIRECTION, "shipment_id": invoice.invoice_id}
    sold = datetime.combine(invoice.invoiced, _SOLD, zone)
    yield _entry(sold, "sales", {"type": "sale.recorded", **identity, **money, **sale})
    if invoice.settled is not None:
        identity = {"id": f"{invoice.invoice_id}{SETTLED}", "client_id": invoice.client_id}
        paid = {"value_date": invoice.settled.isoformat(), "obligations": [invoice.invoice_id]}
        arrived = datetime.combine(invoice.settled + timedelta(days=1), _STATEMENT_COMES, zone)
        yield _entry(arrived, "payments", {"type": "payment.received", **identity, **money, **paid})


def _entry(appended: datetime, topic: str, value: dict[str, Any]) -> Entry:
    return Entry(round(appended.timestamp() * 1000), topic, value["client_id"], value)
