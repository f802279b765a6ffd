"""`stoplist import`: turns files of other programs into events, on Kafka or in a history file."""

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
from streams.cli.imports.collecting import collecting_seldom
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, load_policy
from streams.cli.receivables import TOPICS, Entry, events, read_invoices
from streams.cli.terminal import Progress

_STANDARD: Final = "-"


class Format(StrEnum):
    """Files that can be read."""

    BANK_1C = "1c-bank"
    CAMT053 = "camt053"
    COMMERCEML = "commerceml"
    CSV = "csv"
    RECEIVABLES = "receivables"
    OPENING = "opening"


def import_ledger(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="The file; - is standard input.", show_default=False)
    ] = None,
    format_: Annotated[
        Format | None,
        typer.Option("--format", help="What the file is; default: what its beginning shows.", show_default=False),
    ] = None,
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
    clients: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Client list: client_id, code, guid, inn, kpp, account. May be repeated."),
    ] = None,
    unmatched: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where parties without a client go, for a clerk; default: unmatched.csv beside FILE."
        ),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Which column of a CSV is what; --explain proposes one.")
    ] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(metavar="CUR=RATE", help="Worth of another currency in the policy's. May be repeated."),
    ] = None,
    payment_term_days: Annotated[
        int | None, typer.Option(min=0, max=3650, help="Of shipments that name no due date.")
    ] = None,
    direction: Annotated[
        str | None, typer.Option(help="Of CommerceML: record each shipment as a sale in this direction, too.")
    ] = None,
    register: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What was imported before; default: stoplist-imports.sqlite, or in DIR."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Send known documents once more, as they are.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell what the file is and send nothing; of a CSV propose the mapping.")
    ] = False,
    watch: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Import files as they are laid into DIR, until Ctrl-C.")
    ] = None,
    interval: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds between two looks into DIR.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="With --watch: take what lies there and end.")] = False,
) -> None:
    """Turns files of other programs into events: sent to Kafka, or with --history written to a file.

    Bank statements (1c-bank: 1CClientBankExchange; camt053: ISO 20022), shipments (commerceml) and any table (csv, with
    a mapping file) are read as they come: a wrong line is told with line and column and the rest goes on; a document
    that was imported before is not sent again, a corrected one is sent as a higher revision. Clients are matched by
    code, GUID, tax number or account with --clients; what has none goes to unmatched.csv beside the file for a clerk
    to finish. The exit code is 1 when a person should look. docs/imports.md has it all.

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
      stoplist import statement.txt --clients clients.csv
      stoplist import --explain table.csv > mapping.yaml
      stoplist import --watch /srv/exchange
      stoplist import ledger.csv --format receivables --history ledger.jsonl
      stoplist import ledger.csv --format receivables --history - | stoplist replay - --obligations
      stoplist topics create --simulated-time && stoplist import ledger.csv --format receivables
      stoplist import balances.csv --format opening
      stoplist import balances.csv --format opening --history - | stoplist replay - --status
      stoplist import corrected.csv --format opening --revision 2
    """
    numbers = load_policy(policy)
    if format_ not in (Format.RECEIVABLES, Format.OPENING):
        from streams.cli.imports.command import Options, import_file
        from streams.cli.imports.command import watch as follow
        from streams.cli.imports.explaining import explain as tell
        from streams.cli.imports.formats import FileFormat

        if revision > 1 or skip_bad:
            raise Failure("--revision and --skip-bad are for --format opening; leave them out")
        options = Options(
            numbers, bootstrap, history, tuple(clients or ()), unmatched, mapping, register, tuple(rate or ()),
            payment_term_days, direction or "", again,
        )  # fmt: skip
        form = None if format_ is None else FileFormat(format_.value)
        if watch is not None:
            if file is not None or history is not None or explain:
                raise Failure(
                    "--watch takes every file of its folder to Kafka; leave out FILE, --history and --explain"
                )
            raise typer.Exit(follow(watch, interval, once, options))
        if file is None:
            raise Failure("FILE is missing; name one, or a folder with --watch")
        if explain:
            tell(file, form, options.reading())
            return
        raise typer.Exit(import_file(file, form, options))
    if file is None:
        raise Failure(f"FILE is missing; name the {format_.value} file")
    zone = ZoneInfo(numbers.time_zone)
    if format_ is Format.OPENING:
        from streams.cli.import_opening import import_opening
        from streams.cli.opening import OpeningForm

        with _reading(file) as lines:
            balances = OpeningForm(numbers.currency, revision)
            balances.read(lines, file)
        raise typer.Exit(import_opening(balances, file, zone, history, bootstrap, skip_bad))
    if revision > 1 or skip_bad:
        raise Failure("--revision and --skip-bad are for --format opening; leave them out")
    with collecting_seldom():
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
