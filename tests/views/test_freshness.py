"""Up to when a partition's read model is complete, and when its worker lived for sure."""

from streams.views.alive import Alive
from streams.views.projection.freshness import Partition
from streams.views.projection.owners import Journals
from tests.views.outputs import record

IN, OUT = ("payments", 0), ("client-status", 0)


def test_complete_is_when_what_had_come_is_folded_published_and_applied() -> None:
    partition = Partition(0)
    partition.alive_at = 1
    partition.asked(100, {IN: 5})
    partition.published({IN: 4}, {OUT: 9})
    partition.applied({OUT: 9})
    assert partition.told() is None, "the worker has not taken all that had come"
    partition.published({IN: 5}, {OUT: 10})
    partition.applied({OUT: 9})
    assert partition.told() is None, "what it published is not in Redis yet"
    partition.applied({OUT: 10})
    assert partition.told() == Alive(1, 100)


def test_it_goes_on_while_nothing_comes_and_stands_while_something_waits() -> None:
    partition = Partition(0)
    partition.alive_at = 1
    for at in (100, 200):
        partition.asked(at, {IN: 5})
        partition.published({IN: 5}, {OUT: 10})
        partition.applied({OUT: 10})
        assert partition.complete_at == at
    for at in range(300, 100_000, 100):
        partition.asked(at, {IN: 6})
        partition.published({IN: 5}, {OUT: 10})
        partition.applied({OUT: 10})
    assert partition.complete_at == 200
    partition.published({IN: 6}, {OUT: 11})
    partition.applied({OUT: 11})
    assert partition.complete_at >= 300


def test_other_partitions_do_not_count() -> None:
    partition = Partition(0)
    partition.alive_at = 1
    partition.asked(100, {IN: 5, ("payments", 1): 7})
    partition.published({IN: 5}, {OUT: 1, ("client-status", 1): 9})
    partition.applied({OUT: 1})
    assert partition.complete_at == 100


def test_a_checkpoint_of_a_former_owner_shows_nothing() -> None:
    journals = Journals()
    owner = record(b'{"type":"owner","partitions":1,"instance":"w"}', offset=7)
    checkpoint = b'{"type":"checkpoint","owner":%d,"c":1,"positions":{"payments":[%d,0]},"at":0,"shared":""}'
    journals.saw(0, [owner, record(checkpoint % (3, 90), offset=8)])
    assert journals.published == {}
    journals.saw(0, [record(checkpoint % (7, 50), offset=9), record(b"no JSON", offset=10)])
    assert journals.published == {IN: 50}
