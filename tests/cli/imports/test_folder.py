"""A watched folder: files are taken once they are whole, moved with a report, and taken again when a clerk helped."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from streams.cli.imports.clients import ClientList
from streams.cli.imports.formats import Reading
from streams.cli.imports.importing import Importer, Money
from streams.cli.imports.register import opened
from streams.cli.imports.sinks import HistorySink
from streams.cli.imports.watching import Folder
from tests.cli.imports.harness import CLIENTS, statement
from tests.harness.packaged import SAMPLES

MOSCOW = ZoneInfo("Europe/Moscow")
STRANGER = {"Номер": "2", "ПлательщикИНН": "7799000013", "ПлательщикСчет": "9"}


class Watched:
    """A folder whose events go into memory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.said: list[str] = []
        self._out = BytesIO()
        (root / "clients.csv").write_bytes(CLIENTS.read_bytes())
        self.folder = Folder(root, [], Reading(MOSCOW), self._open, self.said.append)

    @contextmanager
    def _open(self, clients: ClientList) -> Iterator[Importer]:
        with opened(self.root / "register.sqlite") as (register, _):
            yield Importer(clients, register, HistorySink(self._out), Money("RUB", {}), MOSCOW)

    def documents(self) -> list[str]:
        """Numbers of the documents that were sent, in order."""
        return [json.loads(line)["value"]["document"] for line in self._out.getvalue().splitlines()]

    def files(self, place: str) -> list[str]:
        """Names of the files in done, waiting or failed."""
        return sorted(path.name for path in (self.root / place).iterdir())


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A folder with a client list."""
    return Watched(tmp_path)


def test_a_file_is_taken_when_nobody_writes_it_any_more(watched: Watched) -> None:
    file = watched.root / "a.txt"
    file.write_bytes(statement({})[:50])
    watched.folder.look()
    file.write_bytes(statement({"Номер": "1"}))
    watched.folder.look()
    assert watched.documents() == []  # it changed between two looks
    watched.folder.look()
    assert watched.documents() == ["1"]
    assert watched.files("done") == ["a.txt", "a.txt.report.txt"]
    assert "1 document, 1 sent" in (watched.root / "done/a.txt.report.txt").read_text()


def test_a_file_laid_in_twice_changes_nothing_and_keeps_both_copies(watched: Watched) -> None:
    for _ in range(2):
        (watched.root / "a.txt").write_bytes(statement({"Номер": "1"}))
        watched.folder.look(at_once=True)
    assert watched.documents() == ["1"]
    assert watched.files("done") == ["a.2.txt", "a.2.txt.report.txt", "a.txt", "a.txt.report.txt"]


def test_a_wrong_line_fails_the_file_and_the_rest_is_sent(watched: Watched) -> None:
    (watched.root / "a.txt").write_bytes(statement({"Номер": "1"}, {"Номер": "2", "Сумма": "x"}, {"Номер": "3"}))
    assert not watched.folder.look(at_once=True)
    assert watched.documents() == ["1", "3"]
    assert "a.txt:17:7: Сумма 'x' is no amount" in (watched.root / "failed/a.txt.report.txt").read_text()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"<html/>", b"a;b\n1;2\n", statement({}, end=False)])
def test_a_file_that_is_none_fails_with_the_reason(watched: Watched, content: bytes) -> None:
    (watched.root / "a.txt").write_bytes(content)
    assert not watched.folder.look(at_once=True)
    assert watched.files("failed") == ["a.txt", "a.txt.report.txt"]
    assert len((watched.root / "failed/a.txt.report.txt").read_text().splitlines()) >= 2


def test_a_clerk_fills_in_the_client_and_the_file_goes_on(watched: Watched) -> None:
    (watched.root / "a.txt").write_bytes(statement({"Номер": "1"}, STRANGER))
    (watched.root / "b.txt").write_bytes(statement({**STRANGER, "Номер": "3", "ПлательщикИНН": "7799000021"}))
    watched.folder.look(at_once=True)
    assert watched.documents() == ["1"]
    assert watched.files("waiting") == ["a.txt", "a.txt.report.txt", "b.txt", "b.txt.report.txt"]
    unmatched = watched.root / "unmatched.csv"
    text = unmatched.read_text("utf-8-sig")
    assert text.count("nothing of it is in the client list") == 2
    watched.folder.look()
    assert watched.documents() == ["1"]  # nothing changed, so nothing is read again
    unmatched.write_text(text.replace(";;;7799000013", "stranger;;;7799000013"), "utf-8")
    watched.folder.look()
    assert watched.documents() == ["1", "2"]
    assert (watched.files("done")[0], watched.files("waiting")[0]) == ("a.txt", "b.txt")
    again = unmatched.read_text("utf-8-sig")
    assert "stranger;;;7799000013" in again and ";;;7799000021" in again


def test_what_is_not_for_us_stays_where_it_is(watched: Watched) -> None:
    for name in (".hidden", "a.txt.part", "~lock"):
        (watched.root / name).write_bytes(b"x")
    (watched.root / "link.txt").symlink_to(SAMPLES / "bank-1c.txt")
    assert watched.folder.look(at_once=True)
    assert watched.said == []
    assert (watched.root / "link.txt").exists()
