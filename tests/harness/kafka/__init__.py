"""Apache Kafka for tests: real nodes in KRaft mode, from Maven's jars, on free loopback ports."""

from tests.harness.kafka.cluster import KafkaCluster
from tests.harness.kafka.jars import kafka_missing
from tests.harness.kafka.node import KafkaNode

__all__ = ["KafkaCluster", "KafkaNode", "kafka_missing"]
