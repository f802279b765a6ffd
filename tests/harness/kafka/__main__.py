"""`python -m tests.harness.kafka` fetches Kafka's jars and prepares starts, so that no test's time includes that."""

import sys

from tests.harness.kafka import KafkaNode, prepared
from tests.harness.kafka.jars import jars, kafka_missing
from tests.harness.records import create_topics, produce, read_all


def prepare() -> None:
    """Keep what a node's start leaves for the next ones: its classes, and those of the first requests."""
    with KafkaNode(preparing=True) as node:
        create_topics(node.bootstrap, {"t": 1}, {"cleanup.policy": "compact"})
        produce(node.bootstrap, "t", [(b"k", b"v")])
        read_all(node.bootstrap, "t")
        prepared.keep(node.home / "data" / prepared.CHECKPOINT, prepared.checkpoint())
        node.stop()
        if node.archive.exists():  # a Java without an archive of its own classes makes none of others
            prepared.keep(node.archive, prepared.archive())


if __name__ == "__main__":
    missing = kafka_missing()
    sys.stdout.write(f"Kafka's jars: {f'not fetched for want of {missing}' if missing else jars()}\n")
    if missing is None and not prepared.checkpoint().exists():
        prepare()
