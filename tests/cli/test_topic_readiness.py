"""`stoplist topics create` ends when what it made can be used, and says so when it cannot."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from kafka import KafkaAdminClient

from schemas.catalogue import TOPICS
from streams.cli.failure import Failure
from streams.cli.main import run
from streams.cli.topic_readiness import wait_until_usable
from tests.conftest import apache_kafka
from tests.harness.kafka import KafkaCluster
from tests.harness.records import create_topics, without_leader
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka
NAMES = [topic.name for topic in TOPICS]


class Asking(KafkaAdminClient):  # type: ignore[misc]
    """Counts how often the topics were described."""

    asked = 0

    def describe_topics(self, topics: Any = None) -> Any:
        """As the admin client's."""
        self.asked += 1
        return super().describe_topics(topics)


_LEADERLESS = re.compile(r"no broker leads partition \d of topic").search


def _told(client: KafkaAdminClient) -> str:
    """Why the topics cannot be used now."""
    with pytest.raises(Failure) as failed:
        wait_until_usable(client, NAMES, seconds=0)
    return str(failed.value)


@pytest.fixture
def cluster() -> Iterator[KafkaCluster]:
    """Three nodes."""
    apache_kafka().close()  # skips where it cannot run
    with KafkaCluster(3) as started:
        yield started


def test_a_topic_that_does_not_come_is_a_failure_that_names_it(node: str, unique: str) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=node)) as client, pytest.raises(Failure, match=unique):
        wait_until_usable(client, [unique], seconds=0)


def test_a_topic_is_waited_for_until_it_is_there(node: str, unique: str) -> None:
    with closing(Asking(bootstrap_servers=node)) as client, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait_until_usable, client, [unique])
        wait_until(lambda: client.asked > 1, "it asked again")
        create_topics(node, {unique: 3})
        waiting.result()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_partitions_without_a_leader_are_waited_for_and_told(
    cluster: KafkaCluster, capfd: pytest.CaptureFixture[str]
) -> None:
    """A node that holds the only copy of a third of the partitions is away, and comes back."""
    lost, rest = cluster.nodes[2], ",".join(node.bootstrap for node in cluster.nodes[:2])
    assert run(["topics", "create", "--bootstrap", cluster.bootstrap, "--partitions", "3"]) == 0
    lost.kill()
    asking = Asking(bootstrap_servers=rest, metadata_max_age_ms=1_000)  # as the commands'
    with closing(asking) as client, ThreadPoolExecutor(1) as pool:
        wait_until(lambda: without_leader(rest, NAMES), "the others know that it is away", every_seconds=0.2)
        # of the other two each may learn it later than the one that was asked
        wait_until(lambda: _LEADERLESS(_told(client)), "it says that a partition has no leader", every_seconds=0.2)
        capfd.readouterr()
        before = client.asked
        waiting = pool.submit(wait_until_usable, client, NAMES)
        wait_until(lambda: client.asked > before + 1, "it asked again")
        assert not waiting.done()
        lost.start()
        waiting.result()
    assert run(["topics", "check", "--bootstrap", rest]) == 0
