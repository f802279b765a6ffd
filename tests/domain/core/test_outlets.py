"""Outlets: which are active on a day, and where they are."""

from datetime import date, timedelta

from streams.domain import outlets
from tests.domain.core.builder import Book, opened, outlet, outlet_closed, void

MARCH = date(2026, 3, 1)


def on(day: int) -> date:
    return MARCH + timedelta(day - 1)


def active(book: Book, day: int) -> list[str]:
    return outlets.active(book.rules, book.client, on(day).toordinal())


def test_active_from_its_opening_until_the_day_before_its_closing() -> None:
    book = Book().accept(outlet("o1", "X", on(3)), outlet("o2", "Y", on(5)), outlet_closed("c1", "X", on(7)), on=on(1))
    assert [active(book, day) for day in (2, 3, 4, 5, 6, 7)] == [[], ["X"], ["X"], ["X", "Y"], ["X", "Y"], ["Y"]]
    assert outlets.is_active(book.rules, book.client, on(6).toordinal(), "X")
    assert not outlets.is_active(book.rules, book.client, on(7).toordinal(), "X")


def test_a_closed_outlet_is_known_and_a_strange_one_is_not() -> None:
    book = Book().accept(outlet("o1", "X", on(3)), outlet_closed("c1", "X", on(7)), on=on(8))
    day = on(8).toordinal()
    assert outlets.was_opened(book.rules, book.client, day, "X")
    assert not outlets.was_opened(book.rules, book.client, day, "Z")
    assert not outlets.was_opened(book.rules, book.client, on(2).toordinal(), "X")


def test_opened_again_it_is_where_the_latest_opening_says() -> None:
    book = Book().accept(
        outlet("o2", "X", on(9), territory="tver", mall="big"),
        outlet("o1", "X", on(1), territory="moscow"),
        outlet_closed("c1", "X", on(4)),
        on=on(1),
    )
    assert [day for day in range(1, 12) if active(book, day)] == [1, 2, 3, 9, 10, 11]
    found = outlets.details(book.rules, book.client, on(9).toordinal())["X"]
    assert (found.territory, found.mall) == ("tver", "big")
    found = outlets.details(book.rules, book.client, on(3).toordinal())["X"]
    assert (found.territory, found.mall) == ("moscow", "")


def test_a_withdrawn_closing_never_was() -> None:
    closing = outlet_closed("c1", "X", on(4))
    book = Book().accept(outlet("o1", "X", on(1)), closing, void(closing), on=on(5))
    assert active(book, 6) == ["X"]


def test_the_next_day_is_that_of_the_next_date() -> None:
    book = Book().accept(outlet("o1", "X", on(3)), outlet_closed("c1", "X", on(7)), on=on(1))
    found = [outlets.next_day(book.rules, book.client, on(day).toordinal()) for day in (1, 3, 6)]
    assert found == [on(day).toordinal() for day in (3, 7, 7)]
    assert outlets.next_day(book.rules, book.client, on(7).toordinal()) > on(1000).toordinal()


def test_opening_balances_bring_outlets_and_replace_those_opened_before() -> None:
    rows = [{"outlet_id": "Y", "territory": "moscow", "mall": "big"}, {"outlet_id": "Z"}]
    book = Book().accept(outlet("o1", "X", on(3)), opened(on(10), outlets=rows), on=on(12))
    assert active(book, 12) == ["Y", "Z"]
    book.accept(outlet_closed("c1", "Y", on(14)))
    assert active(book, 13) == ["Y", "Z"] and active(book, 14) == ["Z"]
