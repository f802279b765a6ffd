"""Risk group, volume category, credit limit, first deal: values at the borders, by hand."""

from datetime import date, timedelta

import pytest

from schemas.policy import Policy
from schemas.records import NEVER
from streams.domain import credit_limit, first_deal, risk_group, volume_category
from streams.domain.ledger import Accepted, Refused
from streams.domain.policy import Rules

from .builder import Book, dispatch, goods_return, opened, payment, reversal, sale, sale_return, void
from .builder import credit_limit as limit_set

RULES = Rules.compile(Policy(version=1))
MARCH = date(2026, 3, 1)


def on(day: int) -> date:
    return MARCH + timedelta(day - 1)


@pytest.mark.parametrize(
    ("violations", "days", "group", "decided_by"),
    [
        (0, 0, 0, []),
        (1, 1, 1, ["violations", "overdue_days"]),
        (2, 1, 1, ["violations", "overdue_days"]),
        (3, 1, 2, ["violations"]),
        (5, 3, 2, ["violations"]),
        (6, 7, 3, ["violations"]),
        (1, 3, 1, ["violations", "overdue_days"]),
        (1, 4, 2, ["overdue_days"]),
        (1, 7, 2, ["overdue_days"]),
        (1, 8, 3, ["overdue_days"]),
        (6, 8, 3, ["violations", "overdue_days"]),
    ],
)
def test_the_higher_band_is_the_group_and_both_are_named_when_both_give_it(
    violations: int, days: int, group: int, decided_by: list[str]
) -> None:
    assert risk_group.of(RULES, violations, days) == (group, decided_by)


def test_where_groups_begin() -> None:
    assert [RULES.violations_from(group) for group in range(4)] == [0, 1, 3, 6]
    assert [RULES.overdue_days_from(group) for group in range(4)] == [0, 1, 4, 8]
    assert [risk_group.next_threshold_days(RULES, days) for days in (0, 1, 3, 4, 7, 8)] == [1, 4, 4, 8, 8, None]


@pytest.mark.parametrize(
    ("turnover", "category"), [(9_999, "C"), (10_000, "B"), (50_000, "B"), (50_001, "A"), (-1, "C")]
)
def test_volume_borders(turnover: int, category: str) -> None:
    told = (
        Book()
        .wait_until(on(10))
        .accept(sale("V1", on(10), 100_000), sale_return("W1", "V1", on(10), 100_000 - turnover))
    )
    assert volume_category.of(told.rules, told.client, on(10).toordinal()) == category


def test_the_better_of_the_last_closed_and_the_running_month_decides() -> None:
    told = Book().wait_until(on(10)).accept(sale("V1", date(2026, 2, 28), 60_000), sale("V2", on(1), 20_000))
    day = on(10).toordinal()
    assert volume_category.of(told.rules, told.client, day) == "A"
    assert volume_category.deciding(told.rules, told.client, day) == (2026 * 12 + 1, 60_000)
    assert volume_category.after(told.rules, told.client, day) == "B"
    assert volume_category.next_day(told.rules, told.client, day, "A") == date(2026, 4, 1).toordinal()
    april = date(2026, 4, 1).toordinal()
    assert volume_category.of(told.rules, told.client, april) == "B"
    assert volume_category.next_day(told.rules, told.client, april, "B") == date(2026, 5, 1).toordinal()
    assert volume_category.next_day(told.rules, told.client, date(2026, 5, 1).toordinal(), "C") == NEVER
    assert volume_category.turnover(told.client, 2026 * 12 + 2) == 20_000


def test_the_running_month_decides_when_it_is_as_good() -> None:
    told = Book().wait_until(on(10)).accept(sale("V1", on(10), 60_000))
    assert volume_category.deciding(told.rules, told.client, on(10).toordinal()) == (2026 * 12 + 2, 60_000)
    assert volume_category.next_day(told.rules, told.client, on(10).toordinal(), "A") == date(2026, 5, 1).toordinal()


def test_no_sales_never_change_by_time() -> None:
    assert volume_category.next_day(RULES, Book().client, MARCH.toordinal(), "C") == NEVER


def test_returns_alone_are_below_what_the_next_month_begins_with() -> None:
    """Where B begins with 0.00: less than nothing in both months is C, the month to come is not."""
    rules = Rules.compile(Policy.from_document({"version": 1, "volume": {"b_from": "0.00"}}))
    client = Book().client
    client.position.turnover = {2026 * 12 + 1: -1_000, 2026 * 12 + 2: -500}
    assert volume_category.of(rules, client, on(10).toordinal()) == "C"
    assert volume_category.next_day(rules, client, on(10).toordinal(), "C") == date(2026, 4, 1).toordinal()
    assert volume_category.of(rules, client, date(2026, 4, 1).toordinal()) == "B"


def test_a_sale_return_is_booked_to_the_month_of_its_sale() -> None:
    told = Book().wait_until(on(10)).accept(sale("V1", date(2026, 2, 3), 300), sale_return("W1", "V1", on(9), 100))
    assert told.client.position.turnover == {2026 * 12 + 1: 200}


def test_a_return_of_a_sale_of_a_long_closed_month_is_booked_to_its_own_month() -> None:
    """March closed on 1 April 00:00; 90 days later is 30 June 00:00: still March. An hour later it is June's."""
    last = date(2026, 6, 30)
    for hour, expected in ((0, {2026 * 12 + 2: 200}), (1, {2026 * 12 + 2: 300, 2026 * 12 + 5: -100})):
        told = Book().wait_until(on(10)).accept(sale("V1", on(9), 300))
        told.tell(sale_return("W1", "V1", last, 100), last, hour)
        assert told.client.position.turnover == expected


def test_a_sale_of_a_long_closed_month_is_refused() -> None:
    first, second = sale("V1", on(9), 300), sale("V2", on(9), 300)
    told = Book().wait_until(date(2026, 6, 30), 0).accept(first)
    told.wait_until(date(2026, 6, 30), 1)
    for event in (second, sale("V1", on(9), 200, revision=2), sale("V1", date(2026, 6, 9), 9, revision=2), void(first)):
        refused = told.tell(event)
        assert isinstance(refused, Refused)
        assert (refused.reason, refused.field) == ("month_closed", "sold_on")
    assert told.client.position.turnover == {2026 * 12 + 2: 300}


def test_a_sale_dated_tomorrow_counts_tomorrow() -> None:
    told = Book().wait_until(on(31)).accept(sale("V1", on(32), 300))
    assert told.client.position.turnover == {}
    assert told.wait_until(on(32), hour=0).client.position.turnover == {2026 * 12 + 3: 300}


def test_a_revised_sale_moves_its_month_and_a_return_takes_its_rate() -> None:
    told = (
        Book()
        .wait_until(on(10))
        .accept(sale("V1", on(1), 300, currency="EUR", rate="2"), sale_return("W1", "V1", on(2), 100))
    )
    assert told.client.position.turnover == {2026 * 12 + 2: 400}
    result = told.tell(sale("V1", date(2026, 2, 1), 300, currency="EUR", rate="3", revision=2))
    assert result == Accepted(True, NEVER, 2026 * 12 + 1)
    assert told.client.position.turnover == {2026 * 12 + 1: 600}


def test_sales_before_the_opening_are_in_its_turnover() -> None:
    told = Book().wait_until(on(10)).accept(sale("V0", on(4), 77), sale_return("W0", "V0", on(6), 7))
    told.accept(opened(on(5), turnover=[("2026-02", 10_000), ("2026-03", 500)]), sale("V1", on(5), 100))
    assert told.client.position.turnover == {2026 * 12 + 1: 10_000, 2026 * 12 + 2: 600}


def test_returns_outlive_their_folded_sale() -> None:
    start = date(2026, 1, 5)
    told = Book().wait_until(start).accept(sale("V1", start, 900), opened(start, opening_id="O"), on=start)
    later = start + timedelta(450)
    told.accept(sale_return("W1", "V1", later, 100), on=later)
    month = later.year * 12 + later.month - 1
    assert told.client.position.turnover[month] == -100
    last = start + timedelta(560)
    told.accept(sale("V2", last, 50), on=last)
    assert list(told.client.facts.sales) == ["V2"]
    told.accept(sale("V3", last + timedelta(1), 60), sale("V3", last + timedelta(1), 70, revision=2))
    told.wait_until(last + timedelta(1))
    assert told.client.position.turnover[month] == -100
    assert told.client.position.turnover[last.year * 12 + last.month - 1] == 120


def test_the_limit_that_starts_last_holds_then_the_one_recorded_last() -> None:
    told = Book().wait_until(on(1)).accept(
        limit_set("L1", 100, on(1)), limit_set("L2", 200, on(5), on(9)), limit_set("L3", None, on(7), on(8)),
        limit_set("L4", 300, on(20)), limit_set("L5", 400, on(20)),
    )  # fmt: skip
    rules, client = told.rules, told.client
    found = [credit_limit.in_force(rules, client, on(day).toordinal()) for day in (0, 1, 4, 5, 7, 9, 10, 20)]
    assert found == [None, 100, 100, 200, None, 200, 100, 400]
    changes = [credit_limit.next_day(rules, client, on(day).toordinal()) for day in (0, 1, 5, 7, 9, 10)]
    assert changes == [on(day).toordinal() for day in (1, 5, 7, 9, 10, 20)]
    assert credit_limit.next_day(rules, client, on(20).toordinal()) == NEVER
    told.accept(void(limit_set("L5", 400, on(20))))
    assert credit_limit.in_force(rules, client, on(20).toordinal()) == 300


def test_no_limit_is_none() -> None:
    client = Book().client
    assert credit_limit.in_force(RULES, client, 1) is None
    assert credit_limit.next_day(RULES, client, 1) == NEVER


def test_a_foreign_limit_is_converted() -> None:
    told = Book().wait_until(on(1)).accept(limit_set("L1", 100, on(1), currency="EUR", rate="1.1"))
    assert credit_limit.in_force(told.rules, told.client, on(1).toordinal()) == 110


def test_exposure_is_outstanding_less_unapplied_and_never_below_nothing() -> None:
    told = Book().wait_until(on(3)).accept(payment("P1", on(1), 30, ["S9/1"]), dispatch("S1", on(2), 100))
    assert credit_limit.exposure(told.client) == 70
    told.accept(payment("P2", on(3), 500))
    assert credit_limit.exposure(told.client) == 0


def deal(told: Book, day: date) -> tuple[str, list[str], bool, bool]:
    found = first_deal.of(told.rules, told.client, day.toordinal())
    assert found is not None
    return found.id, found.obligations, found.open, found.returned_in_full


def test_the_first_deal_is_that_of_the_earliest_dispatch_then_id() -> None:
    told = Book().wait_until(on(9))
    assert first_deal.of(told.rules, told.client, on(9).toordinal()) is None
    told.accept(dispatch("S3", on(4), deal_id="D"), dispatch("S2", on(3)), dispatch("S1", on(3), deal_id="D"))
    assert deal(told, on(9)) == ("D", ["S1/1", "S3/1"], True, False)
    told.accept(dispatch("S0", on(2)))
    assert deal(told, on(9)) == ("S0", ["S0/1"], True, False)


def test_it_closes_at_the_first_days_end_with_everything_paid_and_stays_closed() -> None:
    told = Book().wait_until(on(4)).accept(dispatch("S1", on(1), 100), payment("P1", on(4), 100))
    assert deal(told, on(3)) == ("S1", ["S1/1"], True, False)
    assert deal(told, on(4)) == ("S1", [], False, False)  # today: now
    told.accept(dispatch("S2", on(4), 50, deal_id="S1"))
    assert deal(told, on(4)) == ("S1", ["S1/1", "S2/1"], True, False)  # the day is not over
    told.accept(payment("P2", on(5), 50), on=on(5))
    assert deal(told, on(6)) == ("S1", [], False, False)
    told.accept(reversal("R1", "P1", on(7)), dispatch("S3", on(8), deal_id="S1"), on=on(8))
    assert deal(told, on(8)) == ("S1", [], False, False)
    assert told.debts() == {"S1/1": 100, "S3/1": 10_000}


def test_a_late_fact_may_reopen_a_closed_deal() -> None:
    told = Book().wait_until(on(9)).accept(dispatch("S1", on(2), 100), payment("P1", on(4), 100, ["S1/1"]))
    assert not deal(told, on(9))[2]
    told.accept(dispatch("S2", on(3), 50, deal_id="S1"))
    assert deal(told, on(9)) == ("S1", ["S1/1", "S2/1"], True, False)


def test_an_advance_closes_the_deal_at_its_dispatch() -> None:
    told = Book().wait_until(on(7)).accept(payment("P1", on(5), 10_000), dispatch("S1", on(7), 10_000))
    assert deal(told, on(7)) == ("S1", [], False, False)


def test_returned_in_full_closes_nothing() -> None:
    told = Book().wait_until(on(9)).accept(dispatch("S1", on(1), 100), goods_return("G1", "S1", on(5), 60))
    assert deal(told, on(9)) == ("S1", ["S1/1"], True, False)
    told.accept(goods_return("G2", "S1", on(6), 40))
    assert deal(told, on(9)) == ("S1", ["S1/1"], True, True)
    told.accept(dispatch("S2", on(7), 100, deal_id="S1"), payment("P1", on(8), 100))
    assert deal(told, on(9)) == ("S1", [], False, False)


def test_partly_returned_and_the_rest_paid_closes() -> None:
    told = (
        Book()
        .wait_until(on(9))
        .accept(dispatch("S1", on(1), 100), goods_return("G1", "S1", on(5), 60), payment("P1", on(6), 40))
    )
    assert not deal(told, on(9))[2]


def test_with_a_tolerance_paid_still_means_in_full() -> None:
    told = Book(rules=Rules.compile(Policy(version=1, overdue_tolerance="0.50"))).wait_until(on(20))
    told.accept(dispatch("S1", on(1), 100), payment("P1", on(5), 70))
    assert told.late().violations == 0
    assert deal(told, on(20))[2]
    told.accept(payment("P2", on(6), 30))
    assert not deal(told, on(20))[2]
    told.accept(reversal("R1", "P2", on(6)))
    assert deal(told, on(20))[2]


@pytest.mark.parametrize(
    ("lifecycle", "has_deal"), [("active", False), ("lost", False), ("new", True), ("potential", True)]
)
def test_a_client_opened_past_its_first_deal_has_none(lifecycle: str, has_deal: bool) -> None:
    told = Book().wait_until(on(9)).accept(opened(on(1), lifecycle=lifecycle), dispatch("S1", on(2)))
    assert (first_deal.of(told.rules, told.client, on(9).toordinal()) is not None) == has_deal


def test_a_folded_first_deal_is_closed_and_an_open_one_is_kept() -> None:
    for paid in (10_000, 9_000):
        told = Book().wait_until(on(1)).accept(dispatch("S1", on(1)), payment("P1", on(2), paid), on=on(2))
        later = on(600)
        told.accept(dispatch("S2", later), on=later)
        assert told.client.facts.payments == {}
        expected = ("S1", [], False, False) if paid == 10_000 else ("S1", ["S1/1"], True, False)
        assert deal(told, later) == expected
