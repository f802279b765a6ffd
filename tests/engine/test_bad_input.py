"""Records that do not count, and records in the wrong place: published, counted, neighbours applied."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.counting import DEAD_LETTERS, STATUS
from tests.engine.world import World, keys_of, value
from tests.harness.records import Read, Sent
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka


def _status(world: World) -> dict[bytes, Any]:
    return {read.key or b"": json.loads(read.value or b"") for read in world.outputs(STATUS)}


def _dead(world: World, count: int) -> list[Read]:
    wait_until(lambda: len(world.outputs(DEAD_LETTERS)) >= count, "dead letters", every_seconds=0.1)
    return world.outputs(DEAD_LETTERS)


def test_bad_records_are_dead_letters_with_their_bytes_and_their_neighbours_count(world: Callable[..., World]) -> None:
    one = world().create()
    (key,) = keys_of(0, 1)
    bad = [(key, b"{not json"), (key, b"{}"), (keys_of(0, 2)[1], b"\xff"), (b"\xff\xfe", b"{}")]
    one.send(0, [(key, value())] * 4 + bad + [(key, value())] * 4)
    with one.worker():
        letters = _dead(one, 4)
        one.wait_folded()
    assert sorted((read.key, read.value) for read in letters) == sorted(bad, key=lambda r: (r[0], r[1]))
    reasons = {dict(read.headers)["stoplist-reason"] for read in letters}
    assert reasons == {b"invalid_json", b"missing_field"}
    identities = {dict(read.headers)["stoplist-id"].decode().rpartition("/")[0] for read in letters}
    assert identities <= {f"{one.inputs[0]}/0", f"{one.inputs[0]}/1"}
    assert _status(one)[key]["count"] == 8, "the group changed at the eighth good record"


def test_a_broken_producer_stops_the_worker(world: Callable[..., World]) -> None:
    one = world(bad_records_window=100, bad_records_max=50).create()
    one.send(0, [(keys_of(0, 1)[0], b"rubbish")] * 51)
    assert one.ended(one.start()) == 1
    assert "broken producer" in one.tail()


def test_half_bad_records_do_not_stop_it(world: Callable[..., World]) -> None:
    one = world(bad_records_window=100, bad_records_max=50).create()
    key = keys_of(0, 1)[0]
    one.send(0, [(key, b"rubbish"), (key, value())] * 120)
    with one.worker():
        assert len(_dead(one, 120)) == 120


def test_a_misrouted_record_is_sent_once_to_its_partition(world: Callable[..., World]) -> None:
    one = world().create()
    (key,) = keys_of(1, 1)
    one.send(0, [Sent(value(), key, partition=0)] * 8)
    with one.worker():
        wait_until(lambda: key in _status(one), "the group change", every_seconds=0.1)
    assert _status(one)[key]["count"] == 8
    forwarded = [dict(read.headers)["stoplist-origin"] for read in one.read(one.inputs[0]) if read.partition == 1]
    assert forwarded == [f"{one.inputs[0]}/0/{offset}".encode() for offset in range(8)]


def test_a_record_misrouted_twice_is_a_dead_letter(world: Callable[..., World]) -> None:
    one = world().create()
    (key,) = keys_of(1, 1)
    one.send(0, [Sent(value(), key, partition=0, headers=[("stoplist-origin", b"x/0/0")])])
    with one.worker():
        (letter,) = _dead(one, 1)
    assert dict(letter.headers)["stoplist-reason"] == b"misrouted"
    assert (letter.key, letter.value) == (key, value())
