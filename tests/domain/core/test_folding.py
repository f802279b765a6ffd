"""What was folded away is gone from the facts, and still everything goes on as if it were there."""

from datetime import date, timedelta

import pytest

from schemas.policy import Policy
from streams.domain.policy import Rules

from .builder import Book, dispatch, goods_return, opened, payment, sale, void

RULES = Rules.compile(Policy(version=1, window_days=30, correction_days=12))
FIRST = date(2026, 1, 5)


def day(number: int) -> date:
    return FIRST + timedelta(number)


def folded_book() -> Book:
    """O1 (100, due on day 5) was dispatched on day 0, paid on day 3 and folded away long ago; it is day 380."""
    told = Book(rules=RULES)
    told.accept(dispatch("S1", day(0), instalments=[("O1", day(5), 100)]), on=day(0))
    told.accept(payment("P1", day(3), 100, ["O1"]), on=day(3))
    told.accept(dispatch("S2", day(380), instalments=[("O2", day(390), 100)]), on=day(380))
    assert list(told.client.facts.dispatches) == ["S2"]
    return told


def test_money_that_names_what_was_folded_away_is_not_kept_for_it() -> None:
    told = folded_book().accept(payment("P2", day(381), 70, ["O1"]), on=day(381))
    assert told.debts() == {"O2": 30}
    assert told.unapplied == 0


def test_money_kept_for_one_that_comes_is_general_when_the_other_it_names_was_folded_away() -> None:
    told = folded_book().accept(payment("P2", day(381), 70, ["O3", "O1"]), on=day(381))
    assert (told.debts(), told.unapplied) == ({"O2": 100}, 70)
    told.accept(dispatch("S3", day(382), instalments=[("O3", day(392), 50)]), on=day(382))
    assert (told.debts(), told.unapplied) == ({"O2": 80}, 0)


def test_money_that_names_what_an_opening_replaced_is_kept() -> None:
    """Facts before an opening have no effect: what was dispatched then is not there, folded away or not."""
    told = folded_book().accept(opened(day(379), unapplied=0), on=day(381))
    told.accept(payment("P2", day(381), 70, ["O1"]), on=day(381))
    assert (told.debts(), told.unapplied) == ({"O2": 100}, 70)
    told.accept(payment("P3", day(500), 10), on=day(500))  # the opening is folded away itself
    assert told.client.facts.folded_before > day(379).toordinal()
    assert (told.debts(), told.unapplied) == ({"O2": 20}, 0)
    told.accept(payment("P4", day(501), 15, ["O1"]), on=day(501))
    assert (told.debts(), told.unapplied) == ({"O2": 20}, 15)


def test_so_many_folded_obligations_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.domain.folding.FOLDED_IDS_MAX", 2)
    told = Book(rules=RULES)
    for number in range(3):
        told.accept(dispatch(f"S{number}", day(number), instalments=[(f"O{number}", day(9), 100)]), on=day(number))
        told.accept(payment(f"P{number}", day(3), 100, [f"O{number}"]), on=day(3))
    told.accept(dispatch("S9", day(380), instalments=[("O9", day(390), 100)]), on=day(380))
    told.accept(payment("A", day(381), 10, ["O1"]), payment("B", day(381), 20, ["O0"]), on=day(381))
    assert (told.debts(), told.unapplied) == ({"O9": 90}, 20)


def test_what_is_of_the_very_day_of_the_horizon_is_not_folded_away() -> None:
    """Horizons are 91 days apart; on the 60th day after one, what is of its own day is 60 days old and kept."""
    horizon = date.fromordinal(FIRST.toordinal() // 91 * 91 + 182)

    def on(number: int) -> date:
        return horizon + timedelta(number)

    told = Book(rules=RULES)
    told.accept(dispatch("S0", on(-10), instalments=[("O0", on(-5), 100)]), on=on(-10))
    told.accept(payment("P0", on(-8), 100, ["O0"]), on=on(-8))
    told.accept(dispatch("S1", on(-1), instalments=[("O1", on(5), 100)]), on=on(-1))
    told.accept(dispatch("S2", on(0), instalments=[("O2", on(5), 100)]), goods_return("G1", "S1", on(0), 30), on=on(0))
    told.accept(payment("P1", on(3), 70, ["O1"]), payment("P2", on(3), 100, ["O2"]), sale("V1", on(3), 9), on=on(3))
    told.accept(payment("P3", on(60), 5), on=on(60))
    assert told.client.facts.folded_before == horizon.toordinal()
    assert list(told.client.facts.dispatches) == ["S1", "S2"]
    assert told.client.facts.count == 7  # two dispatches, a return, three payments, a sale
    told.accept(void(payment("P3", on(60), 5)), on=on(61))  # everything is replayed
    assert (told.debts(), told.unapplied) == ({}, 0)
