"""The Apache Kafka node that everything is measured on: one for a whole run, on this machine."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.catalogue import TOPICS
from tests.benchmark.names import engine_topics
from tests.benchmark.processes import cpu_seconds
from tests.harness.components import TEST_KAFKA
from tests.harness.kafka import KafkaNode
from tests.harness.records import wait_for_topics

_COMPACTED = {"cleanup.policy": "compact", "max.message.bytes": str(16 << 20)}


class Node:
    """Where Kafka is reached, and what CPU time it has used."""

    def __init__(self, bootstrap: str, pid: int | None) -> None:
        self.bootstrap = bootstrap
        self._pid = pid

    def cpu_seconds(self) -> float:
        """CPU time of the broker's process so far; 0 when it is not ours to look at."""
        return 0.0 if self._pid is None else cpu_seconds(self._pid)

    async def create(self, names: Mapping[str, Mapping[str, str]], partitions: int) -> None:
        """Create topics, each with its settings by Kafka's names."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            topics = [NewTopic(name, partitions, 1, topic_configs=dict(names[name])) for name in names]
            answer = await admin.create_topics(topics)
            failed = [error for error in answer.topic_errors if error[1]]
            assert not failed, f"topics could not be created: {failed}"
        finally:
            await admin.close()
        await asyncio.to_thread(wait_for_topics, self.bootstrap, list(names))

    async def create_ours(self, partitions: int, *, simulated_time: bool = False) -> None:
        """Create every topic of the catalogue as `stoplist topics create` does."""
        await self.create({topic.name: topic.config(simulated_time=simulated_time) for topic in TOPICS}, partitions)

    async def create_engine(self, application: str, output: str, partitions: int) -> None:
        """Create what the engine needs for the small job, named after the application, and its output topic."""
        stamped = {"message.timestamp.type": "LogAppendTime"}
        names = engine_topics(application)
        await self.create(
            {output: stamped, names["journal"]: stamped, names["snapshots"]: {**stamped, **_COMPACTED}}, partitions
        )

    async def delete_all(self) -> None:
        """Remove every topic but Kafka's own, so that one section pays nothing for another."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            names = [name for name in await admin.list_topics() if not name.startswith("__")]
            if names:
                await admin.delete_topics(names)
        finally:
            await admin.close()


@contextmanager
def running_node(*, fast: bool) -> Iterator[Node]:
    """The node named by STOPLIST_TEST_KAFKA, else one of our own that ends with the block."""
    given = os.environ.get(TEST_KAFKA)
    if given:
        yield Node(given, None)
        return
    with KafkaNode(fast=fast) as node:
        yield Node(node.bootstrap, node.server.pid)
