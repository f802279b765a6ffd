"""Which records of a journal count (rules 1-3 of the protocol); pure, no broker."""

import pytest

from streams.engine import journal
from streams.engine.failures import Refusal
from streams.engine.journal import Checkpoint, Chunk, Owner, Position, Range
from streams.engine.journal_reading import JournalReading


def _owner() -> bytes:
    return journal.encode(Owner(4, "w"))


def _chunk(owner: int, n: int, first: int = 0, last: int = 9) -> bytes:
    return journal.encode(Chunk(owner, n, "in", first, last, 1000 + n, "r1"))


def _checkpoint(owner: int, c: int, position: int = 10) -> bytes:
    return journal.encode(Checkpoint(owner, c, {"in": Position(position, 1000 + c)}, 5, b"", "r1"))


def _read(records: dict[int, bytes], accept_loss: bool = False) -> JournalReading:
    reading = JournalReading(0, accept_loss)
    for offset, value in records.items():
        reading.feed(offset, value)
    return reading


def test_a_chunk_counts_under_the_nearest_owner_before_it() -> None:
    reading = _read({0: _owner(), 1: _chunk(0, 1), 2: _chunk(0, 2, 10, 19)})
    assert list(reading.chunks) == [1, 2]
    assert (reading.last, reading.positions["in"]) == (2, Position(20, 1002))


def test_a_chunk_of_several_ranges_moves_every_topic_of_it_on() -> None:
    more = [Range("other", 5, 7, 1100), Range("in", 10, 14, 1200)]
    chunk = journal.encode(Chunk(0, 1, "in", 0, 9, 1001, "r1", more))
    expected = {"in": Position(15, 1200), "other": Position(8, 1100)}
    assert _read({0: _owner(), 1: chunk}).positions == expected
    # and after a checkpoint before it, which names older positions
    before = _read({0: _owner(), 1: _checkpoint(0, 0, 0), 2: chunk, 3: _checkpoint(0, 0, 0)})
    assert before.positions == expected


def test_a_chunk_of_one_range_is_written_as_before() -> None:
    assert b"more" not in _chunk(0, 1)
    decoded = journal.decode(_chunk(0, 1))
    assert isinstance(decoded, Chunk)
    assert decoded.ranges == [Range("in", 0, 9, 1001)]


def test_a_late_chunk_of_a_former_owner_is_void_for_ever() -> None:
    # w1 owns at 0, w2 at 2; what w1 writes at 3 comes too late, also after w2's own chunk
    reading = _read(
        {0: _owner(), 1: _chunk(0, 1), 2: _owner(), 3: _chunk(0, 2), 4: _chunk(2, 2, 10, 12), 5: _chunk(0, 3)}
    )
    assert (reading.last, reading.ignored) == (2, 2)
    assert reading.positions["in"] == Position(13, 1002)


def test_a_void_checkpoint_does_not_count() -> None:
    reading = _read({0: _owner(), 1: _chunk(0, 1), 2: _owner(), 3: _checkpoint(0, 1)})
    assert (reading.completed_through, list(reading.chunks)) == (0, [1])


def test_only_chunks_after_the_checkpoint_are_folded_again() -> None:
    reading = _read(
        {0: _owner(), 1: _chunk(0, 1), 2: _chunk(0, 2, 10, 19), 3: _checkpoint(0, 1), 4: _chunk(0, 3, 20, 29)}
    )
    assert (reading.completed_through, list(reading.chunks), reading.last) == (1, [2, 3], 3)
    assert reading.positions["in"].next == 30


def test_the_journal_is_cut_in_front_of_an_owner_older_than_the_checkpoint_only() -> None:
    before = {0: _owner(), 1: _chunk(0, 1), 5: _owner(), 6: _chunk(5, 2)}
    assert _read(before).cut_before() is None
    assert _read({**before, 7: _checkpoint(5, 2)}).cut_before() == 5
    assert _read({**before, 7: _checkpoint(5, 2), 8: _owner()}).cut_before() == 5


def test_a_cut_journal_reads_as_the_whole_one() -> None:
    whole = {
        0: _owner(),
        1: _chunk(0, 1),
        2: _owner(),
        3: _chunk(2, 2, 10, 19),
        4: _checkpoint(2, 2, 20),
        5: _chunk(2, 3, 20, 21),
    }
    cut = {offset: value for offset, value in whole.items() if offset >= 2}
    assert _read(cut).positions == _read(whole).positions
    assert _read(cut).chunks == _read(whole).chunks


def test_a_reader_never_starts_in_between_two_owner_records() -> None:
    with pytest.raises(Refusal, match="in between two owner records") as refusal:
        _read({3: _chunk(2, 2)})
    assert refusal.value.code == "journal_cut"
    assert _read({3: _chunk(2, 2), 4: _owner(), 5: _chunk(4, 7)}, accept_loss=True).last == 7


def test_a_missing_chunk_is_a_refusal() -> None:
    with pytest.raises(Refusal, match="from chunk 1 to 3"):
        _read({0: _owner(), 1: _chunk(0, 1), 2: _chunk(0, 3)})


def test_a_record_of_nobody_is_a_refusal() -> None:
    with pytest.raises(Refusal, match="not one of ours"):
        _read({0: b'{"type":"something"}'})


def test_an_owner_who_wrote_nothing_did_not_work_here() -> None:
    """A refused start leaves its owner record; the next start must compare with the one before it."""
    refused = journal.encode(Owner(7, "refused"))
    reading = _read({0: _owner(), 1: _chunk(0, 1), 2: refused, 3: refused})
    assert reading.worked == Owner(4, "w")
    assert _read({0: refused}).worked is None
    assert _read({0: refused, 1: _owner(), 2: _checkpoint(1, 1)}).worked == Owner(4, "w")


def test_a_journal_that_begins_after_chunks_nobody_kept_is_a_refusal() -> None:
    """Chunk 31 comes first: only a checkpoint after it may say what 1 to 30 were."""
    shortened = {5: _owner(), 6: _chunk(5, 31)}
    with pytest.raises(Refusal, match="from chunk 0 to 31"):
        _read(shortened).ended()
    _read(shortened, accept_loss=True).ended()
    _read({**shortened, 7: _checkpoint(5, 31)}).ended()
    _read({**shortened, 7: _checkpoint(5, 30)}).ended()
    _read({0: _owner(), 1: _chunk(0, 1)}).ended()
    _read({0: _owner()}).ended()


def _owner_of(instance: str, process: str) -> bytes:
    return journal.encode(Owner(4, instance, process=process))


def test_another_process_under_our_id_is_noticed_once_we_have_been_here() -> None:
    ours, theirs, other = _owner_of("w1", "a"), _owner_of("w1", "b"), _owner_of("w2", "b")
    assert _read({3: ours, 4: theirs, 5: ours}).doubled(3)
    assert _read({4: theirs, 5: ours}).doubled(3), "our first record may have been cut away"
    assert not _read({1: theirs, 3: ours, 5: ours}).doubled(3), "the process before us"
    assert not _read({3: ours, 4: other, 5: ours}).doubled(3), "another member of the group"
