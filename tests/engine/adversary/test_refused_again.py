"""A refusal must be one as long as its reason lasts: a supervisor starts a worker again and again."""

from collections.abc import Callable
from typing import Any

import pytest

from streams.engine import journal
from streams.engine.journal import Chunk, Owner
from tests.engine.world import PARTITIONS, World, keys_of, value
from tests.harness.records import Sent, create_topics, delete_topics, produce

pytestmark = pytest.mark.kafka

STAMPED = {"message.timestamp.type": "LogAppendTime"}


def _ran(world: World) -> World:
    world.send(0, [(keys_of(0, 1)[0], value())] * 16)
    with world.worker():
        world.wait_folded()
    return world


def _refused(world: World, code: str, **how: Any) -> None:
    assert world.ended(world.start(**how)) == 2, world.tail()
    assert f"code={code}" in world.tail()
    world.log.write_text("")


def _journal(world: World, *records: journal.Record) -> None:
    topic = world.settings["journal_topic"]
    produce(world.bootstrap, topic, [Sent(journal.encode(record), partition=0) for record in records])


def test_a_lost_journal_is_refused_at_every_start(world: Callable[..., World]) -> None:
    one = _ran(world().create())
    lost = {one.settings["journal_topic"]: PARTITIONS}
    delete_topics(one.bootstrap, lost)
    create_topics(one.bootstrap, lost, STAMPED)
    snapshots = {one.settings["snapshot_topic"]: PARTITIONS}
    delete_topics(one.bootstrap, snapshots)
    create_topics(one.bootstrap, snapshots, {**STAMPED, "cleanup.policy": "compact"})
    _refused(one, "journal_gone")
    _refused(one, "journal_gone")


def test_a_changed_number_of_partitions_is_refused_at_every_start(world: Callable[..., World]) -> None:
    one = world().create()
    _journal(one, Owner(7, "earlier"), Chunk(0, 1, one.inputs[0], 0, 0, 0, "counting-1"))
    _refused(one, "partitions_changed")
    _refused(one, "partitions_changed")


def test_a_journal_without_its_beginning_is_refused(world: Callable[..., World]) -> None:
    """Shortened to an owner record with no checkpoint after it: nobody knows what chunks 1 to 30 were."""
    one = world().create()
    key = keys_of(0, 1)[0]
    one.send(0, [(key, value())] * 8)
    one.send(1, [(key, value())])
    at = one.read(one.inputs[1])[0].timestamp_ms
    _journal(one, Owner(PARTITIONS, "earlier"), Chunk(0, 31, one.inputs[1], 0, 0, at, "counting-1"))
    assert one.ended(one.start()) == 2, one.tail()
