"""`stoplist stop-list` and `stoplist digest`: the list and the day, on paper, in a spreadsheet, in a mail."""

import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, Language, load_policy


class PageFormat(StrEnum):
    """How the list is written."""

    HTML = "html"
    CSV = "csv"


class DigestFormat(StrEnum):
    """How the digest is written."""

    TEXT = "text"
    HTML = "html"


Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Where to; default: standard output.")]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="Policy whose time zone holds; default: the shipped.")
]


def stop_list(
    format_: Annotated[PageFormat, typer.Option("--format", help="A page to print, or a table.")] = PageFormat.HTML,
    language: Annotated[Language, typer.Option(help="Language of the page.")] = Language.EN,
    out: Out = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: PolicyFile = None,
) -> None:
    """Prints who may not be shipped to: since when, why, what lifts it, what is owed.

    The page prints on A4 from any browser. Read from Kafka as of now; names come from client.registered.

    \b
    Examples:
      stoplist stop-list --out stop-list.html --language ru
      stoplist stop-list --format csv > stop-list.csv
      chromium --headless --print-to-pdf=stop-list.pdf stop-list.html
    """
    from streams.cli.stop_list.pages import stop_list_csv, stop_list_html
    from streams.cli.stop_list.reading import stopped

    zone = ZoneInfo(load_policy(policy).time_zone)
    at = datetime.now(UTC).astimezone(zone)
    found = stopped(bootstrap)
    _write(stop_list_csv(found) if format_ is PageFormat.CSV else stop_list_html(found, at, language.value), out)


def digest(
    day: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Which day, in the company's zone; default: today.")
    ] = None,
    format_: Annotated[DigestFormat, typer.Option("--format", help="Lines, or a page to print.")] = DigestFormat.TEXT,
    language: Annotated[Language, typer.Option(help="Language of the digest.")] = Language.EN,
    out: Out = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: PolicyFile = None,
) -> None:
    """Tells what happened on a day: who was stopped and released, what was refused, what left all the same, who moved.

    Of a day long past, stops and releases are told of clients that nothing happened to since: the topic keeps the last.

    \b
    Examples:
      stoplist digest
      stoplist digest --day 2026-03-01 --format html --language ru --out digest.html
    """
    from streams.cli.stop_list.pages import digest_html, digest_text
    from streams.cli.stop_list.reading import day_of

    zone = ZoneInfo(load_policy(policy).time_zone)
    at = datetime.now(UTC).astimezone(zone)
    try:
        which = date.fromisoformat(day).isoformat() if day is not None else at.date().isoformat()
    except ValueError:
        raise Failure(f"--day: {day!r} is no date; write one like 2026-03-01") from None
    found = day_of(bootstrap, which, zone)
    if format_ is DigestFormat.HTML:
        _write(digest_html(which, found, at, language.value), out)
    else:
        _write(digest_text(which, found, language.value, zone), out)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise Failure(f"{out}: cannot be written ({error.strerror}); name another file") from None
