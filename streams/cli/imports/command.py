"""`stoplist import` of files of other programs: one file, or a folder that is watched."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from schemas.fields import RATE
from schemas.policy import Policy
from streams.cli.failure import Failure
from streams.cli.imports import report
from streams.cli.imports.clients import ClientList
from streams.cli.imports.collecting import collecting_seldom
from streams.cli.imports.formats import FileFormat, Reading, format_of, items_of
from streams.cli.imports.importing import Importer, Money
from streams.cli.imports.mapping import read_mapping
from streams.cli.imports.register import opened
from streams.cli.imports.sinks import history_sink, kafka_sink
from streams.cli.imports.spooling import STANDARD, spooled
from streams.cli.imports.watching import REGISTER, UNMATCHED, Folder
from streams.cli.terminal import Progress

REGISTER_DEFAULT: Final = "stoplist-imports.sqlite"
_EXIT_LOOK: Final = 1
"""Something was not sent that a person should look at."""


class Options(NamedTuple):
    """What the command was given."""

    policy: Policy
    bootstrap: str
    history: str | None = None
    clients: tuple[Path, ...] = ()
    unmatched: Path | None = None
    mapping: Path | None = None
    register: Path | None = None
    rates: tuple[str, ...] = ()
    payment_term_days: int | None = None
    direction: str = ""
    again: bool = False

    def reading(self) -> Reading:
        """What readers need of it; raises Failure for a mapping that is none."""
        mapping = read_mapping(self.mapping) if self.mapping is not None else None
        return Reading(ZoneInfo(self.policy.time_zone), mapping, self.payment_term_days, self.direction)

    def money(self) -> Money:
        """The currencies; raises Failure for a rate that is none."""
        import re

        rates = {}
        for text in self.rates:
            currency, _, rate = text.partition("=")
            if not re.fullmatch("[A-Z]{3}", currency) or not re.fullmatch(RATE, rate) or not rate.strip("0."):
                raise Failure(f"--rate: {text!r} is no rate; write one like EUR=1.0825")
            rates[currency] = rate
        return Money(self.policy.currency, rates)


def import_file(file: str, form: FileFormat | None, options: Options) -> int:
    """Imports one file; returns 0, or 1 when a person should look at what was not sent."""
    reading, clients = options.reading(), ClientList()
    unmatched = options.unmatched or (Path() if file == STANDARD else Path(file).parent) / UNMATCHED
    for path in options.clients:
        clients.read(path)
    if unmatched.exists():
        clients.read(unmatched, filled_only=True)
    with spooled(file) as path:
        items = items_of(path, form or format_of(path), reading)
        register = options.register or Path(REGISTER_DEFAULT)
        with importer_of(options, clients, register) as importer, Progress("lines read") as progress:
            outcome = importer.run(items, file, progress.advance)
    if outcome.unmatched or unmatched.exists():
        outcome.unmatched.write(unmatched, file)
    for line in report.lines(outcome, file, report.SHOWN_MAX, str(unmatched)):
        sys.stderr.write(f"{line}\n")
    summary = report.summary(outcome, report.SENT if options.history is None else report.WRITTEN)
    (sys.stderr if options.history == STANDARD else sys.stdout).write(f"{summary}\n")
    if outcome.failure:
        raise Failure(outcome.failure)
    return _EXIT_LOOK if outcome.wrong_count or outcome.unmatched_documents else 0


def watch(folder: Path, interval_seconds: float, once: bool, options: Options) -> int:
    """Follows a folder until Ctrl-C, or with `once` takes what lies there; 1 when a file taken had something wrong."""
    register = options.register or folder / REGISTER
    followed = Folder(
        folder, list(options.clients), options.reading(), lambda clients: importer_of(options, clients, register), _say
    )
    if once:
        return 0 if followed.look(at_once=True) else _EXIT_LOOK
    sys.stderr.write(f"watching {folder}; Ctrl-C ends it\n")
    followed.follow(interval_seconds)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def importer_of(options: Options, clients: ClientList, register: Path) -> Iterator[Importer]:
    """An importer with its register and its sink open. A history that names no register remembers nothing."""
    path = register if options.history is None or options.register is not None else None
    zone = ZoneInfo(options.policy.time_zone)
    with collecting_seldom(), opened(path) as (known, new):
        if options.history is not None:
            with history_sink(options.history) as out:
                yield Importer(clients, known, out, options.money(), zone, options.again)
            return
        if new:
            from streams.cli.imports.register_topics import restore

            restore(known, options.bootstrap)
        with kafka_sink(options.bootstrap) as sink:
            yield Importer(clients, known, sink, options.money(), zone, options.again)
