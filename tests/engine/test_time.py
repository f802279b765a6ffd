"""Deadlines by time alone, and broadcasts to every client."""

import json
import time
from collections.abc import Callable

import pytest

from tests.engine.counting import GROUPS
from tests.engine.world import PARTITIONS, World, keys_of, value
from tests.harness.records import Sent
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka


def _now() -> int:
    return time.time_ns() // 1_000_000


def _ahead(world: World) -> int:
    """An instant that a worker can be started and stopped before, on this machine as it is now."""
    began = time.monotonic()
    world.send(0, [(keys_of(1, 2)[1], value())])
    with world.worker():
        world.wait_folded()
    return _now() + 2000 + int(3000 * (time.monotonic() - began))


def test_a_deadline_fires_by_time_alone(world: Callable[..., World]) -> None:
    one = world().create()
    (key,) = keys_of(1, 1)
    with one.worker():
        due = _now() + 1500
        one.send(0, [(key, value(due=due))])
        wait_until(lambda: one.outputs(GROUPS), "the deadline", every_seconds=0.05)
    (read,) = one.outputs(GROUPS)
    body = json.loads(read.value or b"")
    (stamp,) = [record.timestamp_ms for record in one.read(one.inputs[0])]
    # at its own instant, unless it came too late for that
    assert (body["fired"], body["at"]) == (1, max(due, stamp + 1))
    assert read.timestamp_ms >= due


def test_a_deadline_survives_a_restart_in_the_snapshot(world: Callable[..., World]) -> None:
    one = world().create()
    (key,) = keys_of(1, 1)
    due = _ahead(one)
    one.send(0, [(key, value(due=due))])
    with one.worker():
        one.wait_folded()
    assert not one.outputs(GROUPS)
    with one.worker():
        wait_until(lambda: one.outputs(GROUPS), "the deadline", every_seconds=0.05)
    assert json.loads(one.outputs(GROUPS)[0].value or b"")["at"] == due


def test_due_at_once_are_handled_in_chunks_of_limited_size_and_in_order(world: Callable[..., World]) -> None:
    one = world(deadline_clients_max=10).create()
    keys = keys_of(0, 35)
    due = _now() + 3000
    one.send(0, [(key, value(due=due + number % 3)) for number, key in enumerate(keys)])
    with one.worker():
        wait_until(lambda: len(one.outputs(GROUPS)) == 35, "all deadlines", every_seconds=0.1)
    fired = [(json.loads(r.value or b"")["at"], r.key) for r in sorted(one.outputs(GROUPS), key=lambda r: r.offset)]
    assert fired == sorted(fired)
    times = [record for record in one.journal() if record["type"] == "time"]
    assert len(times) >= 4, "at most ten clients a chunk"


def test_an_input_waiting_to_be_read_goes_before_a_deadline_that_passed(world: Callable[..., World]) -> None:
    one = world().create()
    (key,) = keys_of(0, 1)
    due = _ahead(one)
    one.send(0, [(key, value(due=due))])
    with one.worker():
        one.wait_folded()
    one.send(1, [(key, value(5))])  # before the deadline, while nobody works
    wait_until(lambda: _now() > due, "the deadline passes")
    with one.worker():
        wait_until(lambda: one.outputs(GROUPS), "the deadline", every_seconds=0.05)
    body = json.loads(one.outputs(GROUPS)[0].value or b"")
    assert (body["count"], body["total"], body["at"]) == (2, 6, due)


def test_a_broadcast_reaches_every_client_at_its_own_instant(world: Callable[..., World]) -> None:
    one = world().create()
    keys = keys_of(0, 3) + keys_of(1, 2)
    one.send(0, [(key, value()) for key in keys])
    with one.worker():
        one.wait_folded()
        one.send(1, [Sent(b'{"all": null}', partition=p) for p in range(PARTITIONS)])
        wait_until(lambda: len(one.outputs(GROUPS)) == 5, "everybody heard it", every_seconds=0.05)
    instants = {read.partition: read.timestamp_ms for read in one.read(one.inputs[1])}
    for read in one.outputs(GROUPS):
        body = json.loads(read.value or b"")
        assert (body["heard"], body["at"]) == (1, instants[read.partition])


def test_a_broadcast_reaches_those_due_by_then_only_also_after_a_kill(world: Callable[..., World]) -> None:
    one = world().create()
    soon, late, never = keys_of(0, 3)
    far = _now() + 10**9
    one.send(0, [(soon, value(due=far)), (late, value(due=far * 2)), (never, value())])
    with one.worker():
        one.wait_folded()
    one.send(1, [Sent(json.dumps({"all": far}).encode(), partition=0)])
    one.ended(one.start(fault="journal:1"))
    with one.worker():
        wait_until(lambda: one.outputs(GROUPS), "who was reached", every_seconds=0.05)
    assert {read.key for read in one.outputs(GROUPS)} == {soon}
