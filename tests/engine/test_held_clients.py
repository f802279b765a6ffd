"""A client on which the rules raise, or whose state grew too large, is held; its neighbours go on."""

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.counting import DEAD_LETTERS, STATUS
from tests.engine.world import World, keys_of, value
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka


def _counts(world: World) -> dict[bytes, int]:
    last: dict[bytes, Any] = {}
    for read in sorted(world.outputs(STATUS), key=lambda r: r.offset):
        last[read.key or b""] = json.loads(read.value or b"")
    return {key: body["count"] for key, body in last.items()}


def _wait_counts(world: World, counts: dict[bytes, int]) -> None:
    try:
        wait_until(lambda: _counts(world) == counts, "counts", every_seconds=0.1)
    except TimeoutError as error:
        raise AssertionError(f"{error} {_counts(world)}\n{world.tail()}") from error


@pytest.mark.parametrize("fault", ["", "journal:2"])
def test_a_failing_rule_holds_one_client_until_an_upgrade(world: Callable[..., World], fault: str) -> None:
    one = world().create()
    bad, good = keys_of(0, 2)
    one.send(0, [(bad, value()), (good, value())] * 8)
    one.send(0, [(bad, value(**{"raise": True}))])
    one.send(0, [(bad, value()), (good, value())] * 8)
    if fault:
        assert one.ended(one.start(fault=fault, chunk_records_max=12)) == -signal.SIGKILL
    with one.worker(chunk_records_max=12):
        one.wait_folded()
        _wait_counts(one, {bad: 8, good: 16})
    with one.worker():  # the same rules leave it held, restarted from its snapshot
        one.send(0, [(good, value())] * 8)
        _wait_counts(one, {bad: 8, good: 24})
    with one.worker(fold={"rules_version": "counting-2", "forgiving": True}):
        _wait_counts(one, {bad: 16, good: 24})
    assert "client_failed" in one.tail()
    one.by_id()


def test_a_client_over_the_size_limit_is_held_until_the_limit_is_raised(world: Callable[..., World]) -> None:
    one = world(state_bytes_max=5000).create()
    big, good = keys_of(0, 2)
    one.send(0, [(big, value(fill=20_000))])
    with one.worker():
        wait_until(lambda: any(r["type"] == "hold" for r in one.journal()), "the hold", every_seconds=0.1)
        one.send(0, [(big, value()), (good, value())] * 8)
        _wait_counts(one, {good: 8})
    with one.worker(state_bytes_max=50_000):
        _wait_counts(one, {good: 8, big: 8})


def test_records_of_a_held_client_beyond_the_limit_are_dead_letters(world: Callable[..., World]) -> None:
    one = world(held_bytes_max=1000).create()
    (bad,) = keys_of(0, 1)
    one.send(0, [(bad, value(**{"raise": True}))] + [(bad, value())] * 20)
    with one.worker():
        wait_until(lambda: one.outputs(DEAD_LETTERS), "dead letters", every_seconds=0.1)
        one.wait_folded()
    letters = one.outputs(DEAD_LETTERS)
    assert {dict(read.headers)["stoplist-reason"] for read in letters} == {b"limit_exceeded"}
    assert len(letters) == 21 - 8, "eight records of some 120 bytes fit into 1000"


def test_many_failing_clients_do_not_stop_the_worker(world: Callable[..., World]) -> None:
    one = world().create()
    *bad, good = keys_of(0, 21)
    one.send(0, [(key, value(**{"raise": True})) for key in bad] + [(good, value())] * 8)
    with one.worker():
        _wait_counts(one, {good: 8})
