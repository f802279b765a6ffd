"""`stoplist import`: turns a ledger into events, on Kafka or in a history file."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Final
from zoneinfo import ZoneInfo

import typer

from streams.cli.failure import Failure
from streams.cli.history_writing import write_history
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, load_policy
from streams.cli.receivables import TOPICS, Entry, events, read_invoices
from streams.cli.terminal import Progress

_STANDARD: Final = "-"


class Format(StrEnum):
    """Ledgers that can be read."""

    RECEIVABLES = "receivables"
    OPENING = "opening"


def import_ledger(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The ledger, CSV; - is standard input.", show_default=False)
    ],
    format_: Annotated[Format, typer.Option("--format", help="What the ledger is.", show_default=False)],
    history: Annotated[
        str | None,
        typer.Option(metavar="OUT", help="Write a history file for stoplist replay instead; - is standard output."),
    ] = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Policy whose currency and time zone hold; default: the shipped."),
    ] = None,
    revision: Annotated[
        int, typer.Option(min=1, help="Of opening balances: a corrected form is the next revision.")
    ] = 1,
    skip_bad: Annotated[
        bool,
        typer.Option("--skip-bad", help="Of opening balances: leave out clients with a wrong row, take the others."),
    ] = False,
) -> None:
    """Turns a ledger into events: sent to Kafka, or with --history written to a file.

    Receivables: one line an invoice with customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount, SettledDate
    (month/day/year). Clients are registered and their documents signed on the ledger's first day. Each invoice becomes
    shipment.dispatched with one instalment (shipment and obligation are called by the invoice number) and sale.recorded
    on the morning of InvoiceDate, and when it is settled payment.received with that value date, naming the obligation
    and appended on the next morning, when the bank's statement comes. Amounts are in the policy's currency.

    Kafka topics must be made with --simulated-time, which keeps these times; on others the past would arrive today.

    Opening: the balances of clients that existed before the system, one CSV with several rows a client (columns and
    kinds of rows: docs/commands.md). Each client becomes one client.opened. When anything is wrong, every wrong cell is
    told with its line and column, nothing is sent and the exit code is 2. With --skip-bad the clients that have a wrong
    row are left out as a whole and told, the others are sent, and the exit code is 1.

    \b
    Examples:
      stoplist import ledger.csv --format receivables --history ledger.jsonl
      stoplist import ledger.csv --format receivables --history - | stoplist replay - --obligations
      stoplist topics create --simulated-time && stoplist import ledger.csv --format receivables
      stoplist import balances.csv --format opening
      stoplist import balances.csv --format opening --history - | stoplist replay - --status
      stoplist import corrected.csv --format opening --revision 2
    """
    numbers = load_policy(policy)
    zone = ZoneInfo(numbers.time_zone)
    if format_ is Format.OPENING:
        from streams.cli.import_opening import import_opening
        from streams.cli.opening import OpeningForm

        with _reading(file) as lines:
            form = OpeningForm(numbers.currency, revision)
            form.read(lines, file)
        raise typer.Exit(import_opening(form, file, zone, history, bootstrap, skip_bad))
    if revision > 1 or skip_bad:
        raise Failure("--revision and --skip-bad are for --format opening; leave them out")
    with _reading(file) as lines:
        entries = events(read_invoices(lines, file), numbers.currency, zone)
    if history is not None:
        write_history(entries, history)
    else:
        _send(entries, bootstrap)


@contextmanager
def _reading(file: str) -> Iterator[IO[str]]:
    try:
        if file == _STANDARD:
            yield sys.stdin
        else:
            with open(file, encoding="utf-8-sig", newline="") as lines:
                yield lines
    except OSError as error:
        raise Failure(f"{file}: cannot be read ({error.strerror}); name a ledger file") from None


def _send(entries: list[Entry], bootstrap: str) -> None:
    from streams.cli.sending import keeps_own_time, send

    if entries and entries[0].timestamp_ms < time.time() * 1000 and not keeps_own_time(bootstrap, TOPICS):
        raise Failure(
            "the topics stamp records on arrival, so the whole past would arrive today: clients blocked and released "
            "for debts paid long ago, old months refused; make topics with stoplist topics create --simulated-time, "
            "or write a file with --history"
        )
    with Progress("events sent", len(entries)) as progress:
        send(entries, bootstrap, progress)
    typer.echo(f"{len(entries)} events sent")
