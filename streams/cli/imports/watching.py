"""A watched folder: files are imported as they are laid in, and moved to done, waiting or failed with a report.

| folder | what lies there |
|---|---|
| `done` | everything in it was sent, or known already |
| `waiting` | something of it has no client yet; taken again whenever a client list changes |
| `failed` | a line, or the whole file, could not be read; what could be was sent |

A file is taken when it did not change between two looks. Nothing depends on the moves: a file laid in twice changes
nothing.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple

from streams.cli.failure import Failure
from streams.cli.imports import report
from streams.cli.imports.clients import ClientList, Unmatched
from streams.cli.imports.formats import FileFormat, Reading, format_of, items_of
from streams.cli.imports.importing import TOLD_MAX, Importer, Outcome
from streams.cli.imports.mapping import read_mapping

DONE: Final = "done"
WAITING: Final = "waiting"
FAILED: Final = "failed"
CLIENTS: Final = "clients.csv"
UNMATCHED: Final = "unmatched.csv"
MAPPING: Final = "mapping.yaml"
REGISTER: Final = "register.sqlite"
_OWN: Final = (CLIENTS, UNMATCHED, MAPPING)
_UNFINISHED: Final = (".part", ".tmp", ".filepart", ".crdownload")
_REPORT: Final = ".report.txt"

OpenImporter = Callable[[ClientList], AbstractContextManager[Importer]]
Say = Callable[[str], None]


class _Look(NamedTuple):
    """A file as it was seen."""

    size: int
    changed: int


class Folder:
    """One watched folder."""

    def __init__(self, root: Path, lists: list[Path], reading: Reading, open_importer: OpenImporter, say: Say) -> None:
        if not root.is_dir():
            raise Failure(f"{root}: is no folder; make it, or name another with --watch")
        self._root = root
        self._lists = [*lists, root / CLIENTS, root / UNMATCHED]
        self._reading = reading
        self._open = open_importer
        self._say = say
        self._seen: dict[Path, _Look] = {}
        self._lists_before: list[_Look | None] = []
        for name in (DONE, WAITING, FAILED):
            (root / name).mkdir(exist_ok=True)

    def follow(self, interval_seconds: float) -> None:
        """Looks again and again; what goes wrong with the broker is said, and tried again at the next look."""
        while True:
            try:
                self.look()
            except Failure as failure:
                self._say(f"stoplist: {failure}")
            time.sleep(interval_seconds)

    def look(self, *, at_once: bool = False) -> bool:
        """Takes what is ready; returns whether every file taken could be read in full. `at_once` trusts every file."""
        new = [path for path in self._files() if self._is_ready(path) or at_once]
        lists = [_look(path) for path in self._lists]
        waiting = sorted(path for path in (self._root / WAITING).iterdir() if not path.name.endswith(_REPORT))
        if not new and (lists == self._lists_before or not waiting):
            self._lists_before = lists
            return True
        clients = ClientList()
        for path in self._lists:
            if path.exists():
                clients.read(path, filled_only=path.name == UNMATCHED)
        unmatched, good = Unmatched(), True
        with self._open(clients) as importer:
            for path in [*new, *waiting]:
                outcome = self._take(path, importer)
                unmatched.take(outcome.unmatched)
                good = good and not outcome.failure and not outcome.wrong_count
        unmatched.write(self._root / UNMATCHED)
        self._lists_before = [_look(path) for path in self._lists]
        return good

    def _files(self) -> Iterator[Path]:
        for path in sorted(self._root.iterdir()):
            name = path.name
            hidden = name.startswith((".", "~", REGISTER)) or name in _OWN
            if path.is_file() and not path.is_symlink() and not hidden and not name.lower().endswith(_UNFINISHED):
                yield path

    def _is_ready(self, path: Path) -> bool:
        """Whether it is as it was at the last look: nobody is writing it any more."""
        now = _look(path)
        before, self._seen[path] = self._seen.get(path), now or _Look(0, 0)
        return now is not None and now == before

    def _take(self, path: Path, importer: Importer) -> Outcome:
        outcome = self._import(path, importer)
        place = DONE
        if outcome.unmatched_documents:
            place = WAITING
        elif outcome.failure or outcome.wrong_count:
            place = FAILED
        self._seen.pop(path, None)
        target = self._move(path, place)
        told = report.lines(outcome, target.name, TOLD_MAX, UNMATCHED)
        head = [report.summary(outcome), *([outcome.failure] if outcome.failure else [])]
        target.with_name(target.name + _REPORT).write_text("\n".join([*head, *told, ""]), "utf-8")
        self._say(f"{path.name}: {report.summary(outcome)} → {place}")
        return outcome

    def _import(self, path: Path, importer: Importer) -> Outcome:
        try:
            form, reading = format_of(path), self._reading
            if form is FileFormat.CSV and reading.mapping is None and (self._root / MAPPING).exists():
                reading = reading._replace(mapping=read_mapping(self._root / MAPPING))
        except Failure as failure:
            outcome = Outcome()
            outcome.failure = str(failure)
            return outcome
        return importer.run(items_of(path, form, reading), path.name)

    def _move(self, path: Path, place: str) -> Path:
        """Moves it; a file of the same name that lies there already keeps its name."""
        if path.parent.name == place and path.parent.parent == self._root:
            return path
        path.with_name(path.name + _REPORT).unlink(missing_ok=True)
        target, number = self._root / place / path.name, 2
        while target.exists():
            target, number = self._root / place / f"{path.stem}.{number}{path.suffix}", number + 1
        os.replace(path, target)
        return target


def _look(path: Path) -> _Look | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Look(found.st_size, found.st_mtime_ns)
