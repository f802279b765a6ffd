"""What a client tells the scopes it sells in: its turnover of the months that changed, and why."""

from datetime import date
from typing import Final

import msgspec

from schemas.catalogue import TURNOVER
from schemas.records import Instant, Output
from streams.domain.importance.books import Book, Books
from streams.domain.importance.records import date_of, month_text
from streams.domain.outputs import Cause, encode
from streams.domain.state import Client, Days

_NO_BOOK: Final = -1


class _Turnover(msgspec.Struct, gc=False):
    """A `schemas.importance.ScopeTurnover` as it is written: with the cause itself, and quick to make."""

    client_id: str
    sequence: int
    months: dict[str, int | None]
    registered_on: date | None
    cause: Cause


def scope_of(direction: str, territory: str | None, territorial: bool) -> str:
    """Where a sale counts: in its territory when it is marked so and names one, else in its direction; "": nowhere."""
    if territorial and territory:
        return f"territory/{territory}"
    return f"direction/{direction}" if direction else ""


def book_of(client: Client, scope: str) -> int:
    """Index of the client's book of a scope, which is made when there is none; -1 for no scope."""
    if not scope:
        return _NO_BOOK
    books = client.books
    if books is None:
        books = client.books = Books(registered=registered_on(client))
    return books.index(scope)


def registered_on(client: Client) -> Days:
    """The date of the registration in force (the latest, then by id); 0 without one."""
    return max((fact.day for fact in client.facts.registrations.values() if not fact.voided), default=0)


def tell(client: Client, cause: Cause, at: Instant, out: list[Output]) -> None:
    """Tell each scope whose months have changed what they are now; a record's cause has to name the client."""
    books = client.books
    assert books is not None
    moved, books.moved = books.moved, []
    if len(moved) == 1:  # the usual sale
        index, month = moved[0]
        book = books.all[index]
        _tell(client, books, book, {month_text(month): book.months.get(month)} if month else {}, cause, at, out)
        return
    by_scope: dict[int, dict[str, int | None]] = {}
    for index, month in moved:
        changed = by_scope.setdefault(index, {})
        if month:
            changed[month_text(month)] = books.all[index].months.get(month)
    for index, months in by_scope.items():
        _tell(client, books, books.all[index], months, cause, at, out)


def _tell(
    client: Client,
    books: Books,
    book: Book,
    months: dict[str, int | None],
    cause: Cause,
    at: Instant,
    out: list[Output],
) -> None:
    books.sequence = sequence = books.sequence + 1
    turnover = _Turnover(client.id, sequence, months, date_of(books.registered), cause)
    out.append(Output(TURNOVER, book.name.encode(), encode(turnover), [], at))
