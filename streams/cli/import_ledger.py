"""`stoplist import`: turns a ledger into events, on Kafka or in a history file."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
import typer

from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, load_policy
from streams.cli.receivables import TOPICS, Entry, events, read_invoices
from streams.cli.terminal import Progress

_STANDARD: Final = "-"


class Format(StrEnum):
    """Ledgers that can be read."""

    RECEIVABLES = "receivables"


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
) -> None:
    """Turns a ledger into events: sent to Kafka, or with --history written to a file.

    Receivables: one line an invoice with customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount, SettledDate
    (month/day/year). Clients are registered and their documents signed on the ledger's first day. Each invoice becomes
    shipment.dispatched with one instalment (shipment and obligation are called by the invoice number) and sale.recorded
    on the morning of InvoiceDate, and when it is settled payment.received with that value date, naming the obligation
    and appended on the next morning, when the bank's statement comes. Amounts are in the policy's currency.

    Kafka topics must be made with --simulated-time, which keeps these times; on others the past would arrive today.

    \b
    Examples:
      stoplist import ledger.csv --format receivables --history ledger.jsonl
      stoplist import ledger.csv --format receivables --history - | stoplist replay - --obligations
      stoplist topics create --simulated-time && stoplist import ledger.csv --format receivables
    """
    assert format_ is Format.RECEIVABLES
    numbers = load_policy(policy)
    with _reading(file) as lines:
        entries = events(read_invoices(lines, file), numbers.currency, ZoneInfo(numbers.time_zone))
    if history is not None:
        _write(entries, history)
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


def _write(entries: list[Entry], history: str) -> None:
    encode = msgspec.json.Encoder().encode
    try:
        with Progress("events written", len(entries)) as progress, _writing(history) as out:
            for entry in entries:
                line = {"topic": entry.topic, "timestamp": entry.timestamp_ms, "key": entry.key, "value": entry.value}
                out.write(encode(line) + b"\n")
                progress.advance()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(f"{history}: cannot be written ({error.strerror}); name another file") from None


@contextmanager
def _writing(history: str) -> Iterator[IO[bytes]]:
    if history == _STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with open(history, "wb") as out:
            yield out


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
