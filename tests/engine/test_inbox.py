"""Which records go next, and where a chunk ends; pure."""

from streams.engine.inbox import Inbox
from tests.engine.reference import Fact


def _records(*timestamps: int, start: int = 0) -> list[Fact]:
    return [Fact(0, t, b"k", b"", offset=start + i) for i, t in enumerate(timestamps)]


def _inbox(interleave_ms: int = 0, records_max: int = 100) -> Inbox:
    return Inbox(("a", "b"), {"a": 0, "b": 0}, records_max, interleave_ms)


def _taken(inbox: Inbox) -> tuple[str, list[int]]:
    taken = inbox.take()
    assert taken is not None
    return taken.topic, [record.timestamp for record in taken.records]


def test_the_earliest_append_time_goes_first() -> None:
    inbox = _inbox(interleave_ms=1000)
    inbox.put("a", _records(20, 30), None)
    inbox.put("b", _records(10, 40), None)
    assert _taken(inbox) == ("b", [10, 40])


def test_topics_interleave_by_time_when_time_is_simulated() -> None:
    inbox = _inbox(interleave_ms=0)
    inbox.put("a", _records(10, 30, 50), None)
    inbox.put("b", _records(20, 40), None)
    order = [_taken(inbox) for _ in range(5)]
    assert order == [("a", [10]), ("b", [20]), ("a", [30]), ("b", [40]), ("a", [50])]
    assert inbox.folded_to == {"a": 3, "b": 2}


def test_a_chunk_is_done_only_with_its_last_records() -> None:
    done: list[str] = []
    inbox = _inbox(records_max=2)
    inbox.put("a", _records(1, 2, 3), lambda: done.append("a"))
    first, second = inbox.take(), inbox.take()
    assert first is not None and not first.done
    assert second is not None and len(second.done) == 1


def test_several_fetches_make_one_chunk_up_to_its_limit() -> None:
    inbox = _inbox(interleave_ms=5, records_max=4)
    done: list[int] = []
    inbox.put("a", _records(1, 2), lambda: done.append(1))
    inbox.put("a", _records(3, start=2), lambda: done.append(2))
    inbox.put("a", _records(4, 5, start=3), lambda: done.append(3))
    inbox.put("b", _records(50), None)
    taken = inbox.take()
    assert taken is not None
    assert [record.offset for record in taken.records] == [0, 1, 2, 3]
    taken.all_done()
    assert done == [1, 2], "the third fetch has one more"
    assert _taken(inbox) == ("a", [5])
    assert _taken(inbox) == ("b", [50])
    assert inbox.buffered == {"a": 0, "b": 0}


def test_a_further_fetch_that_is_too_young_waits() -> None:
    inbox = _inbox(interleave_ms=0)
    inbox.put("a", _records(1), None)
    inbox.put("a", _records(9, start=1), None)
    inbox.put("b", _records(5), None)
    assert [_taken(inbox) for _ in range(3)] == [("a", [1]), ("b", [5]), ("a", [9])]


def test_a_topic_not_read_to_its_end_is_waited_for() -> None:
    inbox = _inbox()
    inbox.put("a", _records(10), None)
    assert inbox.waiting_for({"a": 1, "b": None}) == ["b"]
    assert inbox.waiting_for({"a": 1, "b": 3}) == ["b"]
    assert inbox.waiting_for({"a": 1, "b": 0}) == []


def test_records_read_again_are_dropped() -> None:
    inbox = _inbox()
    inbox.put("a", _records(10, 20), None)
    inbox.put("a", _records(10, 20, 30), None)
    assert _taken(inbox) == ("a", [10, 20, 30])


def test_put_back_records_come_again() -> None:
    inbox = _inbox()
    inbox.put("a", _records(10, 20), None)
    taken = inbox.take()
    assert taken is not None
    inbox.put_back(taken)
    assert inbox.folded_to["a"] == 0
    assert _taken(inbox) == ("a", [10, 20])


def test_records_put_back_are_expected_behind_offsets_without_records() -> None:
    """Offset 10 is the marker of a transaction: the journal ends there, the first record is 11."""
    inbox = Inbox(("a",), {"a": 10}, 100, 0)
    inbox.put("a", _records(10, 20, start=11), None)
    taken = inbox.take()
    assert taken is not None
    inbox.put_back(taken)
    assert inbox.folded_to == {"a": 10}


def test_bytes_are_counted_as_long_as_they_are_buffered() -> None:
    inbox = _inbox(records_max=1)
    inbox.put("a", [Fact(0, t, b"k", b"x" * 100, offset=t) for t in (0, 1)], None)
    assert inbox.buffered_bytes == {"a": 200, "b": 0}
    taken = inbox.take()
    assert taken is not None
    assert inbox.buffered_bytes["a"] == 100
    inbox.put_back(taken)
    assert inbox.buffered_bytes["a"] == 200
