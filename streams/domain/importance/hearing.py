"""What a client makes of the importance that a scope tells it."""

from typing import NamedTuple

import msgspec

from schemas.dead_letters import INVALID_FIELD, KEY_MISMATCH
from schemas.importance import ScopeImportance, ScopeKind, scope_key
from schemas.records import Rejected
from streams.domain.categories.category import Scope
from streams.domain.importance.books import Book
from streams.domain.importance.records import read_importance
from streams.domain.importance.telling import book_of
from streams.domain.outputs import Cause, read_cause
from streams.domain.state import Client


class InScope(msgspec.Struct, frozen=True, gc=False):
    """The client's importance in one scope, as the status shows it."""

    scope: Scope
    importance: str


class Moved(NamedTuple):
    """A move of importance that the client was told of, and what caused it: often the sale of another client."""

    told: ScopeImportance
    before: str | None
    cause: Cause


def hear(client: Client, value: bytes | None) -> Moved | Rejected | None:
    """Take what a scope tells; None when it is a repeat or changes nothing."""
    told = read_importance(value)
    if isinstance(told, Rejected):
        return told
    if told.client_id != client.id:
        return Rejected(KEY_MISMATCH, "client_id", "Only stoplist writes this topic: find out who sent the record.")
    try:
        cause = read_cause(told.cause)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):  # it was passed on unread
        return Rejected(INVALID_FIELD, "cause", "Only stoplist writes this topic: find out who sent the record.")
    if not client.sequence:
        return None  # nothing is known of it: the records that made it somebody are lost
    book = _book(client, told.kind, told.scope_id)
    if told.sequence <= book.heard:
        return None
    book.heard = told.sequence
    before, book.importance = book.importance, told.importance or ""
    return None if before == book.importance else Moved(told, before or None, cause)


def _book(client: Client, kind: ScopeKind, scope_id: str) -> Book:
    index = book_of(client, scope_key(kind, scope_id).decode())
    assert client.books is not None
    return client.books.all[index]


def of(client: Client) -> list[InScope]:
    """The client's importance in every scope where it has one, directions first, by id."""
    told: list[tuple[str, str]] = []
    if client.books is not None:
        for book in client.books.all:
            if book.importance:
                told.append((book.name, book.importance))
    if not told:
        return []
    told.sort()
    return [InScope(Scope(*name.split("/", 1)), importance) for name, importance in told]
