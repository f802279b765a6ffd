"""Several Apache Kafka nodes that replicate to each other."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from tests.harness.kafka.jars import jars
from tests.harness.kafka.node import KafkaNode, new_address, new_cluster_id
from tests.harness.starting import Started


class KafkaCluster(Started):
    """`with KafkaCluster(3) as cluster:` gives three nodes of one cluster; kill or pause any of `cluster.nodes`."""

    def __init__(self, size: int = 3, settings: Mapping[str, str] | None = None) -> None:
        members = tuple(new_address(number) for number in range(1, size + 1))
        cluster_id = new_cluster_id()
        self.nodes = [
            KafkaNode(settings, members=members, node_id=member.node_id, cluster_id=cluster_id) for member in members
        ]

    @property
    def bootstrap(self) -> str:
        """`host:port` of every node, separated by commas."""
        return ",".join(node.bootstrap for node in self.nodes)

    def start(self) -> Self:
        """All at once; returns when each can be used."""
        jars()  # once, before the nodes want them all at the same time
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(KafkaNode.start, self.nodes))  # none is ready before most of them are
        return self

    def close(self) -> None:
        """End all at once and remove their data."""
        for node in self.nodes:
            node.close()
