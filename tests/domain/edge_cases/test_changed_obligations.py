"""People reschedule, dispute and write off obligations; what was overdue before stays."""

from datetime import date, timedelta

import pytest

from schemas.policy import Policy
from streams.domain import allocation, first_deal, obligation_changes, overdue
from streams.domain.policy import Rules
from streams.domain.refusals import Refused
from streams.domain.waiting import expire_waiting
from tests.domain.core.builder import (
    Book,
    dispatch,
    disputed,
    goods_return,
    instant,
    opened,
    payment,
    rescheduled,
    resolved,
    reversal,
    void,
    written_off,
)

# due Monday 2 March 2026, judged at noon of 3 March
MONDAY = date(2026, 3, 2)
O1 = "S1/1"


def march(day: int) -> date:
    return date(2026, 3, day)


def owing(today: date) -> Book:
    """100.00 due on 2 March, and nothing paid."""
    return Book(rules=Rules.compile(Policy(version=1))).wait_until(today).accept(dispatch("S1", date(2026, 2, 20)))


def numbers(book: Book, on: date | None = None) -> tuple[int, int, int]:
    late = book.late(on)
    return late.violations, late.days_longest, late.days_current


def test_a_term_moved_in_time_is_no_violation_until_it_passes() -> None:
    book = owing(march(10)).accept(rescheduled("X", O1, on=march(2), due=march(20)))
    assert numbers(book) == (0, 0, 0)
    assert numbers(book.wait_until(march(24))) == (1, 4, 4)  # 21 to 24 March


def test_overdue_days_before_the_rescheduling_stay() -> None:
    """Overdue 3 to 5 March; from the 6th the new term holds."""
    book = owing(march(10)).accept(rescheduled("X", O1, on=march(6), due=march(20)))
    late = book.late()
    assert (late.violations, late.days_longest, late.days_current, late.judged) == (1, 3, 0, [])
    # 21 to 30 March: ten days now, the three before are an episode of their own; one violation
    assert numbers(book.wait_until(march(30))) == (1, 10, 10)


def test_a_term_moved_to_an_earlier_day_counts_from_the_day_it_was_said() -> None:
    """Due on the 20th, on the 10th moved to the 5th: overdue from the 10th, as nobody can be late for yesterday."""
    book = Book().wait_until(march(12)).accept(dispatch("S1", march(1), term=19))
    book.accept(rescheduled("X", O1, on=march(10), due=march(5)))
    assert numbers(book) == (1, 3, 3)  # 10, 11, 12 March


def test_moved_from_one_passed_day_to_another_the_run_goes_on() -> None:
    book = owing(march(10)).accept(rescheduled("X", O1, on=march(6), due=march(4)))
    assert numbers(book) == (1, 8, 8)  # 3 to 10 March without a gap


def test_of_two_on_one_day_the_later_id_holds_and_the_latest_day_before_all() -> None:
    book = owing(march(10)).accept(
        rescheduled("A", O1, on=march(2), due=march(25)), rescheduled("B", O1, on=march(2), due=march(4)),
    )  # fmt: skip
    assert numbers(book) == (1, 6, 6)  # 5 to 10 March
    book.accept(rescheduled("A2", O1, on=march(1), due=march(30)))
    assert numbers(book) == (1, 6, 6)


def test_money_goes_to_the_oldest_due_date_in_force() -> None:
    book = Book().wait_until(march(10))
    book.accept(dispatch("S1", march(1), term=10), dispatch("S2", march(1), term=12))
    book.accept(rescheduled("X", O1, on=march(3), due=march(20)), payment("P", march(5), 10_000))
    assert book.debts() == {"S1/1": 10_000}


def test_a_payment_dated_before_the_rescheduling_still_went_by_the_old_date() -> None:
    book = Book().wait_until(march(10))
    book.accept(dispatch("S1", march(1), term=10), dispatch("S2", march(1), term=12))
    book.accept(rescheduled("X", O1, on=march(6), due=march(20)), payment("P", march(5), 10_000))
    assert book.debts() == {"S2/1": 10_000}


def test_disputed_days_are_no_overdue_days() -> None:
    """Overdue 3, 4 March; disputed at the end of 5, 6, 7; overdue again from the 8th, the day of the resolution."""
    book = owing(march(7)).accept(disputed("D", O1, on=march(5)))
    assert numbers(book) == (1, 2, 0)
    book.wait_until(march(12)).accept(resolved("E", O1, on=march(8)))
    assert numbers(book) == (1, 5, 5)  # 8 to 12 March
    assert numbers(book, march(6)) == (1, 2, 0)


def test_a_resolution_wins_on_the_same_date() -> None:
    book = owing(march(10)).accept(resolved("E", O1, on=march(5)), disputed("D", O1, on=march(5)))
    assert numbers(book) == (1, 8, 8)


def test_a_dispute_before_the_due_date_leaves_no_violation() -> None:
    book = owing(march(20)).accept(disputed("D", O1, on=march(1)))
    assert numbers(book) == (0, 0, 0)


def test_paid_on_a_disputed_day_is_not_late_that_day() -> None:
    book = owing(march(10)).accept(disputed("D", O1, on=march(3)), payment("P", march(6), 10_000))
    assert numbers(book) == (0, 0, 0)


def test_a_write_off_ends_the_debt_and_the_days_stay() -> None:
    book = owing(march(20)).accept(written_off("W", O1, on=march(10)))
    assert book.debts() == {}
    assert book.client.position.outstanding == 0
    assert numbers(book) == (1, 8, 0)  # 3 to 10 March


def test_money_after_a_write_off_is_unapplied_and_a_reversal_reopens_only_what_was_paid() -> None:
    book = owing(march(20)).accept(
        payment("P1", march(2), 4_000, [O1]), written_off("W", O1, on=march(10)), payment("P2", march(12), 1_000),
    )  # fmt: skip
    assert (book.debts(), book.unapplied) == ({}, 1_000)
    book.accept(reversal("R", "P1", march(15)))
    assert (book.debts(), book.unapplied) == ({O1: 3_000}, 0)


def test_within_one_day_a_payment_comes_before_the_write_off() -> None:
    book = owing(march(20)).accept(written_off("W", O1, on=march(10)), payment("P", march(10), 3_000))
    assert (book.debts(), book.unapplied) == ({}, 0)


def test_a_written_off_first_deal_is_not_paid() -> None:
    """Nobody becomes an active client by not paying: it stays open until a person decides."""
    book = owing(march(20)).accept(written_off("W", O1, on=march(10)))
    deal = first_deal.of(book.rules, book.client, march(20).toordinal())
    assert deal is not None
    assert deal.open
    obligation = book.client.facts.dispatches["S1"].obligations[0]
    assert not obligation_changes.written_off(book.client, obligation, march(9).toordinal())


def test_a_withdrawn_change_never_was() -> None:
    moved, argued, gone = (
        rescheduled("X", O1, on=march(2), due=march(20)), disputed("D", O1, on=march(1)),
        written_off("W", O1, on=march(1)),
    )  # fmt: skip
    for change in (moved, argued, gone):
        book = owing(march(10)).accept(change, void(change))
        assert numbers(book) == (1, 8, 8)


def test_a_change_waits_for_its_obligation() -> None:
    book = Book().wait_until(march(10)).accept(rescheduled("X", O1, on=march(2), due=march(20)))
    assert [one.partner for one in book.client.facts.waiting] == [O1]
    book.accept(dispatch("S1", date(2026, 2, 20)))
    assert (numbers(book), book.client.facts.waiting) == ((0, 0, 0), [])


def test_a_change_whose_obligation_never_came_has_no_effect_any_more() -> None:
    book = Book().wait_until(march(10)).accept(written_off("W", O1, on=march(2)))
    expired = [one.id for one in expire_waiting(book.rules, book.client, book.at + 91 * 86_400_000)]
    book.wait_until(march(10) + timedelta(91)).accept(dispatch("S1", march(1), term=10))
    assert (expired, book.debts()) == (["W"], {O1: 10_000})


def test_a_term_moved_from_a_coming_day_on_has_no_effect_when_its_obligation_did_not_come_before() -> None:
    """Seven days it waited, until the 12th; on the 20th nothing is moved. (The rules raised.)"""
    book = Book(rules=Rules.compile(Policy(version=1, correction_days=7))).wait_until(march(5))
    book.accept(rescheduled("X", O1, on=march(20), due=march(30)))
    expired = [one.id for one in expire_waiting(book.rules, book.client, book.at + 7 * 86_400_000)]
    book.wait_until(march(25)).accept(dispatch("S1", march(21), term=2))
    assert (expired, numbers(book)) == (["X"], (1, 2, 2))  # due on the 23rd as it was sold: 24 and 25 March


def test_a_term_moved_from_a_coming_day_on_takes_effect_when_its_obligation_comes_before() -> None:
    book = Book().wait_until(march(5)).accept(rescheduled("X", O1, on=march(20), due=march(30)))
    book.wait_until(march(10)).accept(dispatch("S1", march(9), term=2))  # due on the 11th
    assert numbers(book.wait_until(march(25))) == (1, 8, 0)  # 12 to 19 March


def test_an_opening_obligation_may_be_rescheduled_but_not_from_before_the_opening() -> None:
    book = Book().wait_until(march(10)).accept(opened(march(5), obligations=[("O", march(2), 5_000, "")]))
    answer = book.tell(rescheduled("X0", "O", on=march(4), due=march(20)))
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.field) == ("before_opening", "on")
    book.accept(rescheduled("X", "O", on=march(6), due=march(20)))
    assert numbers(book) == (1, 3, 0)  # 3, 4, 5 March


def test_a_new_revision_replaces_the_due_date() -> None:
    book = owing(march(10)).accept(rescheduled("X", O1, on=march(2), due=march(20)))
    book.accept(rescheduled("X", O1, on=march(2), due=march(5), revision=2))
    assert numbers(book) == (1, 5, 5)  # 6 to 10 March


@pytest.mark.parametrize(("hour", "violations"), [(11, 0), (12, 1)])
def test_the_new_date_has_its_own_posting_cutoff(hour: int, violations: int) -> None:
    """Moved to Thursday 5 March: judged at noon of Friday the 6th."""
    book = owing(march(6)).accept(rescheduled("X", O1, on=march(2), due=march(5)))
    assert book.late(march(6), hour).violations == violations


def test_a_run_is_judged_with_the_first_due_date_of_it() -> None:
    """Due Monday 2 March, judged on the 3rd; moved on the 4th to the 3rd, whose own cutoff is noon of the 4th: the run
    that was known stays known meanwhile."""
    book = owing(march(4)).accept(rescheduled("X", O1, on=march(4), due=march(3)))
    assert book.late(march(4), 9).violations == 1


def test_paid_today_it_is_overdue_no_more() -> None:
    book = owing(march(10)).accept(rescheduled("X", O1, on=march(2), due=march(4)), payment("P", march(10), 10_000))
    assert numbers(book) == (1, 6, 0)  # 5 to 10 March


def test_the_end_of_a_dispute_said_ahead_is_an_instant_at_which_lateness_turns() -> None:
    book = owing(march(6)).accept(disputed("D", O1, on=march(3)), resolved("E", O1, on=march(9)))
    assert numbers(book) == (0, 0, 0)
    assert overdue.next_instant(book.rules, book.client, book.at, 0) == instant(march(9), 0)
    assert numbers(book.wait_until(march(9))) == (1, 1, 1)


def test_a_return_is_in_time_by_the_due_date_of_its_day() -> None:
    book = owing(march(20)).accept(rescheduled("X", O1, on=march(2), due=march(15)))
    book.accept(goods_return("G", "S1", march(12), 10_000))
    assert book.debts() == {}
    late = owing(march(20)).accept(rescheduled("X", O1, on=march(13), due=march(15)))
    late.accept(goods_return("G", "S1", march(12), 10_000))
    assert late.debts() == {O1: 10_000}


def test_what_people_said_of_a_folded_obligation_goes_with_it() -> None:
    book = owing(march(20)).accept(
        rescheduled("X", O1, on=march(2), due=march(20)), payment("P", march(20), 10_000),
    )  # fmt: skip
    later = march(20) + timedelta(800)
    book.wait_until(later).accept(dispatch("S2", later))
    assert book.client.facts.changes.rescheduled == {}
    assert book.client.position.changed == []
    assert allocation.next_day(book.client) > instant(later)
