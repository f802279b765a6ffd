"""Facts dated ahead wait for their own day, whatever else is replayed or falls due before."""

from datetime import date, timedelta

from schemas.policy import Policy
from streams.domain import overrides
from streams.domain.importance.fold import ImportanceFold
from streams.domain.overdue import episodes
from streams.domain.waiting import expire_waiting

from .builder import (
    Book,
    credit_limit,
    dispatch,
    disputed,
    opened,
    payment,
    rescheduled,
    reversal,
    sale,
    sale_return,
    void,
    written_off,
)

FIRST = date(2026, 3, 2)


def on(day: int) -> date:
    return FIRST + timedelta(day - 1)


def test_a_sale_of_tomorrow_survives_a_replay_of_today() -> None:
    told = Book().wait_until(on(1)).accept(dispatch("S1", on(1)), payment("P1", on(1), 100), sale("V1", on(2), 300))
    told.accept(void(payment("P1", on(1), 100)))
    assert told.client.position.turnover == {}
    assert told.wait_until(on(2), hour=0).client.position.turnover == {2026 * 12 + 2: 300}


def test_what_is_of_another_day_ahead_waits_on_when_the_first_is_due() -> None:
    """Money of tomorrow, and a write-off of the week after."""
    told = Book().wait_until(on(1)).accept(dispatch("S1", on(1)), payment("P1", on(2), 4_000))
    told.accept(written_off("W1", "S1/1", on(9)))
    assert told.wait_until(on(2), hour=0).debts() == {"S1/1": 6_000}
    assert told.wait_until(on(8)).debts() == {"S1/1": 6_000}
    assert told.wait_until(on(9), hour=0).debts() == {}


def test_of_two_obligations_of_the_opening_only_the_named_is_disputed() -> None:
    told = Book().wait_until(on(20)).accept(
        opened(on(1), [("INV1", on(5), 100, ""), ("INV2", on(6), 200, "")]), disputed("D1", "INV2", on(3))
    )  # fmt: skip
    late = told.late()
    assert (late.violation_ids, late.days_current) == (["INV1"], 15)


def test_an_old_open_obligation_keeps_its_other_due_date_when_the_rest_is_folded_away() -> None:
    """Due on 12 March 2026, put off to 1 June 2026; unpaid and looked at 800 days later."""
    told = Book().wait_until(on(1)).accept(dispatch("S1", on(1)), dispatch("S2", on(1)), on=on(1))
    told.accept(rescheduled("R1", "S1/1", on(3), date(2026, 6, 1)), payment("P2", on(3), 10_000, ["S2/1"]), on=on(3))
    later = on(801)
    told.accept(sale("V1", later, 100), on=later)
    assert list(told.client.facts.dispatches) == ["S1"]
    assert list(told.client.facts.changes.rescheduled) == ["R1"]
    assert told.late().since == date(2026, 6, 2).toordinal()


def test_the_room_of_what_waited_in_vain_is_free_again() -> None:
    told = Book().wait_until(on(1)).accept(payment("P1", on(1), 100), payment("P2", on(1), 100))
    told.accept(reversal("R1", "none", on(1)), sale_return("W1", "none", on(1), 10))
    assert told.client.facts.count == 4
    expire_waiting(told.rules, told.client, told.at + 91 * 86_400_000)
    assert told.client.facts.count == 2


def test_judgements_count_as_facts() -> None:
    told = Book().wait_until(on(1)).accept(payment("P1", on(1), 100), credit_limit("L1", 100, on(1)))
    told.accept(credit_limit("L2", 200, on(2)))
    assert told.client.facts.count == 3


def test_a_client_without_judgements_has_no_override() -> None:
    assert overrides.in_force(Book().client, 0) == []


def test_the_canonical_bytes_of_a_scope_are_those_of_its_state() -> None:
    fold = ImportanceFold(Policy(version=1))
    first, other = (fold.create(fold.shared_new(), f"direction/{name}".encode()) for name in ("watches", "photo"))
    assert fold.canonical(first) == fold.canonical(fold.decode(fold.encode(first)))
    assert fold.canonical(first) != fold.canonical(other)


def test_a_withdrawn_change_of_an_obligation_still_is_of_it() -> None:
    told = Book().wait_until(on(20)).accept(dispatch("S1", on(1)), disputed("D1", "S1/1", on(3)))
    assert told.late().violations == 0
    told.accept(void(disputed("D1", "S1/1", on(3))))
    assert (told.late().violations, told.late().since) == (1, date(2026, 3, 13).toordinal())
    (change,) = told.client.facts.changes.disputed.values()
    assert (change.voided, change.obligation_id) == (True, "S1/1")
    obligation = told.client.facts.dispatches["S1"].obligations[0]
    assert episodes(told.rules, told.client, obligation, on(20).toordinal()) == [
        (date(2026, 3, 13).toordinal(), on(20).toordinal())
    ]
