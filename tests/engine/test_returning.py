"""Clients stay decoded while they come back, and do not where they would not; it is seen when that changes."""

from collections.abc import Iterable
from typing import Any

import pytest

from schemas.records import Rejected
from streams.engine.folding import Folder
from streams.engine.returning import Returning
from streams.engine.snapshot_records import KeptRecord
from streams.engine.states import States
from tests.engine.counting import CountingFold, CountShared, CountState

MAX = 20


def _states() -> States[CountState, CountShared]:
    return States(CountingFold(), MAX)


def _fold(states: States[CountState, CountShared], numbers: Iterable[int]) -> None:
    """One record of each client, and what the engine does after a chunk."""
    for number in numbers:
        _met(states, [number])
        states.trim()


def _again(first: int, clients: int, times: int) -> list[int]:
    return [first + number for _ in range(times) for number in range(clients)]


def test_as_many_stay_as_may_when_there_are_no_more() -> None:
    states = _states()
    _fold(states, _again(0, MAX, 5))
    assert len(states.live) == MAX


def test_none_stays_where_none_comes_back() -> None:
    states = _states()
    _fold(states, _again(0, 10 * MAX, 2))
    assert (states.all_stay, len(states.live)) == (False, 0)


def test_the_few_that_come_back_stay_beside_many_that_do_not() -> None:
    """Two of three records are of one of four clients, the others are of clients met once."""
    states = _states()
    _fold(states, [one for number in range(400) for one in (number % 4, (number + 1) % 4, 1_000 + number)])
    assert states.all_stay
    assert len(states.live) >= MAX - 1


def test_when_the_load_changes_so_does_what_stays() -> None:
    states = _states()
    seen = []
    for load in (_again(0, 10 * MAX, 2), _again(0, MAX // 2, 8), _again(0, 10 * MAX, 2)):
        _fold(states, load)
        seen.append((states.all_stay, len(states.live)))
    assert seen == [(False, 0), (True, MAX // 2), (False, 0)]


def test_clients_met_for_the_first_time_after_a_start_say_nothing() -> None:
    """All of them are bytes then, also those that will come back."""
    returning = Returning(MAX)
    for number in range(10 * MAX):
        returning.missed(b"%d" % number)
        returning.folded(1)
    assert returning.stay


def test_not_more_keys_are_remembered_than_clients_may_stay() -> None:
    returning = Returning(MAX)
    returning.left(b"first")
    for number in range(2 * MAX):
        returning.missed(b"%d" % number)
        returning.folded(1)
    for number in range(3 * MAX):
        returning.left(b"%d" % number)
    stayed = []
    # the first 40 are forgotten: had so many stayed, they would have had to go
    for begin in (0, 2 * MAX):
        for number in range(begin, begin + MAX):
            returning.missed(b"%d" % number)
            returning.folded(1)
        stayed.append(returning.stay)
    assert stayed == [False, True]


def test_clients_leave_in_portions() -> None:
    """What thousands decoded would cost at once is more than a chunk may take."""
    states: States[CountState, CountShared] = States(CountingFold(), 1_000)
    _met(states, range(1_100))
    states.trim()
    _met(states, range(2_000, 3_000))
    assert not states.all_stay
    left = []
    for _ in range(3):
        before = len(states.live)
        states.trim()
        left.append(before - len(states.live))
    assert left == [200, 200, 200]


def _met(states: States[CountState, CountShared], numbers: Iterable[int]) -> None:
    """One record of each client in one chunk."""
    for number in numbers:
        key = b"%d" % number
        state = states.load(key) or states.live.setdefault(key, CountState(key.decode()))
        states.changed({key: state})


@pytest.mark.parametrize(("clients_max", "most"), [(1, 1), (20, 20), (500, 100)])
def test_where_none_stays_few_are_decoded_at_any_time_of_a_long_chunk(clients_max: int, most: int) -> None:
    fold = _Watched()
    folder: Folder[Any, Any] = Folder(
        fold, States(fold, clients_max), fold.shared_new(), partition=0, partitions=1, held_bytes_max=10_000
    )
    fold.states = folder.states
    for n in range(1, 9):
        fold.live_most = 0
        folder.records(n, [KeptRecord("in", 0, 0, 0, b"%d" % number, b'{"n":1}', [], 0) for number in range(1_200)])
        folder.states.trim()
    assert fold.live_most <= most + 1


class _Watched(CountingFold):
    """Sees how many clients are decoded when a record is folded."""

    states: States[Any, Any]
    live_most = 0

    def record(self, *record: Any) -> Rejected | None:
        self.live_most = max(self.live_most, len(self.states.live))
        return super().record(*record)
