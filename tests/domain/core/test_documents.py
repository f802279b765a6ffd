"""Documents: signed, in force, ended, on which day; whatever the order in which it is told."""

from datetime import date, timedelta

import pytest

from schemas.policy import Policy
from streams.domain import documents
from streams.domain.policy import Rules
from streams.domain.refusals import Accepted, Refused
from tests.domain.core.builder import Book, opened, sealed, signed, void
from tests.domain.core.builder import ended as told_ended

MARCH = date(2026, 3, 1)
AGREEMENT, CONTRACT = documents.COOPERATION_AGREEMENT, documents.SUPPLY_CONTRACT


def on(day: int) -> date:
    return MARCH + timedelta(day - 1)


def in_force(book: Book, day: int, document: str = AGREEMENT) -> bool:
    return document in [one.document for one in known(book, on(day)) if one.in_force]


def known(book: Book, day: date) -> list[documents.Known]:
    return documents.as_of(book.rules, book.client, day.toordinal())


def numbers_in_force(book: Book, day: int, document: str) -> list[str]:
    return [one.number for one in known(book, on(day)) if one.document == document and one.in_force]


def test_in_force_from_its_date_until_the_day_before_its_end() -> None:
    book = Book().accept(signed("A", AGREEMENT, on(5)), told_ended("E", AGREEMENT, on(9)), on=on(2))
    assert [day for day in range(1, 15) if in_force(book, day)] == [5, 6, 7, 8]


def test_signed_and_ended_on_one_day_it_never_is() -> None:
    book = Book().accept(signed("A", AGREEMENT, on(5)), told_ended("E", AGREEMENT, on(5)), on=on(5))
    assert not any(in_force(book, day) for day in range(1, 15))


def test_only_the_original_counts_unless_the_policy_takes_a_copy() -> None:
    copy = signed("A", AGREEMENT, on(5), form="copy")
    assert not in_force(Book().accept(copy, on=on(5)), 6)
    lenient = Rules.compile(Policy.from_document({"version": 1, "documents": {"copies_count": True}}))
    assert in_force(Book(rules=lenient).accept(copy, on=on(5)), 6)


def test_an_end_is_of_its_document_and_number() -> None:
    book = Book().accept(
        signed("A1", AGREEMENT, on(1), number="1"),
        signed("A2", AGREEMENT, on(3), number="2"),
        signed("C1", CONTRACT, on(1), number="1"),
        told_ended("E", AGREEMENT, on(4), number="1"),
        on=on(6),
    )
    assert numbers_in_force(book, 6, AGREEMENT) == ["2"]
    assert numbers_in_force(book, 6, CONTRACT) == ["1"]
    assert documents.ended(known(book, on(3))) == []
    assert documents.ended(known(book, on(4))) == ["1"]


def test_signed_again_under_its_number_it_is_in_force_from_then_on() -> None:
    book = Book().accept(
        signed("A1", AGREEMENT, on(1)), told_ended("E", AGREEMENT, on(4)), signed("A2", AGREEMENT, on(8)), on=on(1)
    )
    assert [day for day in range(1, 12) if in_force(book, day)] == [1, 2, 3, 8, 9, 10, 11]


def test_missing_names_what_is_not_in_force() -> None:
    book = Book().accept(signed("A", AGREEMENT, on(5)), on=on(5))
    assert documents.missing(known(book, on(4))) == [AGREEMENT, CONTRACT]
    assert documents.missing(known(book, on(5))) == [CONTRACT]


def test_the_next_day_is_that_of_the_next_date() -> None:
    book = Book().accept(
        signed("A", AGREEMENT, on(5)), told_ended("E", AGREEMENT, on(9)), signed("C", CONTRACT, on(7)), on=on(2)
    )
    upcoming = [documents.next_day(book.rules, book.client, on(day).toordinal()) for day in (4, 5, 7, 8)]
    assert upcoming == [on(day).toordinal() for day in (5, 7, 9, 9)]
    assert documents.next_day(book.rules, book.client, on(9).toordinal()) > on(1000).toordinal()


def test_a_higher_revision_replaces_a_void_withdraws_and_another_body_conflicts() -> None:
    first = signed("A", AGREEMENT, on(5))
    book = Book().accept(first, on=on(6))
    assert book.tell(first) == Accepted(False)
    other = signed("A", AGREEMENT, on(4))
    answer = book.tell(other)
    assert isinstance(answer, Refused) and answer.reason == "conflicting_revision" and answer.conflict
    book.accept(signed("A", AGREEMENT, on(3), revision=2))
    assert in_force(book, 3)
    book.accept(void(first, revision=3))
    assert not in_force(book, 6)
    assert book.client.facts.count == 1
    assert book.tell(first) == Accepted(False), "an older revision comes late"


def test_no_document_is_too_old_and_one_dated_ahead_counts_from_its_date() -> None:
    book = Book().accept(signed("A", AGREEMENT, date(2009, 5, 1)), signed("C", CONTRACT, date(2027, 1, 1)), on=on(1))
    assert in_force(book, 1)
    assert documents.missing(known(book, date(2026, 12, 31))) == [CONTRACT]
    assert documents.missing(known(book, date(2027, 1, 1))) == []


def test_opening_balances_bring_documents_and_replace_what_was_signed_before() -> None:
    balances = opened(on(10), documents=[{"document": CONTRACT, "number": "7"}])
    book = Book().accept(signed("A", AGREEMENT, on(5)), balances, on=on(12))
    assert documents.missing(known(book, on(12))) == [AGREEMENT]
    answer = book.tell(signed("B", AGREEMENT, on(9)))
    assert isinstance(answer, Refused) and (answer.reason, answer.field) == ("before_opening", "on")
    book.accept(told_ended("E", CONTRACT, on(14), number="7"))
    assert in_force(book, 13, CONTRACT) and not in_force(book, 14, CONTRACT)


def test_a_client_with_as_many_facts_as_allowed_takes_no_further_document() -> None:
    rules = Rules.compile(Policy.from_document({"version": 1, "limits": {"facts_max": 100}}))
    book = Book(rules=rules)
    for number in range(100):
        book.accept(signed(f"A{number}", AGREEMENT, on(5), number=f"{number}"), on=on(6))
    answer = book.tell(signed("A100", AGREEMENT, on(5), number="100"))
    assert isinstance(answer, Refused) and answer.reason == "limit_exceeded"
    book.accept(sealed(signed("A99", AGREEMENT, on(5), number="99", revision=2)))


@pytest.mark.parametrize("last", ["signing", "end", "void"])
def test_the_order_of_arrival_changes_nothing(last: str) -> None:
    events = {
        "signing": signed("A", AGREEMENT, on(3)),
        "end": told_ended("E", AGREEMENT, on(6)),
        "void": void(told_ended("F", AGREEMENT, on(4))),
    }
    book = Book().accept(*(event for name, event in events.items() if name != last), events[last], on=on(8))
    assert [day for day in range(1, 10) if in_force(book, day)] == [3, 4, 5]
