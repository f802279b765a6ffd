"""Several workers: a zombie that wakes, a rebalance, an older status written last."""

import json
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from streams.engine import journal
from streams.engine.journal import Owner
from tests.engine.counting import GROUPS, STATUS
from tests.engine.reference import expected
from tests.engine.test_crashes import CREATE_TIME, SETTINGS, history, send, wait_outputs
from tests.engine.world import PARTITIONS, World, keys_of, value
from tests.harness.records import Sent, produce
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka


def _owners(world: World) -> int:
    return sum(record["type"] == "owner" for record in world.journal())


@pytest.mark.slow
def test_a_zombie_that_wakes_publishes_nothing(world: Callable[..., World]) -> None:
    """The session expires while a worker is paused; another takes over; the paused one wakes and must stop."""
    one = world(**SETTINGS, session_timeout_ms=6000).create(input_config=CREATE_TIME)
    facts = [fact._replace(topic=0) for fact in history()]  # sent to running workers: one topic has one order
    first, second = facts[:600], facts[600:]
    send(one, first)
    zombie = one.start(instance_id=None)
    one.wait_folded()
    os.kill(zombie.pid, signal.SIGSTOP)
    heir = one.start(instance_id=None)
    wait_until(lambda: _owners(one) >= 2 * PARTITIONS, "the heir owns the partitions", every_seconds=0.2)
    send(one, second)
    wait_outputs(one, expected(facts))
    os.kill(zombie.pid, signal.SIGCONT)
    # whatever the zombie does now, fetch or take part in the group again, ids keep their bodies
    one.stop(heir)
    one.stop(zombie)
    wait_outputs(one, expected(facts))


def test_an_owner_whose_journal_somebody_else_wrote_stops_before_it_publishes(world: Callable[..., World]) -> None:
    one = world().create()
    key = keys_of(0, 1)[0]
    one.send(0, [(key, value())] * 8)
    process = one.start()
    wait_until(lambda: len(one.outputs(GROUPS)) == 1, "the first group", every_seconds=0.1)
    produce(
        one.bootstrap, one.settings["journal_topic"], [Sent(journal.encode(Owner(PARTITIONS, "thief")), partition=0)]
    )
    one.send(0, [(key, value())] * 8)
    assert one.ended(process) == 1
    assert "another owner writes" in one.tail()
    assert len(one.outputs(GROUPS)) == 1, "the second chunk was journaled as void and never published"
    with one.worker():  # which publishes the first anew where no checkpoint names it yet
        wait_until(lambda: len(one.by_id()) == 2, "the second group, by the next owner", every_seconds=0.1)


@pytest.mark.slow
def test_partitions_move_between_workers_without_a_trace_in_the_outputs(world: Callable[..., World]) -> None:
    # a worker with a name that stopped keeps its partitions until its session ends
    one = world(**SETTINGS, session_timeout_ms=6000).create(input_config=CREATE_TIME)
    facts = [fact._replace(topic=0) for fact in history()]  # sent to running workers: one topic has one order
    send(one, facts[:400])
    with one.worker(instance_id="w1"):
        one.wait_folded()
        with one.worker(instance_id="w2"):
            send(one, facts[400:800])
            one.wait_folded()
            wait_until(lambda: _instances(one) == {"w1", "w2"}, "both own a partition", every_seconds=0.2)
        send(one, facts[800:])
        wait_outputs(one, expected(facts))


def _instances(world: World) -> set[str]:
    return {record["instance"] for record in world.journal() if record["type"] == "owner"}


def _late(world: World, key: bytes, sequence: int, body: dict[str, Any]) -> None:
    identity = f"{key.decode()}:{sequence}".encode()
    record = Sent(json.dumps(body).encode(), key, 0, headers=[("ce_id", identity)])
    produce(world.bootstrap, world.prefix + STATUS, [record])


def _last(world: World, key: bytes) -> bytes:
    mine = [read for read in world.outputs(STATUS) if read.key == key]
    return dict(max(mine, key=lambda read: read.offset).headers)["ce_id"] if mine else b""


def test_an_older_status_that_lands_last_is_repaired(world: Callable[..., World]) -> None:
    one = world().create()
    (key,) = keys_of(0, 1)
    one.send(0, [(key, value())] * 16)
    with one.worker():
        wait_until(lambda: _last(one, key) == key + b":2", "the second status", every_seconds=0.1)
        bodies = one.by_id(STATUS)
        _late(one, key, 1, {"old": True})  # while it runs
        wait_until(lambda: _last(one, key) == key + b":2", "the repair", every_seconds=0.1)
    _late(one, key, 1, {"old": True})  # while nobody works
    with one.worker():
        wait_until(lambda: _last(one, key) == key + b":2", "the repair on recovery", every_seconds=0.1)
    newest = [read.value for read in one.outputs(STATUS) if dict(read.headers)["ce_id"] == key + b":2"]
    assert set(newest) == {bodies[f"{key.decode()}:2"]} and len(newest) >= 3, "byte for byte"


def test_a_status_ahead_of_the_state_stops_the_owner(world: Callable[..., World]) -> None:
    one = world().create()
    (key,) = keys_of(0, 1)
    one.send(0, [(key, value())] * 8)
    process = one.start()
    wait_until(lambda: _last(one, key) == key + b":1", "the first status", every_seconds=0.1)
    _late(one, key, 9, {"ahead": True})
    assert one.ended(process) == 1
    assert "another owner is ahead" in one.tail()
