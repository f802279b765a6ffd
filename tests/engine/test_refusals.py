"""Every reason not to start: exit code 2, the reason and the remedy in one sentence."""

import asyncio
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient

from streams.engine import journal
from streams.engine.checks import clock
from streams.engine.failures import Refusal
from streams.engine.journal import Checkpoint, Chunk, Owner, Position
from streams.engine.settings import EngineSettings
from streams.engine.snapshot_records import SnapshotHeader, headers_of, key_of
from tests.engine.counting import GROUPS, CountingFold
from tests.engine.world import World, keys_of, value
from tests.harness.records import Sent, create_topics, delete_topics, produce
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka


def _refused(world: World, code: str, **how: Any) -> None:
    assert world.ended(world.start(**how)) == 2, world.tail()
    assert f"code={code}" in world.tail()
    assert "Traceback" not in world.tail(), "nothing else of it runs on under a closed loop"


def _ran(world: World) -> World:
    """A world in which sixteen records of one client were folded and checkpointed."""
    world.send(0, [(keys_of(0, 1)[0], value())] * 16)
    with world.worker():
        world.wait_folded()
    return world


def _journal(world: World, *records: journal.Record) -> None:
    topic = world.settings["journal_topic"]
    produce(world.bootstrap, topic, [Sent(journal.encode(record), partition=0) for record in records])


def _next_offset(world: World) -> int:
    return 1 + max(int(record["offset"]) for record in world.journal() if record["partition"] == 0)


def test_a_missing_topic(world: Callable[..., World]) -> None:
    _refused(world(topics_wait_ms=1), "topic_missing")


def test_a_worker_that_is_refused_was_never_in_the_group(world: Callable[..., World]) -> None:
    """It would take partitions from those that work, and give them back after a while for nothing."""
    one = world(topics_wait_ms=1).create()
    delete_topics(one.bootstrap, [one.inputs[1]])
    for _ in range(3):
        _refused(one, "topic_missing", instance_id=None)
    with closing(KafkaAdminClient(bootstrap_servers=one.bootstrap)) as admin:
        assert one.settings["application_id"] not in {group["group_id"] for group in admin.list_groups()}


def test_different_partition_counts(world: Callable[..., World]) -> None:
    one = world().create()
    delete_topics(one.bootstrap, [one.inputs[1]])
    create_topics(one.bootstrap, {one.inputs[1]: 3})
    _refused(one, "partitions_differ")


def test_changed_partition_counts(world: Callable[..., World]) -> None:
    one = world().create()
    _journal(one, Owner(7, "earlier"), Chunk(0, 1, one.inputs[0], 0, 0, 0, "counting-1"))
    _refused(one, "partitions_changed")


def test_senders_timestamps_without_simulated_time(world: Callable[..., World]) -> None:
    one = world().create(input_config={"message.timestamp.type": "CreateTime"})
    one.send(0, [(b"k", value())])
    _refused(one, "simulated_topic")


def test_a_clock_too_far_off() -> None:
    with pytest.raises(Refusal, match="clock is"):
        clock(EngineSettings(), 60_000, 1_000)
    clock(EngineSettings(simulated_time=True), 60_000, 1_000)


_AHEAD = """\
import time
now, now_ns = time.time, time.time_ns
time.time, time.time_ns = lambda: now() + 90, lambda: now_ns() + 90 * 10**9
"""


def test_a_machine_whose_clock_is_ahead(
    world: Callable[..., World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python imports this file before anything else: all of that worker's clocks are ninety seconds ahead."""
    (tmp_path / "sitecustomize.py").write_text(_AHEAD)
    one = world().create()
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path))
        _refused(one, "clock")
    assert "s from the broker's; set it: at most 30 s are allowed" in one.tail()
    one.send(0, [(keys_of(0, 1)[0], value())] * 8)
    with one.worker():
        one.wait_folded()


def test_a_journal_that_is_gone(world: Callable[..., World]) -> None:
    one = _ran(world().create())
    for topic in (one.settings["journal_topic"], one.settings["snapshot_topic"]):
        delete_topics(one.bootstrap, [topic])
        create_topics(one.bootstrap, {topic: 2}, {"message.timestamp.type": "LogAppendTime"})
    _refused(one, "journal_gone")


def test_snapshots_ahead_of_the_journal(world: Callable[..., World]) -> None:
    one = world().create()
    fold = CountingFold()
    key = keys_of(0, 1)[0]
    header = headers_of(SnapshotHeader(5, 0, 0, 1, False))
    state = fold.encode(fold.create(fold.shared_new(), key))
    produce(one.bootstrap, one.settings["snapshot_topic"], [Sent(state, key_of(key, 3), 0, headers=header)])
    _refused(one, "snapshot_ahead")
    one.send(0, [(key, value())] * 8)
    settings: dict[str, Any] = {"snapshot_interval_ms": 600_000}
    assert one.ended(one.start(accept_loss=True, fault="publish:1", **settings)) == -9, one.tail()
    with one.worker(**settings):  # the loss was accepted once; what was journaled after it goes on from chunk 5
        one.send(0, [(key, value())] * 8)
        wait_until(lambda: len(one.by_id()) == 2, "both groups", every_seconds=0.1)


def test_states_of_a_newer_version(world: Callable[..., World]) -> None:
    one = world().create()
    header = headers_of(SnapshotHeader(0, 0, 0, 2, False))
    produce(one.bootstrap, one.settings["snapshot_topic"], [Sent(b"?", key_of(b"k", 3), 0, headers=header)])
    _refused(one, "state_version")


def test_a_recreated_topic_that_ends_too_early_until_the_loss_is_accepted(world: Callable[..., World]) -> None:
    one = _ran(world().create())
    delete_topics(one.bootstrap, [one.inputs[0]])
    create_topics(one.bootstrap, {one.inputs[0]: 2}, {"message.timestamp.type": "LogAppendTime"})
    _refused(one, "topic_recreated")
    one.send(0, [(keys_of(0, 1)[0], value())] * 8)
    with one.worker(accept_loss=True):
        wait_until(lambda: len(one.outputs(GROUPS)) == 3, "the third group", every_seconds=0.1)
    last = max(one.outputs(GROUPS), key=lambda read: read.offset)
    assert json.loads(last.value or b"")["count"] == 24, "the state was kept"
    assert dict(last.headers)["stoplist-loss"] == b"accepted"


def test_a_recreated_topic_with_other_records(world: Callable[..., World]) -> None:
    one = _ran(world().create())
    delete_topics(one.bootstrap, [one.inputs[0]])
    create_topics(one.bootstrap, {one.inputs[0]: 2}, {"message.timestamp.type": "LogAppendTime"})
    one.send(0, [(keys_of(0, 1)[0], value())] * 20)
    _refused(one, "topic_recreated")


def test_inputs_that_no_longer_reach_back(world: Callable[..., World]) -> None:
    one = world().create()
    one.send(0, [(keys_of(0, 1)[0], value())] * 16)
    owner = _next_offset(one) if one.journal() else 0
    rules = CountingFold().rules_version
    stamp = next(read.timestamp_ms for read in one.read(one.inputs[0]) if read.offset == 9)
    _journal(one, Owner(2, "earlier"), Chunk(owner, 1, one.inputs[0], 0, 9, stamp, rules))
    asyncio.run(_delete_before(one, 5))
    _refused(one, "inputs_gone")


async def _delete_before(world: World, offset: int) -> None:
    from aiokafka import TopicPartition
    from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

    admin = AIOKafkaAdminClient(bootstrap_servers=world.bootstrap)
    await admin.start()
    await admin.delete_records({TopicPartition(world.inputs[0], 0): RecordsToDelete(before_offset=offset)})
    await admin.close()


def test_chunks_of_other_rules_until_they_are_accepted(world: Callable[..., World]) -> None:
    one = world(snapshot_interval_ms=3_600_000).create()
    one.send(0, [(keys_of(0, 1)[0], value())] * 16)
    process = one.start(fault="commit:1")
    assert one.ended(process) == -9
    _refused(one, "rules_version", fold={"rules_version": "counting-2"})
    before = len(one.outputs("status"))
    with one.worker(fold={"rules_version": "counting-2"}, accept_new_rules=True):
        wait_until(lambda: len(one.outputs("status")) == before + 2 + 1, "published again", every_seconds=0.1)
    last = max(one.outputs("status"), key=lambda read: read.offset)
    assert json.loads(last.value or b"")["count"] == 16, "after the chunk's own outputs, every client folded again"


def test_a_journal_cut_in_between_two_owners(world: Callable[..., World]) -> None:
    one = world().create()
    _journal(one, Chunk(0, 4, one.inputs[0], 0, 0, 0, "r"))
    _refused(one, "journal_cut")


def test_a_journal_without_a_chunk_in_between(world: Callable[..., World]) -> None:
    one = _ran(world(snapshot_interval_ms=3_600_000).create())
    owner = _next_offset(one)
    rules = CountingFold().rules_version
    last = max(int(record.get("n", record.get("c", 0))) for record in one.journal() if record["partition"] == 0)
    lost = Chunk(owner, last + 2, one.inputs[0], 16, 20, 0, rules)
    _journal(one, Owner(2, "earlier"), lost)
    _refused(one, "journal_gap")
    assert f"goes from chunk {last} to {last + 2}" in one.tail()


def test_a_newer_journal(world: Callable[..., World]) -> None:
    one = world().create()
    produce(one.bootstrap, one.settings["journal_topic"], [Sent(b'{"type":"future"}', partition=0)])
    _refused(one, "journal_unreadable")


def test_a_checkpoint_of_an_earlier_owner_is_enough_to_go_on(world: Callable[..., World]) -> None:
    one = world().create()
    one.send(0, [(keys_of(0, 1)[0], value())] * 16)
    stamp = next(read.timestamp_ms for read in one.read(one.inputs[0]) if read.offset == 7)
    rules = CountingFold().rules_version
    shared = CountingFold().shared_encode(CountingFold().shared_new())
    _journal(one, Owner(2, "w0"), Checkpoint(0, 3, {one.inputs[0]: Position(8, stamp)}, stamp, shared, rules))
    with one.worker():
        one.wait_folded()
    chunks = [record for record in one.journal() if record["type"] == "chunk"]
    assert [chunks[0]["n"], chunks[0]["first"], chunks[0]["last"]] == [4, 8, 15]
