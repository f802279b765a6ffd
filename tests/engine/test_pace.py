"""How long a chunk is; pure but for the CPU time that a measured piece of work takes."""

import time

import pytest

from streams.engine.pace import Pace, chunk_seconds


@pytest.mark.parametrize(
    ("backlog_s", "expected_s"),
    [(0.0, 0.005), (0.002, 0.005), (0.010, 0.005), (0.024, 0.012), (0.040, 0.020), (9.0, 0.020)],
)
def test_a_chunk_is_short_until_there_is_more_to_do(backlog_s: float, expected_s: float) -> None:
    assert chunk_seconds(backlog_s) == pytest.approx(expected_s)


def test_nothing_measured_means_a_careful_first_piece() -> None:
    assert Pace(1000, least=10, first=25).items(5.0) == 25
    assert Pace(7, least=10, first=25).items(5.0) == 7, "never more than allowed"


def _measure(pace: Pace, items: int, seconds: float) -> None:
    pace.start(items)
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass
    pace.stop(items)


def test_items_follow_the_measured_cost() -> None:
    pace = Pace(1000, least=10, first=25)
    _measure(pace, 100, 0.05)  # at least half a millisecond each
    assert 0.05 <= pace.seconds(100) < 5
    assert pace.items(0.0) == 10, "a request for fewer would cost more than they do"
    assert 10 <= pace.items(0.02) <= 40
    assert pace.items(1e9) == 1000


def test_a_few_items_are_not_measured() -> None:
    pace = Pace(1000, least=10, first=25)
    _measure(pace, 2, 0.01)
    assert pace.seconds(1) == 0
