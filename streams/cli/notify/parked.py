"""What parked endpoints are still to be told, in order, in a file that outlives the process."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from streams.cli.failure import Failure
from streams.cli.notify.events import Event

_SCHEMA: Final = """
create table if not exists parked (
    name text primary key, since text not null, why text not null, resumed integer not null default 0);
create table if not exists kept (
    number integer primary key autoincrement, name text not null, topic text not null, client_id text not null,
    id text not null, body blob not null, unique (name, topic, id));
"""


class Parking(NamedTuple):
    """An endpoint that is not told for now."""

    name: str
    since: str
    why: str
    resumed: bool
    """A person asked for it to go on."""
    kept: int
    """Events that wait for it."""


class Parked:
    """The file; safe to use from a command while `stoplist notify run` is at work."""

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, timeout=30)
            self._db.execute("pragma journal_mode = wal")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise Failure(f"{path}: cannot be used ({error}); name another state in the configuration") from None

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def park(self, name: str, since: str, why: str) -> None:
        """Notes that an endpoint is not told for now."""
        with self._db:
            self._db.execute("insert or replace into parked values (?, ?, ?, 0)", (name, since, why))

    def keep(self, name: str, event: Event) -> None:
        """Keeps an event behind those that wait; durable when this returns."""
        with self._db:
            self._db.execute(
                "insert or ignore into kept (name, topic, client_id, id, body) values (?, ?, ?, ?, ?)", (name, *event)
            )

    def kept(self, name: str, count: int) -> list[tuple[int, Event]]:
        """The first events that wait, with their numbers."""
        rows = self._db.execute(
            "select number, topic, client_id, id, body from kept where name = ? order by number limit ?", (name, count)
        )
        return [(row[0], Event(*row[1:])) for row in rows]

    def told(self, number: int) -> None:
        """This event has been delivered."""
        with self._db:
            self._db.execute("delete from kept where number = ?", (number,))

    def resume(self, name: str) -> bool:
        """Asks for an endpoint to go on; False when it is not parked."""
        with self._db:
            return self._db.execute("update parked set resumed = 1 where name = ?", (name,)).rowcount > 0

    def release(self, name: str) -> None:
        """The endpoint goes on."""
        with self._db:
            self._db.execute("delete from parked where name = ?", (name,))

    def parkings(self) -> dict[str, Parking]:
        """Every endpoint that is parked or has events waiting, by name."""
        counts = dict(self._db.execute("select name, count(*) from kept group by name").fetchall())
        rows = self._db.execute("select name, since, why, resumed from parked").fetchall()
        found = {row[0]: Parking(row[0], row[1], row[2], bool(row[3]), counts.pop(row[0], 0)) for row in rows}
        return {**found, **{name: Parking(name, "", "", True, count) for name, count in counts.items()}}


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Only one `stoplist notify run` uses a state; raises Failure for the second."""
    try:
        with path.with_name(f"{path.name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Failure(f"{path}: another stoplist notify uses it; end that first") from None
            yield
    except OSError as error:
        raise Failure(f"{path}: cannot be used ({error.strerror}); name another state in the configuration") from None
