"""Reads what the worker publishes, as a dashboard would: each output of a client once, in order."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition

from schemas.catalogue import CLIENT_STATUS, DEAD_LETTERS, SHIPMENT_BLOCKS
from schemas.dead_letters import REASON_HEADER
from schemas.envelope import SequenceFilter


class Outputs:
    """Blocks, statuses and dead letters from the beginning."""

    def __init__(self, consumer: KafkaConsumer, partitions: int) -> None:
        self._consumer = consumer
        self._fresh = SequenceFilter()
        topics = (SHIPMENT_BLOCKS, CLIENT_STATUS, DEAD_LETTERS)
        assigned = [TopicPartition(topic, number) for topic in topics for number in range(partitions)]
        consumer.assign(assigned)
        consumer.seek_to_beginning(*assigned)

    def poll(self, wait_ms: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Topic and body of what came; of a dead letter, whose value is somebody's unusable record, only the reason."""
        for partition, records in self._consumer.poll(wait_ms).items():
            for record in records:
                if partition.topic == DEAD_LETTERS:
                    yield DEAD_LETTERS, {"reason": reason_of(record.headers)}
                    continue
                if record.value is None:
                    continue
                body = msgspec.json.decode(record.value, type=dict[str, Any])
                if self._fresh.passes(partition.topic, body["client_id"], body["sequence"]):
                    yield partition.topic, body


def reason_of(headers: Iterable[tuple[str, bytes]]) -> str:
    """Why a dead letter is one; "" for another writer's."""
    return dict(headers).get(REASON_HEADER, b"").decode(errors="replace")
