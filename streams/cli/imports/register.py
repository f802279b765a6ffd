"""The register of what was imported: by event the last revision, its content's digest and whether the broker has it.

It is written before anything is sent, in batches, and a batch is under way until the broker has it: an import that was
cut off sends the same revisions again, which changes nothing. It holds no fact of its own; a lost register is read
again from the topics (`register_topics`), so it is a matter of convenience and never of correctness.
"""

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from streams.cli.failure import Failure

_SCHEMA: Final = """
create table if not exists event (
    kind text not null, id text not null, client_id text not null, revision integer not null, digest blob not null,
    batch integer not null, document text not null, voided integer not null, run integer not null,
    line integer not null, moved_from text not null, primary key (kind, id)) without rowid;
create table if not exists under_way (batch integer primary key autoincrement);
create table if not exists earlier (
    kind text not null, id text not null, digest blob not null, primary key (kind, id, digest)) without rowid;
create table if not exists run (number integer primary key, file text not null);
"""
_BY_DOCUMENT: Final = "create index if not exists by_document on event (document) where document <> ''"
"""Only reversals ask for it: made at the first, so that everybody else does not write it."""
_NO_BATCH: Final = 0
"""Of events that the topics held already."""
_SETTINGS: Final = (
    "pragma journal_mode = wal",
    "pragma cache_size = -65536",  # KiB: ids come in no order, and a page that is read again must not be fetched again
    "pragma wal_autocheckpoint = 16384",  # pages: one that is written by batch after batch is copied once
)
_FORM: Final = 1
"""Of the tables; a register of another form is not read."""
_ASKED_MAX: Final = 500
_encode: Final = msgspec.json.Encoder(order="sorted").encode
_REPLACE: Final = "insert or replace into event values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
Value = dict[str, Any]
Name = tuple[str, str]
"""An event's type and id."""


class Verdict(Enum):
    """What the register says of an event."""

    NEW = "new"
    CORRECTED = "corrected"
    UNSURE = "sent again"
    """Noted before and never confirmed: the import was cut off."""
    KNOWN = "known already"
    SUPERSEDED = "superseded by a later correction"
    REPEATED = "twice in this file"
    CONFLICT = "twice in this file with two contents"
    NEVER_SENT = "withdrawn and never imported"


class Known(NamedTuple):
    """A row of the register."""

    client_id: str
    revision: int
    digest: bytes
    batch: int
    document: str
    voided: bool
    run: int
    line: int
    moved_from: str
    """Clients from whom it is being taken back, separated by line feeds; they matter while its batch is under way."""


class Decided(NamedTuple):
    """What becomes of one event: the records to send, in order."""

    verdict: Verdict
    values: list[Value]
    line: int
    before: Known | None


class Batch(NamedTuple):
    """What was decided at once, by event, and the number by which it is acknowledged."""

    number: int
    decided: list[Decided]


class Event(NamedTuple):
    """An event without a revision, and the line it came from."""

    line: int
    value: Value


def digest_of(value: Value) -> bytes:
    """Of everything an event says but its revision."""
    if "revision" in value:
        value = {name: part for name, part in value.items() if name != "revision"}
    return hashlib.sha256(_encode(value)).digest()[:16]


class Register:
    """The register in a file, or in memory for an import that is only tried."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._db.executescript(_SCHEMA)
        self._under_way = {number for (number,) in self._db.execute("select batch from under_way")}
        self._run = 0

    def begin(self, file: str) -> None:
        """Begins to read a file: what comes twice in it can then be told."""
        with self._db:
            self._run = self._db.execute("insert into run (file) values (?)", (file,)).lastrowid or 0

    def decide(self, events: list[Event], again: bool = False) -> Batch:
        """What to send for these events, noted before it is sent. `again` also repeats what is known."""
        known = self._known({_name(event) for event in events})
        earlier = self._earlier(known)
        decided: list[Decided] = []
        rows: dict[Name, tuple[Any, ...]] = {}
        left: list[tuple[str, str, bytes]] = []
        seen: list[tuple[int, int, str, str]] = []
        with self._db:
            number = self._db.execute("insert into under_way default values").lastrowid or _NO_BATCH
            for event in events:
                name, digest = _name(event), digest_of(event.value)
                before = known.get(name)
                one = self._decide(event, digest, before, earlier, again)
                decided.append(one)
                if one.verdict is Verdict.KNOWN:
                    seen.append((self._run, event.line, *name))
                if not one.values:
                    continue
                if before is not None and before.digest != digest:
                    left.append((*name, before.digest))
                    earlier.setdefault(name, set()).add(before.digest)
                now = known[name] = self._noted(one, digest, number)
                rows[name] = (*name, *now)
            self._db.executemany("insert or ignore into earlier values (?, ?, ?)", left)
            # in the order of the key, in which they lie: neighbours are then written together
            self._db.executemany(_REPLACE, [rows[name] for name in sorted(rows)])
            self._db.executemany("update event set run = ?, line = ? where kind = ? and id = ?", seen)
        self._under_way.add(number)
        return Batch(number, decided)

    def acknowledge(self, batch: int) -> None:
        """The broker has everything of this batch."""
        with self._db:
            self._db.execute("delete from under_way where batch = ?", (batch,))
        self._under_way.discard(batch)

    def take(self, values: Iterable[Value]) -> None:
        """Notes events as they lie in the topics, in order; used for a register that was lost."""
        for value in values:
            name, revision = (value["type"], value["id"]), value.get("revision", 1)
            before = self._known({name}).get(name)
            digest = digest_of(value)
            if before is not None and before.revision >= revision:
                if before.digest != digest:
                    self._db.execute("insert or ignore into earlier values (?, ?, ?)", (*name, digest))
                continue
            if before is not None:
                self._db.execute("insert or ignore into earlier values (?, ?, ?)", (*name, before.digest))
            row = Known(value["client_id"], revision, digest, _NO_BATCH, str(value.get("document", "")),
                        bool(value.get("voided")), 0, 0, "")  # fmt: skip
            self._db.execute(_REPLACE, (*name, *row))

    def commit(self) -> None:
        """Makes what `take` noted durable."""
        self._db.commit()

    def payment_of(self, references: tuple[str, ...]) -> tuple[str, str] | None:
        """Id and client of the one payment with the first of these references that is known; None when unsure."""
        self._db.execute(_BY_DOCUMENT)
        for reference in references:
            found = self._db.execute(
                "select id, client_id from event where document = ? and kind = 'payment.received' and not voided "
                "limit 2",
                (reference,),
            ).fetchall()
            if found:
                return (found[0][0], found[0][1]) if len(found) == 1 else None
        return None

    def _decide(
        self, event: Event, digest: bytes, before: Known | None, earlier: dict[Name, set[bytes]], again: bool
    ) -> Decided:
        value = event.value
        if before is None:
            if value.get("voided"):
                return Decided(Verdict.NEVER_SENT, [], event.line, None)
            return Decided(Verdict.NEW, [value], event.line, None)
        same, arrived = before.digest == digest, before.batch not in self._under_way
        if before.run == self._run:
            return Decided(Verdict.REPEATED if same else Verdict.CONFLICT, [], event.line, before)
        if same and arrived and not again:
            return Decided(Verdict.KNOWN, [], event.line, before)
        taken_from = [] if arrived or not before.moved_from else before.moved_from.split("\n")
        if same:
            values = _with_withdrawals(value, taken_from, before.revision)
            return Decided(Verdict.UNSURE, values, event.line, before)
        if digest in earlier.get(_name(event), ()):
            return Decided(Verdict.SUPERSEDED, [], event.line, before)
        if before.client_id != value["client_id"] and not before.voided:
            taken_from.append(before.client_id)
        taken_from = [client for client in dict.fromkeys(taken_from) if client != value["client_id"]]
        revision = before.revision + (2 if taken_from else 1)
        return Decided(Verdict.CORRECTED, _with_withdrawals(value, taken_from, revision), event.line, before)

    def _noted(self, one: Decided, digest: bytes, batch: int) -> Known:
        """The row of what is to be sent."""
        last = one.values[-1]
        moved_from = "" if len(one.values) == 1 else "\n".join(value["client_id"] for value in one.values[:-1])
        return Known(
            last["client_id"], last.get("revision", 1), digest, batch, str(last.get("document", "")),
            bool(last.get("voided")), self._run, one.line, moved_from,
        )  # fmt: skip

    def _known(self, names: Iterable[Name]) -> dict[Name, Known]:
        return {
            (row[0], row[1]): Known._make(row[2:])
            for row in self._rows("select * from event where kind = ? and id in ({})", names)
        }

    def _earlier(self, names: Iterable[Name]) -> dict[Name, set[bytes]]:
        found: dict[Name, set[bytes]] = {}
        for kind, id_, digest in self._rows("select * from earlier where kind = ? and id in ({})", names):
            found.setdefault((kind, id_), set()).add(digest)
        return found

    def _rows(self, query: str, names: Iterable[Name]) -> Iterator[tuple[Any, ...]]:
        """Rows of these names, asked kind by kind: SQLite would read the whole table for a list of pairs."""
        ids: dict[str, list[str]] = {}
        for kind, id_ in names:
            ids.setdefault(kind, []).append(id_)
        for kind, of_kind in ids.items():
            of_kind.sort()
            for start in range(0, len(of_kind), _ASKED_MAX):
                some = of_kind[start : start + _ASKED_MAX]
                marks = ", ".join("?" * len(some))
                yield from self._db.execute(query.format(marks), (kind, *some))


def _name(event: Event) -> Name:
    return event.value["type"], event.value["id"]


def _revised(value: Value, revision: int) -> Value:
    return {**value, "revision": revision} if revision > 1 else value


def _with_withdrawals(value: Value, clients: list[str], revision: int) -> list[Value]:
    """The event as this revision, and before it its withdrawal from other clients as the revision before."""
    names = {name: value[name] for name in ("type", "id", "shipment_id") if name in value}
    taken = [{**names, "client_id": client, "revision": revision - 1, "voided": True} for client in clients]
    return [*taken, _revised(value, revision)]


@contextmanager
def opened(path: Path | None) -> Iterator[tuple[Register, bool]]:
    """The register of a file and whether it is new; None is one in memory. Raises Failure while another uses it."""
    if path is None:
        yield Register(sqlite3.connect(":memory:")), False
        return
    new = not path.exists()
    try:
        with path.with_name(f"{path.name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Failure(f"{path}: another import is using it; wait until it ends") from None
            connection = sqlite3.connect(path)
            try:
                _check_form(connection, path)
                for setting in _SETTINGS:
                    connection.execute(setting)
                yield Register(connection), new
            finally:
                connection.close()
    except sqlite3.DatabaseError as error:
        raise Failure(
            f"{path}: is no register of imports ({error}); move it away, it is made again from the topics"
        ) from None
    except OSError as error:
        raise Failure(f"{path}: cannot be used ({error.strerror}); name another with --register") from None


def _check_form(connection: sqlite3.Connection, path: Path) -> None:
    """Marks a register that is new; raises Failure for one of another form."""
    (form,) = connection.execute("pragma user_version").fetchone()
    (tables,) = connection.execute("select count(*) from sqlite_master").fetchone()
    if tables and form != _FORM:
        raise Failure(f"{path}: is a register of another version; move it away, it is made again from the topics")
    connection.execute(f"pragma user_version = {_FORM}")
