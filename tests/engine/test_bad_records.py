"""When rejected records stop the worker, and what is said of them; pure."""

import pytest
from structlog.testing import capture_logs

from streams.engine.bad_records import BadRecords
from streams.engine.failures import Stopped
from tests.engine.reference import Fact


def _fact(offset: int) -> Fact:
    return Fact(0, 0, b"k", b"", offset=offset)


def test_more_than_allowed_among_the_last_records_stop_the_worker() -> None:
    bad = BadRecords(window=10, most=2)
    bad.rejected(0, _fact(0), "invalid_json")  # type: ignore[arg-type]
    bad.folded(5)
    bad.rejected(0, _fact(5), "invalid_json")  # type: ignore[arg-type]
    with pytest.raises(Stopped, match="3 of the last 10"):
        bad.rejected(4, _fact(9), "invalid_json")  # type: ignore[arg-type]


def test_those_before_the_window_are_forgotten() -> None:
    bad = BadRecords(window=10, most=2)
    bad.rejected(0, _fact(0), "invalid_json")  # type: ignore[arg-type]
    bad.folded(5)
    bad.rejected(0, _fact(5), "invalid_json")  # type: ignore[arg-type]
    bad.rejected(5, _fact(10), "invalid_json")  # type: ignore[arg-type]
    assert bad.total == 3


def test_a_limit_of_zero_never_stops_and_keeps_little() -> None:
    bad = BadRecords(window=10, most=0)
    for offset in range(100):
        bad.rejected(0, _fact(offset), "invalid_json")  # type: ignore[arg-type]
        bad.folded(1)
    assert len(bad._rejected) == 10


def test_one_line_says_how_many_dead_letters_and_which_was_the_last() -> None:
    bad = BadRecords(window=10, most=0)
    with capture_logs() as lines:
        bad.report()
        bad.rejected(0, _fact(7), "invalid_json")  # type: ignore[arg-type]
        bad.rejected(1, _fact(8), "missing_field")  # type: ignore[arg-type]
        bad.report()
        bad.rejected(2, _fact(9), "missing_field")  # type: ignore[arg-type]
        bad.report()
    assert [(line["event"], line["records"], line["reason"], line["offset"]) for line in lines] == [
        ("dead_letters", 2, "missing_field", 8)
    ], "the third waits for the next line"
