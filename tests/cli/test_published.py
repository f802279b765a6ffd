"""What `stoplist verify` says of the records of an output topic, each case told by hand."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from schemas.dead_letters import rejection_headers
from schemas.envelope import cloud_event_headers
from schemas.records import Header, Output, Rejected
from streams.cli.proof.published import Comparison, Expected

TOPIC = "category-changes"
SURE = 1_000


class Record(NamedTuple):
    """As a reader gets it."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[Header]


def output(sequence: int, body: str = "body", client: str = "C") -> Output:
    headers = cloud_event_headers(client, sequence, "category.changed", "2026-03-01T00:00:00+03:00")
    return Output(TOPIC, client.encode(), f"{body} {sequence}".encode(), headers)


def letter(offset: int, value: bytes = b"{") -> Output:
    why = Rejected("invalid_json", None, "")
    return Output("dead-letters", b"C", value, rejection_headers("sales", 0, offset, why))


def compared(
    made: list[Output],
    published: Sequence[Output | None],
    *,
    topic: str = TOPIC,
    compacted: bool = False,
    whole: bool = True,
    begin: int = 0,
    sure_before: int = SURE,
) -> Comparison:
    """`published`: from offset `begin` on; None: that offset is gone."""
    expected = Expected(f"{topic}/0", compacted, whole)
    for one in made:
        expected.add(one)
    comparison = Comparison(topic, expected, sure_before)
    for offset, record in enumerate(published, begin):
        if record is not None:
            comparison.feed(Record(offset, record.key, record.value, record.headers))
    comparison.finish(begin)
    return comparison


def said(comparison: Comparison) -> list[str]:
    assert comparison.differences.count == len(comparison.differences.first)
    return [f"{one.where}: {one.what}" for one in comparison.differences.first]


@pytest.mark.parametrize("order", [[1, 2, 5], [1, 2, 1, 2, 5, 5], [1, 2, 5, 2]])
def test_repeats_of_the_same_bodies_are_what_readers_drop(order: list[int]) -> None:
    found = compared([output(1), output(2), output(5)], [output(number) for number in order])
    assert (said(found), found.compared) == ([], 3)


def test_clients_are_apart_from_each_other() -> None:
    made = [output(1), output(1, client="D"), output(2), output(2, client="D")]
    found = compared(made, [made[1], made[3], made[0], made[2]])
    assert (said(found), found.compared) == ([], 4)


def test_one_that_was_not_published_is_named() -> None:
    found = compared([output(1), output(2), output(3)], [output(1)])
    assert said(found) == [f"{TOPIC}/0: C:2 and 1 more: made, and not published"]


def test_one_that_came_after_its_successor_is_lost_to_readers() -> None:
    found = compared([output(1), output(2), output(3)], [output(1), output(3), output(2)])
    assert said(found) == [f"{TOPIC}/0/1: C:3 came before C:2, which readers then drop"]


def test_another_body_under_an_id_is_named_with_its_offset() -> None:
    found = compared([output(1), output(2)], [output(1), output(2), output(1, "another")])
    assert said(found) == [f"{TOPIC}/0/2: C:1: published with another body than is made"]


def test_another_header_is_another_body() -> None:
    changed = replace(output(1), headers=[*output(1).headers, ("more", b"1")])
    assert said(compared([output(1)], [changed])) == [f"{TOPIC}/0/0: C:1: published with another body than is made"]
    accepted = replace(output(1), headers=[*output(1).headers, ("stoplist-loss", b"accepted")])
    assert said(compared([output(1)], [accepted])) == []


def test_what_nothing_makes_is_named_unless_it_may_be_newer_than_the_journal_as_read() -> None:
    assert said(compared([output(1)], [output(1), output(2)])) == [f"{TOPIC}/0/1: C:2: nothing in the journal makes it"]
    later = compared([output(1)], [output(1), output(2)], sure_before=1)
    assert (said(later), later.unexplained) == ([], 1)
    cut = compared([output(2)], [output(1), output(2)], whole=False)
    assert (said(cut), cut.unexplained, cut.compared) == ([], 1, 1)


def test_what_nobody_of_ours_wrote_is_named() -> None:
    found = compared([], [Output(TOPIC, b"C", b"x", [])])
    assert said(found) == [f"{TOPIC}/0/0: is no record of Stoplist's"]


def test_compaction_may_take_older_records_and_never_the_last() -> None:
    made = [output(1), output(2), output(3)]
    found = compared(made, [None, None, output(3)], compacted=True)
    assert (said(found), found.gone, found.compared) == ([], 2, 1)
    found = compared(made, [None, output(2)], compacted=True)
    assert said(found) == [f"{TOPIC}/0: C:3: made, and not published"]
    found = compared(made, [output(1), output(3)], compacted=True)  # no offset is gone: it never was there
    assert said(found) == [f"{TOPIC}/0/1: C:3 came before C:2, which readers then drop"]


def test_an_older_status_that_is_last_is_named_in_compacted_topics_alone() -> None:
    made = [output(1), output(2)]
    published = [output(1), output(2), output(1)]
    assert said(compared(made, published)) == []
    assert said(compared(made, published, compacted=True)) == [
        f"{TOPIC}/0: C:2 is the newest, the last record is number 1"
    ]


def test_what_retention_took_is_gone_and_no_difference() -> None:
    found = compared([output(1), output(2), output(3)], [output(3)], begin=2)
    assert (said(found), found.gone) == ([], 2)
    found = compared([output(1), output(2)], [], begin=2)
    assert (said(found), found.gone) == ([], 2)


def test_dead_letters_are_there_once_at_least_in_any_order() -> None:
    made = [letter(1), letter(2), letter(3)]
    found = compared(made, [made[2], made[0], made[1], made[0]], topic="dead-letters")
    assert (said(found), found.compared) == ([], 3)
    found = compared(made, [made[0], letter(2, b"[")], topic="dead-letters")
    assert sorted(said(found)) == [
        "dead-letters/0/1: dead letter sales/0/2: another one is made of that record",
        "dead-letters/0: dead letter sales/0/2: made, and not published",
        "dead-letters/0: dead letter sales/0/3: made, and not published",
    ]
    found = compared(made[:1], made[:2], topic="dead-letters")
    assert said(found) == ["dead-letters/0/1: sales/0/2: nothing in the journal makes it"]
