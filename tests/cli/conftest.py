"""A Kafka node for the commands: they know the topics by their names in the contract, so it is theirs alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from schemas.catalogue import TOPICS
from streams.cli.main import run
from tests.cli.installation import PARTITIONS, Installation, Topics
from tests.conftest import apache_kafka
from tests.harness.waiting import wait_until


@pytest.fixture(scope="session")
def node() -> Iterator[str]:
    """Bootstrap address of an Apache Kafka node without topics."""
    with apache_kafka() as started:
        yield started.bootstrap


@pytest.fixture
def empty(node: str) -> str:
    """The node, with none of the contract's topics."""
    names = {topic.name for topic in TOPICS}
    client = KafkaAdminClient(bootstrap_servers=node)
    try:
        there = sorted(names & set(client.list_topics()))
        if there:
            client.delete_topics(there)
        wait_until(lambda: not names & set(client.list_topics()), "the topics are gone")
    finally:
        client.close()
    return node


@pytest.fixture
def topics(empty: str, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Makes the topics, with the flags given; returns the bootstrap address."""

    def make(*flags: str) -> str:
        assert run(["topics", "create", "--bootstrap", empty, *flags]) == 0
        capfd.readouterr()
        return empty

    return make


@pytest.fixture
def installation(topics: Topics, tmp_path: Path) -> Iterator[Installation]:
    """The topics with nothing in them, and no worker yet; those that a test starts end with it."""
    with Installation(topics("--partitions", str(PARTITIONS)), tmp_path / "workers.log") as one:
        yield one
