"""A worker starts on what is only just there: a directory to be made, topics that are still being made."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import apache_kafka
from tests.engine.world import World, keys_of, value
from tests.harness.kafka import KafkaCluster
from tests.harness.records import without_leader
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka


def test_the_data_directory_is_made_with_all_that_leads_to_it(world: Callable[..., World], tmp_path: Path) -> None:
    one = world().create()
    one.send(0, [(keys_of(0, 1)[0], value())] * 8)
    with one.worker(data_directory=str(tmp_path / "not" / "there" / "yet")):
        one.wait_folded()


@pytest.mark.skipif(os.name == "nt", reason="wants /dev/null")
def test_a_data_directory_that_cannot_be_made_is_one_sentence(world: Callable[..., World]) -> None:
    one = world()
    assert one.ended(one.start(data_directory="/dev/null/data")) == 2
    assert "the data directory /dev/null/data cannot be made" in one.tail()
    assert "Traceback" not in one.tail()


def test_topics_that_are_only_being_made_are_waited_for(world: Callable[..., World]) -> None:
    one = world(topics_wait_ms=60_000)
    with one.worker():
        wait_until(lambda: "topics_awaited" in one.tail(), "the worker misses them", every_seconds=0.1)
        one.create()
        one.send(0, [(keys_of(0, 1)[0], value())] * 8)
        one.wait_folded()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_partitions_without_a_leader_are_waited_for_and_then_the_worker_stops(unique: str, tmp_path: Path) -> None:
    """A node that holds the only copy of some partitions is away, and comes back."""
    apache_kafka().close()  # skips where it cannot run
    with KafkaCluster(3) as cluster:
        one = World(cluster.bootstrap, unique, tmp_path / "log").create()
        one.send(0, [(keys_of(0, 1)[0], value())] * 8)
        cluster.nodes[2].kill()
        rest = [node.bootstrap for node in cluster.nodes[:2]]
        topics = [one.settings["journal_topic"], *one.settings["output_topics"], *one.inputs]
        wait_until(lambda: without_leader(rest[0], topics), "the others know that it is away", every_seconds=0.2)
        one.settings["bootstrap_servers"] = rest
        assert one.ended(one.start(topics_wait_ms=1)) == 1
        assert "no broker leads" in one.tail()
        assert "Traceback" not in one.tail()
        one.log.unlink()
        with one.worker(topics_wait_ms=60_000):
            wait_until(lambda: "topics_awaited" in one.tail(), "the worker misses them", every_seconds=0.1)
            cluster.nodes[2].start()
            one.wait_folded()
        one.close()
