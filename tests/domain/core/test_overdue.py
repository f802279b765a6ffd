"""Overdue days, episodes, violations, when they are judged, and when time alone changes them."""

from datetime import date, timedelta

import pytest

from schemas.events import ShipmentDispatched
from schemas.policy import Policy
from schemas.records import NEVER
from streams.domain import allocation, overdue
from streams.domain.overdue import Overdue
from streams.domain.policy import Rules

from .builder import Book, dispatch, goods_return, instant, opened, payment, reversal

MONDAY = date(2026, 3, 2)


def due(on: date, amount: int = 10_000, shipment_id: str = "S1") -> ShipmentDispatched:
    """A dispatch ten days before it falls due."""
    return dispatch(shipment_id, on - timedelta(10), amount)


def book(on: date, **policy: object) -> Book:
    return Book(rules=Rules.compile(Policy.model_validate({"version": 1, **policy}))).wait_until(on)


def numbers(late: Overdue) -> tuple[int, int, int]:
    return late.violations, late.days_longest, late.days_current


@pytest.mark.parametrize("days", [0, 1, 3, 4, 7, 8])
def test_paid_in_full_n_days_after_the_due_date_is_n_overdue_days(days: int) -> None:
    told = book(date(2026, 4, 1)).accept(due(MONDAY), payment("P1", MONDAY + timedelta(days), 10_000))
    assert numbers(told.late()) == (1 if days else 0, days, 0)


def test_an_open_episode_runs_to_today() -> None:
    told = book(date(2026, 3, 20)).accept(due(MONDAY))
    late = told.late()
    assert numbers(late) == (1, 18, 18)
    assert late.since == date(2026, 3, 3).toordinal()
    assert (late.judged, late.violation_ids, late.longest_id, late.current_id) == (["S1/1"], ["S1/1"], "S1/1", "S1/1")


def test_unpaid_for_400_days_is_still_overdue_and_counted() -> None:
    first = date(2026, 3, 1)
    told = book(first + timedelta(400)).accept(due(first))
    assert numbers(told.late()) == (1, 400, 400)


def test_one_cent_is_overdue_at_tolerance_zero_and_not_at_one_cent() -> None:
    for tolerance, violations in (("0.00", 1), ("0.01", 0)):
        told = book(date(2026, 3, 20), overdue_tolerance=tolerance)
        told.accept(due(MONDAY), payment("P1", MONDAY, 9_999))
        assert told.late().violations == violations


def test_an_episode_counts_in_full_while_it_touches_the_window() -> None:
    """Overdue 20 February 2027 to 1 March 2027; counts through 28 February 2028, gone on 29 February."""
    told = book(date(2027, 3, 2)).accept(due(date(2027, 2, 19)), payment("P1", date(2027, 3, 1), 10_000))
    assert numbers(told.wait_until(date(2028, 2, 28)).late()) == (1, 10, 0)
    leaves = instant(date(2028, 2, 29), 0)
    assert overdue.next_instant(told.rules, told.client, told.at, 0) == leaves
    assert numbers(told.wait_until(date(2028, 2, 29), hour=0).late()) == (0, 0, 0)
    assert overdue.next_instant(told.rules, told.client, told.at, 0) == NEVER


def test_dispatch_on_19_february_of_a_leap_year_is_overdue_on_1_march() -> None:
    told = book(date(2028, 3, 2)).accept(dispatch("S1", date(2028, 2, 19), term=10))
    assert told.late().since == date(2028, 3, 1).toordinal()
    assert numbers(told.late(date(2028, 2, 29))) == (0, 0, 0)


def test_reopened_later_it_is_one_violation_and_the_longest_run_counts() -> None:
    """Late 3 days, reopened, late 5 days: 1 violation, longest 5, not 8."""
    told = book(date(2026, 3, 31)).accept(
        due(MONDAY), payment("P1", date(2026, 3, 5), 10_000), reversal("R1", "P1", date(2026, 3, 10)),
        payment("P2", date(2026, 3, 14), 10_000),
    )  # fmt: skip
    late = told.late()
    assert numbers(late) == (1, 5, 0)
    assert late.violation_ids == ["S1/1"]


def test_reopened_the_next_day_it_is_one_run() -> None:
    """Overdue 3, 4, 5 March, paid on the 5th, reopened on the 6th, paid on the 7th: five days without a gap."""
    told = book(date(2026, 3, 31)).accept(
        due(MONDAY), payment("P1", date(2026, 3, 5), 10_000), reversal("R1", "P1", date(2026, 3, 6)),
        payment("P2", date(2026, 3, 7), 10_000),
    )  # fmt: skip
    assert numbers(told.late()) == (1, 5, 0)
    obligation = told.client.facts.dispatches["S1"].obligations[0]
    assert overdue.episodes(told.rules, told.client, obligation, date(2026, 3, 31).toordinal()) == [
        (date(2026, 3, 3).toordinal(), date(2026, 3, 7).toordinal())
    ]


def test_paid_and_reopened_on_one_day_never_stopped() -> None:
    told = book(date(2026, 3, 12)).accept(
        due(MONDAY), payment("P1", date(2026, 3, 5), 10_000), reversal("R1", "P1", date(2026, 3, 5)),
    )  # fmt: skip
    assert numbers(told.late()) == (1, 10, 10)


def test_opened_and_paid_on_one_day_after_the_due_date_is_no_overdue_day() -> None:
    told = book(date(2026, 3, 31)).accept(
        dispatch("S1", MONDAY, instalments=[("A", MONDAY - timedelta(5), 100)]), payment("P1", MONDAY, 100)
    )
    assert numbers(told.late()) == (0, 0, 0)


def test_an_arrival_of_a_payment_of_the_due_date_takes_the_violation_away() -> None:
    told = book(date(2026, 4, 1)).accept(due(MONDAY))
    assert numbers(told.late()) == (1, 30, 30)
    told.accept(payment("P1", MONDAY, 10_000))
    assert numbers(told.late()) == (0, 0, 0)


def test_a_return_on_the_due_date_leaves_no_violation_and_an_accepted_one_a_day_later_one_day() -> None:
    told = book(date(2026, 3, 20)).accept(due(date(2026, 3, 11)), goods_return("G1", "S1", date(2026, 3, 11), 10_000))
    assert numbers(told.late()) == (0, 0, 0)
    told = book(date(2026, 3, 20)).accept(
        due(date(2026, 3, 11)), goods_return("G1", "S1", date(2026, 3, 12), 10_000, "Petrova")
    )
    assert numbers(told.late()) == (1, 1, 0)


def test_judged_at_noon_of_the_next_working_day() -> None:
    """Due Friday 6 March: judged on Monday the 9th at 12:00, and then it is 3 days late at once."""
    friday, monday = date(2026, 3, 6), date(2026, 3, 9)
    told = book(friday).accept(due(friday))
    assert overdue.next_instant(told.rules, told.client, told.at, 0) == instant(monday, 12)
    assert numbers(told.wait_until(monday, hour=11).late()) == (0, 0, 0)
    assert numbers(told.wait_until(monday, hour=12).late()) == (1, 3, 3)
    assert overdue.next_instant(told.rules, told.client, told.at, 0) == instant(date(2026, 3, 10), 0)


def test_judged_earlier_when_accounting_has_posted_everything() -> None:
    friday = date(2026, 3, 6)
    told = book(friday).accept(due(friday))
    told.wait_until(date(2026, 3, 7), hour=9)
    told.completed = friday
    assert numbers(told.late()) == (1, 1, 1)
    at_its_due_day = instant(friday, 20)
    assert overdue.next_instant(told.rules, told.client, at_its_due_day, friday.toordinal()) == instant(
        date(2026, 3, 7), 0
    )


def test_paid_late_before_it_was_judged_it_counts_from_the_judgement() -> None:
    friday, saturday = date(2026, 3, 6), date(2026, 3, 7)
    told = book(saturday).accept(due(friday), payment("P1", saturday, 10_000))
    assert numbers(told.late()) == (0, 0, 0)
    assert overdue.next_instant(told.rules, told.client, told.at, 0) == instant(date(2026, 3, 9), 12)
    assert numbers(told.wait_until(date(2026, 3, 9), hour=12).late()) == (1, 1, 0)


def test_earlier_days_are_seen_as_they_ended() -> None:
    told = book(date(2026, 3, 31)).accept(due(MONDAY), payment("P1", date(2026, 3, 10), 10_000))
    assert numbers(told.late(date(2026, 3, 6))) == (1, 4, 4)
    assert told.late(date(2026, 3, 6)).judged == ["S1/1"]
    assert numbers(told.late(date(2026, 3, 10))) == (1, 8, 0)
    assert numbers(told.late(MONDAY)) == (0, 0, 0)
    told.accept(reversal("R1", "P1", date(2026, 3, 20)))
    assert numbers(told.late(date(2026, 3, 15))) == (1, 8, 0)


def test_time_alone_reaches_the_next_band() -> None:
    """Due Monday 2 March; 4 days late from the 6th at 00:00, 8 days late from the 10th, then nothing more."""
    told = book(date(2026, 3, 3)).accept(due(MONDAY))
    for today, following in ((3, 6), (5, 6), (6, 10), (9, 10)):
        told.wait_until(date(2026, 3, today))
        assert overdue.next_instant(told.rules, told.client, told.at, 0) == instant(date(2026, 3, following), 0)
    told.wait_until(date(2026, 3, 10))
    assert overdue.next_instant(told.rules, told.client, told.at, 0) == NEVER


def test_nothing_within_the_tolerance_has_a_deadline() -> None:
    told = book(MONDAY, overdue_tolerance="1.00").accept(due(MONDAY, 100))
    assert overdue.next_instant(told.rules, told.client, told.at, 0) == NEVER
    assert numbers(told.wait_until(date(2026, 3, 20)).late()) == (0, 0, 0)


def test_the_longest_of_several_is_named() -> None:
    told = book(date(2026, 3, 13)).accept(due(MONDAY), due(date(2026, 3, 9), shipment_id="S2"))
    told.accept(due(date(2026, 2, 2), shipment_id="S0"), payment("P0", date(2026, 2, 22), 10_000, ["S0/1"]))
    late = told.late()
    assert numbers(late) == (3, 20, 11)
    assert (late.longest_id, late.current_id) == ("S0/1", "S1/1")
    assert late.violation_ids == ["S1/1", "S2/1", "S0/1"]
    assert late.judged == ["S1/1", "S2/1"]


def test_reported_episodes_of_an_opening_count_once_each() -> None:
    told = book(date(2026, 3, 20)).accept(
        opened(
            date(2026, 3, 10),
            [("INV1", MONDAY, 100, "")],
            [("INV1", date(2026, 1, 5), date(2026, 1, 9)), ("INV0", date(2026, 2, 1), date(2026, 2, 20))],
        )
    )
    assert numbers(told.late()) == (2, 20, 18)
    told = book(date(2026, 3, 10)).accept(opened(date(2026, 3, 10), [("INV1", date(2026, 3, 9), 100, "")]))
    assert told.late(hour=23).days_current == 1


def test_due_dates_roll_to_a_working_day_when_the_policy_says_so() -> None:
    saturday = date(2026, 3, 7)
    told = book(date(2026, 3, 12), roll_due_dates=True).accept(due(saturday))
    assert [place.due for place, _ in allocation.open_obligations(told.client)] == [date(2026, 3, 9).toordinal()]
    assert told.late().days_current == 3


def test_a_policy_that_changes_positions_is_told_from_one_that_does_not() -> None:
    usual = Rules.compile(Policy(version=1))
    assert usual.same_position(Rules.compile(Policy(version=2, posting_cutoff="15:00")))
    assert usual.same_position(Rules.compile(Policy(version=2, non_working_days=(MONDAY,))))
    for other in (
        Policy(version=2, overdue_tolerance="1.00"),
        Policy(version=2, roll_due_dates=True),
        Policy(version=2, correction_days=91),
        Policy(version=2, window_days=364),
        Policy(version=2, time_zone="Asia/Omsk"),
    ):
        assert not usual.same_position(Rules.compile(other))
    rolling = Rules.compile(Policy(version=1, roll_due_dates=True))
    assert not rolling.same_position(Rules.compile(Policy(version=2, roll_due_dates=True, non_working_days=(MONDAY,))))


def test_owed_adds_what_is_outstanding_of_the_named() -> None:
    told = book(date(2026, 3, 13)).accept(due(MONDAY), due(date(2026, 3, 9), 5_000, "S2"))
    assert allocation.owed(told.client, ["S2/1", "S1/1", "none"]) == 15_000
    assert allocation.owed(told.client, ["S2/1"]) == 5_000
    assert allocation.obligation(told.client, "S2", 0).amount == 5_000


def test_seen_from_within_a_run_that_was_interrupted_later_it_is_overdue_once() -> None:
    told = book(date(2026, 3, 31)).accept(
        due(MONDAY), payment("P1", date(2026, 3, 5), 10_000), reversal("R1", "P1", date(2026, 3, 6)),
        payment("P2", date(2026, 3, 10), 10_000),
    )  # fmt: skip
    late = told.late(date(2026, 3, 4))
    assert numbers(late) == (1, 2, 2)
    assert late.judged == ["S1/1"]


def test_seen_from_within_two_runs_the_longer_is_the_current_one() -> None:
    """On 6 March S1 was late from the 3rd on, S2 from the 5th; both were paid since."""
    told = book(date(2026, 3, 31)).accept(
        due(MONDAY), due(date(2026, 3, 4), shipment_id="S2"), payment("P1", date(2026, 3, 8), 10_000, ["S1/1"]),
        payment("P2", date(2026, 3, 9), 10_000, ["S2/1"]),
    )  # fmt: skip
    late = told.late(date(2026, 3, 6))
    assert numbers(late) == (2, 4, 4)
    assert (late.current_id, late.since, late.judged) == ("S1/1", date(2026, 3, 3).toordinal(), ["S1/1", "S2/1"])
