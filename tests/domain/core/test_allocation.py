"""Where money goes (rules.md, Allocation of money); every expected value is worked out by hand."""

from datetime import date, timedelta

import pytest

from schemas.policy import Policy
from streams.domain.ledger import Accepted, Refused
from streams.domain.policy import Rules

from .builder import Book, dispatch, goods_return, opened, payment, reversal, void

MARCH = [date(2026, 3, day) for day in range(1, 32)]


def march(day: int) -> date:
    return date(2026, 3, 1) + timedelta(day - 1)


def book(on: date) -> Book:
    return Book().wait_until(on)


def test_a_payment_pays_what_it_names_in_that_order() -> None:
    told = book(march(20)).accept(
        dispatch("S1", march(1), 100), dispatch("S2", march(2), 100), payment("P1", march(3), 150, ["S2/1", "S1/1"])
    )
    assert told.debts() == {"S1/1": 50}
    assert told.unapplied == 0


def test_a_payment_without_names_pays_the_oldest_due_first() -> None:
    told = book(march(20)).accept(
        dispatch("S1", march(1), 100, term=15), dispatch("S2", march(2), 100, term=5), payment("P1", march(3), 150)
    )
    assert told.debts() == {"S1/1": 50}


def test_equal_due_dates_are_paid_by_obligation_id() -> None:
    parts = [("B", march(9), 100), ("A", march(9), 100)]
    told = book(march(20)).accept(dispatch("S1", march(1), instalments=parts), payment("P1", march(3), 120))
    assert told.debts() == {"B": 80}


def test_what_named_obligations_leave_over_pays_the_oldest_due() -> None:
    told = book(march(20)).accept(
        dispatch("S1", march(1), 100), dispatch("S2", march(2), 100), payment("P1", march(3), 150, ["S2/1"])
    )
    assert told.debts() == {"S1/1": 50}


def test_an_advance_pays_the_next_dispatch_on_its_day() -> None:
    """Payment of 5 March 100, dispatch of 7 March 100: nothing outstanding from 7 March."""
    told = book(march(8)).accept(payment("P1", march(5), 10_000), dispatch("S1", march(7), 10_000))
    assert told.debts() == {}
    assert told.unapplied == 0
    assert told.client.facts.dispatches["S1"].obligations[0].moved == march(7).toordinal()


def test_what_is_paid_too_much_pays_the_next_shipment() -> None:
    """250 paid on 200, new shipment 30: outstanding 0, unapplied 20."""
    told = book(march(9)).accept(dispatch("S1", march(1), 20_000), payment("P1", march(2), 25_000, ["S1/1"]))
    assert told.unapplied == 5_000
    told.accept(dispatch("S2", march(9), 3_000))
    assert told.debts() == {}
    assert told.unapplied == 2_000


def test_money_for_an_obligation_not_there_yet_is_kept_for_it() -> None:
    told = book(march(4)).accept(payment("P1", march(3), 100, ["S9/1"]), dispatch("S1", march(4), 60))
    assert told.debts() == {"S1/1": 60}
    assert told.unapplied == 100
    told.accept(dispatch("S9", march(5), 90), on=march(5))
    assert told.debts() == {"S1/1": 50}  # the 10 left over are nobody's now and pay the oldest due
    assert told.unapplied == 0


def test_kept_money_pays_any_after_the_correction_days() -> None:
    told = book(march(4)).accept(payment("P1", march(3), 100, ["S9/1"]), dispatch("S1", march(4), 60))
    told.wait_until(march(3) + timedelta(89))
    assert told.debts() == {"S1/1": 60}
    told.wait_until(march(3) + timedelta(90))
    assert told.debts() == {}
    assert told.unapplied == 40
    obligation = told.client.facts.dispatches["S1"].obligations[0]
    assert obligation.spans == [march(4).toordinal(), march(3).toordinal() + 90]


def test_oldest_kept_money_pays_first() -> None:
    told = book(march(4)).accept(
        payment("P2", march(2), 30, ["S9/1"]), payment("P1", march(3), 30, ["S9/1"]), dispatch("S9", march(4), 40)
    )
    assert told.client.facts.payments["P2"].rest == 0
    assert told.client.facts.payments["P1"].rest == 20


def test_a_closed_obligation_is_there_though_it_needs_nothing() -> None:
    told = book(march(9)).accept(
        dispatch("S1", march(1), 100), payment("P1", march(2), 100), dispatch("S2", march(3), 100)
    )
    told.accept(payment("P2", march(4), 70, ["S1/1"]))
    assert told.debts() == {"S2/1": 30}


def test_a_reversal_takes_the_unapplied_rest_first() -> None:
    told = book(march(9)).accept(
        dispatch("S1", march(1), 100), payment("P1", march(2), 150), reversal("R1", "P1", march(3), 40)
    )
    assert told.debts() == {}
    assert told.unapplied == 10


def test_a_reversal_reopens_the_latest_allocations() -> None:
    told = book(march(9)).accept(
        dispatch("S1", march(1), 100), dispatch("S2", march(2), 100), payment("P1", march(3), 200),
    )  # fmt: skip
    told.accept(reversal("R1", "P1", march(4), 130))
    assert told.debts() == {"S1/1": 30, "S2/1": 100}
    assert told.client.facts.payments["P1"].allocations == [("S1", 0, 70)]


def test_a_reversal_without_amount_takes_back_all_and_no_reversal_more_than_all() -> None:
    told = book(march(9)).accept(dispatch("S1", march(1), 100), payment("P1", march(2), 60))
    told.accept(reversal("R1", "P1", march(3)), reversal("R2", "P1", march(4), 60))
    assert told.debts() == {"S1/1": 100}
    assert told.unapplied == 0


def test_a_reversal_is_not_earlier_than_its_payment() -> None:
    told = book(march(9)).accept(dispatch("S1", march(1), 100), payment("P1", march(5), 100))
    told.accept(reversal("R1", "P1", march(2)))
    assert told.client.facts.dispatches["S1"].obligations[0].spans == [march(1).toordinal(), 0]
    assert told.debts() == {"S1/1": 100}


def test_other_unapplied_money_pays_what_a_reversal_reopens() -> None:
    told = book(march(9)).accept(
        dispatch("S1", march(1), 100), payment("P1", march(2), 100), payment("P2", march(3), 30)
    )
    told.accept(reversal("R1", "P1", march(4)))
    assert told.debts() == {"S1/1": 70}
    assert told.unapplied == 0


def test_reversing_a_kept_payment_ends_its_keeping() -> None:
    told = book(march(9)).accept(payment("P1", march(2), 100, ["S9/1"]), reversal("R1", "P1", march(3)))
    assert told.unapplied == 0
    assert told.client.position.kept == []


def test_reversed_first_payment_reopens_the_first_obligation_only() -> None:
    """O1 due 1 March, O2 due 10 March, both paid; the first payment reversed on 12 March."""
    told = book(march(12)).accept(
        dispatch("S1", date(2026, 2, 19), 10_000), dispatch("S2", date(2026, 2, 28), 10_000),
        payment("P1", march(1), 10_000), payment("P2", march(9), 10_000), reversal("R1", "P1", march(12)),
    )  # fmt: skip
    assert told.debts() == {"S1/1": 10_000}
    late = told.late()
    assert (late.violations, late.days_longest, late.days_current) == (1, 1, 1)
    assert late.since == march(12).toordinal()


def test_a_return_reduces_the_latest_due_instalment_first() -> None:
    parts = [("A", march(5), 100), ("B", march(9), 100)]
    told = book(march(9)).accept(dispatch("S1", march(1), instalments=parts), goods_return("G1", "S1", march(2), 130))
    assert told.debts() == {"A": 70}


def test_what_a_return_exceeds_becomes_unapplied_and_pays_others() -> None:
    told = book(march(9)).accept(
        dispatch("S1", march(1), 100), dispatch("S2", march(1), 100), payment("P1", march(2), 80, ["S1/1"])
    )
    told.accept(goods_return("G1", "S1", march(3), 70))
    assert told.debts() == {"S2/1": 50}
    assert told.unapplied == 0


@pytest.mark.parametrize(
    ("returned_on", "accepted_by", "owed"),
    [
        (march(11), None, {}),  # on the due date: within the term
        (march(12), None, {"S1/1": 100}),  # a day late
        (march(12), "Petrova", {}),  # a day late, but a person took it
    ],
)
def test_a_return_counts_within_the_payment_term(returned_on: date, accepted_by: str | None, owed: object) -> None:
    told = book(march(13)).accept(
        dispatch("S1", march(1), 100), goods_return("G1", "S1", returned_on, 100, accepted_by)
    )
    assert told.debts() == owed


def test_a_later_revision_accepts_a_late_return() -> None:
    told = book(march(13)).accept(dispatch("S1", march(1), 100), goods_return("G1", "S1", march(12), 100))
    assert told.debts() == {"S1/1": 100}
    told.accept(goods_return("G1", "S1", march(12), 100, "Petrova", revision=2))
    assert told.debts() == {}


def test_within_a_day_dispatch_comes_before_payment_before_reversal_before_return() -> None:
    """All on one day, told in the opposite order: paid 100, taken back 40, returned 100 of which 60 exceed the debt."""
    told = book(march(3)).accept(
        goods_return("G1", "S1", march(3), 100), reversal("R1", "P1", march(3), 40),
        payment("P1", march(3), 100), dispatch("S1", march(3), 100),
    )  # fmt: skip
    assert told.debts() == {}
    assert told.unapplied == 60


def test_facts_of_a_kind_on_one_day_go_by_id() -> None:
    told = book(march(3)).accept(
        dispatch("S1", march(1), 100), payment("P2", march(3), 100), payment("P1", march(3), 100)
    )
    assert told.client.facts.payments["P1"].rest == 0
    assert told.client.facts.payments["P2"].rest == 100


def test_a_fact_dated_tomorrow_counts_from_tomorrow() -> None:
    told = book(march(3)).accept(dispatch("S1", march(1), 100), payment("P1", march(4), 100))
    assert told.debts() == {"S1/1": 100}
    told.wait_until(march(4), hour=0)
    assert told.debts() == {}


def test_a_dispatch_late_in_the_evening_utc_is_of_the_next_day_in_moscow() -> None:
    told = book(date(2026, 2, 3)).accept(dispatch("S1", date(2026, 2, 1), at_ms=1_769_893_200_000))  # 2026-01-31T21:00Z
    obligation = told.client.facts.dispatches["S1"].obligations[0]
    assert obligation.due == date(2026, 2, 11).toordinal()


def test_an_advance_dated_before_a_late_dispatch_pays_it_there() -> None:
    """The dispatch of 2 March arrives last: the advance lay idle since 1 March, so S2 keeps only the rest."""
    told = book(march(9)).accept(
        payment("P1", march(1), 100), dispatch("S2", march(4), 100), dispatch("S1", march(2), 70)
    )
    assert told.debts() == {"S2/1": 70}


def test_a_withdrawn_dispatch_frees_its_money() -> None:
    first = dispatch("S1", march(1), 100)
    told = book(march(9)).accept(first, payment("P1", march(2), 100), void(first))
    assert told.debts() == {}
    assert told.unapplied == 100


def test_a_withdrawn_payment_reopens() -> None:
    paid = payment("P1", march(2), 100)
    told = book(march(9)).accept(dispatch("S1", march(1), 100), paid, void(paid))
    assert told.debts() == {"S1/1": 100}


def test_a_withdrawal_may_come_before_its_document() -> None:
    paid = payment("P1", march(2), 100)
    told = book(march(9)).accept(dispatch("S1", march(1), 100), void(paid))
    result = told.tell(paid)
    assert result == Accepted(False)
    assert told.debts() == {"S1/1": 100}


def test_opening_balances_count_like_the_facts_they_replace() -> None:
    told = book(march(9)).accept(
        opened(march(5), [("INV1", march(2), 100, "OLD"), ("INV2", march(20), 50, "")], unapplied=0),
        payment("P1", march(8), 30, ["INV2"]),
    )
    assert told.debts() == {"INV1": 100, "INV2": 20}
    assert told.late().days_current == 7  # 3 to 9 March
    told.accept(goods_return("G1", "OLD", march(2) + timedelta(7), 100, "Petrova"))
    assert told.debts() == {"INV2": 20}


def test_unapplied_money_of_the_opening_pays_first() -> None:
    told = book(march(9)).accept(opened(march(5), unapplied=80), dispatch("S1", march(6), 100))
    assert told.debts() == {"S1/1": 20}


def test_facts_before_the_opening_have_no_effect_whichever_came_first() -> None:
    told = book(march(9)).accept(dispatch("S1", march(1), 100), payment("P1", march(4), 30))
    told.accept(opened(march(5), [("INV1", march(20), 40, "")]))
    assert told.debts() == {"INV1": 40}
    refused = told.tell(payment("P2", march(4), 10))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == ("before_opening", "value_date")


def test_a_withdrawn_opening_gives_the_facts_back() -> None:
    opening = opened(march(5), [("INV1", march(20), 40, "")])
    told = book(march(9)).accept(dispatch("S1", march(1), 100), opening, void(opening))
    assert told.debts() == {"S1/1": 100}


def test_money_left_over_by_an_obligation_of_the_opening_is_general() -> None:
    told = book(march(9)).accept(opened(march(5), [("INV1", march(20), 40, "")]), dispatch("S1", march(6), 100))
    told.accept(payment("P1", march(7), 90, ["INV1"]))
    assert told.debts() == {"S1/1": 50}


def test_facts_dated_ahead_and_kept_money_take_effect_in_order_of_their_days() -> None:
    """Told on 3 March, then silence until June: the kept 100 are free on 1 June and pay S1, due before S2."""
    told = book(march(3)).accept(
        payment("P1", march(3), 100, ["S9/1"]), dispatch("S2", march(4), 80, term=20), dispatch("S1", march(4), 70)
    )
    told.wait_until(march(3) + timedelta(95))
    assert told.debts() == {"S2/1": 50}
    assert told.client.position.last_step[0] == march(3).toordinal() + 90


def test_nothing_is_kept_when_the_policy_waits_for_nothing() -> None:
    told = Book(rules=Rules.compile(Policy(version=1, correction_days=0))).wait_until(march(4))
    told.accept(dispatch("S1", march(2), 60), payment("P1", march(3), 100, ["S9/1"]))
    assert told.debts() == {}
    assert told.unapplied == 40


def test_a_late_payment_takes_its_place_among_later_ones() -> None:
    """P1 of 3 March arrives after P2 of 5 March: it is P1 that paid S1, and P2 has 30 left."""
    told = book(march(9)).accept(
        dispatch("S1", march(1), 100), payment("P2", march(5), 100), payment("P1", march(3), 30)
    )
    assert told.client.facts.payments["P1"].rest == 0
    assert told.client.facts.payments["P2"].rest == 30


def test_a_late_return_that_exceeds_what_was_open_is_replayed() -> None:
    told = book(march(9)).accept(
        dispatch("S1", march(1), 100), payment("P1", march(5), 80, ["S1/1"]), dispatch("S2", march(6), 100)
    )
    told.accept(goods_return("G1", "S1", march(4), 50))
    assert told.debts() == {"S2/1": 70}


def test_a_late_return_within_what_was_open_takes_its_place() -> None:
    told = book(march(9)).accept(dispatch("S1", march(1), 100), dispatch("S2", march(6), 100))
    told.accept(goods_return("G1", "S1", march(4), 30), goods_return("G2", "S1", march(30), 30))
    assert told.debts() == {"S1/1": 70, "S2/1": 100}


def test_a_late_general_payment_goes_where_it_would_have_gone_then() -> None:
    """P1 of 3 March paid 30 of S1, so P2 of 5 March paid 70 of S1 and 30 of S2: taking P1 back reopens S1."""
    told = book(march(9)).accept(
        dispatch("S1", march(1), 100), dispatch("S2", march(2), 100), payment("P2", march(5), 100),
        payment("P1", march(3), 30), reversal("R1", "P1", march(9)),
    )  # fmt: skip
    assert told.debts() == {"S1/1": 30, "S2/1": 70}


def test_a_late_named_payment_takes_what_was_open_then() -> None:
    """P1 of 3 March paid S1 whole and 20 of S2, so P2 of 5 March found S1 closed and paid 70 of S2."""
    told = book(march(9)).accept(
        dispatch("S1", march(1), 100), dispatch("S2", march(1), 100), payment("P2", march(5), 70, ["S1/1"]),
        payment("P1", march(3), 120, ["S1/1", "S2/1"]), reversal("R2", "P2", march(9)),
    )  # fmt: skip
    assert told.debts() == {"S2/1": 80}


def test_a_late_dispatch_due_earlier_takes_the_general_money_that_came_after_it() -> None:
    told = book(march(9)).accept(
        dispatch("S2", march(1), 100, term=19), payment("P1", march(5), 100), dispatch("S1", march(3), 100, term=7)
    )
    assert told.debts() == {"S2/1": 100}


def test_a_late_return_does_not_close_before_the_last_payment() -> None:
    """Due 2 March; 40 come back on the 4th, 60 are paid on the 6th: overdue 3 to 6 March, though told in turn."""
    told = book(march(20)).accept(dispatch("S1", march(1), 100, term=1), payment("P1", march(6), 60, ["S1/1"]))
    told.accept(goods_return("G1", "S1", march(4), 40, "Petrova"))
    assert told.debts() == {}
    assert told.late().days_longest == 4


def test_a_reversal_and_a_return_of_the_last_months_survive_the_folding_of_their_partners() -> None:
    told = book(march(1)).accept(
        dispatch("S1", march(1), 100), payment("P1", march(2), 100), dispatch("S2", march(3), 50),
        payment("P2", march(3), 50), on=march(3),
    )  # fmt: skip
    told.accept(goods_return("G1", "S2", march(400), 50, "Petrova"), on=march(400))
    assert told.unapplied == 50
    told.accept(reversal("R1", "P1", march(401)), on=march(401))
    assert told.debts() == {"S1/1": 50}
    told.accept(dispatch("S3", march(700), 10), on=march(700))
    assert told.client.facts.folded_before > march(3).toordinal()
    assert told.debts() == {"S1/1": 50, "S3/1": 10}
    assert told.unapplied == 0


def test_the_excess_of_a_return_that_was_spent_stays_spent_when_folded_again() -> None:
    told = book(march(1)).accept(
        dispatch("S1", march(1), 100), payment("P1", march(1), 100), goods_return("G1", "S1", march(1), 80), on=march(1)
    )
    told.accept(dispatch("S2", march(600), 60), on=march(600))
    told.accept(dispatch("S3", march(1200), 5), on=march(1201))
    assert told.unapplied == 15
