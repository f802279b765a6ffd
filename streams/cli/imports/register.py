"""The register of what was imported: by event the last revision, its content's digest and whether the broker has it.

It is written before anything is sent and marked after: an import that was cut off sends the same revision again, which
changes nothing. It holds no fact of its own; a lost register is read again from the topics (`register_topics`), so it
is a matter of convenience and never of correctness.
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
    acknowledged integer not null, document text not null, voided integer not null, run integer not null,
    line integer not null, moved_from text not null, primary key (kind, id)) without rowid;
create table if not exists earlier (
    kind text not null, id text not null, digest blob not null, primary key (kind, id, digest)) without rowid;
create index if not exists by_document on event (document) where document <> '';
create table if not exists run (number integer primary key, file text not null);
"""
_ASKED_MAX: Final = 500
_encode: Final = msgspec.json.Encoder(order="sorted").encode
Value = dict[str, Any]


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
    acknowledged: bool
    document: str
    voided: bool
    run: int
    line: int
    moved_from: str
    """Clients from whom it is being taken back, separated by line feeds; they matter until it is acknowledged."""


class Decided(NamedTuple):
    """What becomes of one event: the records to send, in order."""

    verdict: Verdict
    values: list[Value]
    line: int
    before: Known | None


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
        self._run = 0

    def begin(self, file: str) -> None:
        """Begins to read a file: what comes twice in it can then be told."""
        with self._db:
            self._run = self._db.execute("insert into run (file) values (?)", (file,)).lastrowid or 0

    def decide(self, events: list[Event], again: bool = False) -> list[Decided]:
        """What to send for these events, noted before it is sent. `again` also repeats what is known."""
        known = self._known({(event.value["type"], event.value["id"]) for event in events})
        earlier = self._earlier(known)
        decided = []
        rows: dict[tuple[str, str], tuple[Any, ...]] = {}
        left: list[tuple[str, str, bytes]] = []
        for event in events:
            name = event.value["type"], event.value["id"]
            before, digest = known.get(name), digest_of(event.value)
            one = self._decide(event, digest, before, earlier, again)
            decided.append(one)
            if not one.values:
                continue
            last = one.values[-1]
            now = Known(
                last["client_id"], last.get("revision", 1), digest, False,
                str(last.get("document", "")), bool(last.get("voided")), self._run, event.line,
                "\n".join(value["client_id"] for value in one.values[:-1]),
            )  # fmt: skip
            if before is not None and before.digest != now.digest:
                left.append((*name, before.digest))
                earlier.setdefault(name, set()).add(before.digest)
            known[name] = now
            rows[name] = (*name, *now)
        with self._db:
            self._db.executemany("insert or ignore into earlier values (?, ?, ?)", left)
            self._db.executemany("insert or replace into event values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows.values())
            seen = [(self._run, one.line, *_name(event)) for event, one in zip(events, decided, strict=True)
                    if one.verdict is Verdict.KNOWN]  # fmt: skip
            self._db.executemany("update event set run = ?, line = ? where kind = ? and id = ?", seen)
        return decided

    def acknowledge(self, values: Iterable[Value]) -> None:
        """The broker has these."""
        names = [(value["type"], value["id"], value.get("revision", 1)) for value in values]
        with self._db:
            self._db.executemany("update event set acknowledged = 1 where kind = ? and id = ? and revision = ?", names)

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
            row = Known(value["client_id"], revision, digest, True, str(value.get("document", "")),
                        bool(value.get("voided")), 0, 0, "")  # fmt: skip
            self._db.execute("insert or replace into event values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*name, *row))

    def commit(self) -> None:
        """Makes what `take` noted durable."""
        self._db.commit()

    def payment_of(self, references: tuple[str, ...]) -> tuple[str, str] | None:
        """Id and client of the one payment with the first of these references that is known; None when unsure."""
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
        self, event: Event, digest: bytes, before: Known | None, earlier: dict[tuple[str, str], set[bytes]], again: bool
    ) -> Decided:
        value = event.value
        if before is None:
            if value.get("voided"):
                return Decided(Verdict.NEVER_SENT, [], event.line, None)
            return Decided(Verdict.NEW, [value], event.line, None)
        same = before.digest == digest
        if before.run == self._run:
            return Decided(Verdict.REPEATED if same else Verdict.CONFLICT, [], event.line, before)
        if same and before.acknowledged and not again:
            return Decided(Verdict.KNOWN, [], event.line, before)
        taken_from = [] if before.acknowledged or not before.moved_from else before.moved_from.split("\n")
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

    def _known(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Known]:
        found = {}
        for row in self._rows("select * from event where (kind, id) in (values {})", list(names)):
            found[row[0], row[1]] = Known._make((*row[2:5], bool(row[5]), row[6], bool(row[7]), *row[8:]))
        return found

    def _earlier(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], set[bytes]]:
        found: dict[tuple[str, str], set[bytes]] = {}
        for kind, id_, digest in self._rows("select * from earlier where (kind, id) in (values {})", list(names)):
            found.setdefault((kind, id_), set()).add(digest)
        return found

    def _rows(self, query: str, names: list[tuple[str, str]]) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(names), _ASKED_MAX):
            some = names[start : start + _ASKED_MAX]
            marks = ", ".join(["(?, ?)"] * len(some))
            yield from self._db.execute(query.format(marks), [part for name in some for part in name])


def _name(event: Event) -> tuple[str, str]:
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
                connection.execute("pragma journal_mode = wal")
                yield Register(connection), new
            finally:
                connection.close()
    except sqlite3.DatabaseError as error:
        raise Failure(
            f"{path}: is no register of imports ({error}); move it away, it is made again from the topics"
        ) from None
    except OSError as error:
        raise Failure(f"{path}: cannot be used ({error.strerror}); name another with --register") from None
