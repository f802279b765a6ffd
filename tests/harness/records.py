"""Topics and records for tests: make, send, read until a condition holds."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaConnectionError

from streams.cli.topic_readiness import wait_until_usable
from tests.harness.waiting import SECONDS_MAX


class Sent(NamedTuple):
    """A record to send. `partition` None: by the key; `timestamp_ms` None: now."""

    value: bytes | None
    key: bytes | None = None
    partition: int | None = None
    timestamp_ms: int | None = None
    headers: Sequence[tuple[str, bytes]] = ()


class Read(NamedTuple):
    """A record as it was read."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


def create_topics(
    bootstrap: str,
    topics: Mapping[str, int] | Iterable[str],
    config: Mapping[str, str] | None = None,
    replication_factor: int = 1,
) -> None:
    """Make topics, by name with their partition counts (one without), and wait until all partitions have leaders."""
    counts = dict(topics) if isinstance(topics, Mapping) else dict.fromkeys(topics, 1)
    wanted = {
        name: {"num_partitions": count, "replication_factor": replication_factor, "configs": dict(config or {})}
        for name, count in counts.items()
    }
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.create_topics(wanted)
    wait_for_topics(bootstrap, list(counts))


def wait_for_topics(bootstrap: str, names: Sequence[str]) -> None:
    """Until every partition of topics that somebody has made is served by a leader."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        wait_until_usable(admin, names, SECONDS_MAX)


def without_leader(bootstrap: str, names: Sequence[str]) -> list[tuple[str, int]]:
    """Partitions of these topics that no broker leads, as far as the brokers know by now."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        try:
            topics = admin.describe_topics(names)
        except KafkaConnectionError:  # it was a broker that is away which was asked
            return []
        return [
            (topic["name"], partition["partition_index"])
            for topic in topics
            for partition in topic["partitions"]
            if partition["leader_id"] < 0
        ]


def delete_topics(bootstrap: str, names: Iterable[str]) -> None:
    """Remove topics."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.delete_topics(list(names))


def produce(bootstrap: str, topic: str, records: Iterable[Sent | tuple[bytes | None, bytes | None]]) -> list[int]:
    """Send records, or (key, value) pairs, in order; returns their offsets when all are acknowledged."""
    options: dict[str, Any] = {"acks": "all", "enable_idempotence": True, "linger_ms": 2}
    with closing(KafkaProducer(bootstrap_servers=bootstrap, **options)) as producer:
        futures = []
        for record in records:
            sent = record if isinstance(record, Sent) else Sent(record[1], record[0])
            futures.append(
                producer.send(
                    topic,
                    sent.value,
                    sent.key,
                    headers=list(sent.headers),
                    partition=sent.partition,
                    timestamp_ms=sent.timestamp_ms,
                )
            )
        return [int(future.get(timeout=SECONDS_MAX).offset) for future in futures]


def consume(
    bootstrap: str,
    topics: str | Sequence[str],
    until: int | Callable[[list[Read]], bool],
    seconds: float = SECONDS_MAX,
) -> list[Read]:
    """Read topics from their beginnings until there are so many records, or until `until(records)` says enough.

    A partition's records come in order; those of different partitions mixed. Raises TimeoutError that tells the last
    records when it takes longer than `seconds`.
    """
    deadline = time.monotonic() + seconds
    records: list[Read] = []
    enough = until if callable(until) else lambda read: len(read) >= until
    with closing(_reader(bootstrap, topics)) as consumer:
        while not enough(records):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{topics}: {len(records)} records in {seconds:g} s; the last: {records[-3:]!r}")
            records += _polled(consumer)
    return records


def read_all(bootstrap: str, topics: str | Sequence[str], seconds: float = SECONDS_MAX) -> list[Read]:
    """Everything that topics hold at the time of the call."""
    deadline = time.monotonic() + seconds
    records: list[Read] = []
    with closing(_reader(bootstrap, topics)) as consumer:
        ends = consumer.end_offsets(list(consumer.assignment()))
        # by position, not by count: compaction and transactions leave gaps
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{topics}: only {len(records)} records in {seconds:g} s, ends are {ends!r}")
            records += _polled(consumer)
    return [record for record in records if record.offset < ends[TopicPartition(record.topic, record.partition)]]


def end_offsets(bootstrap: str, topic: str) -> dict[int, int]:
    """The next offset of each partition."""
    with closing(_reader(bootstrap, topic)) as consumer:
        ends = consumer.end_offsets(list(consumer.assignment()))
        return {partition.partition: end for partition, end in ends.items()}


def _reader(bootstrap: str, topics: str | Sequence[str]) -> Any:
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    names = [topics] if isinstance(topics, str) else list(topics)
    partitions = [
        TopicPartition(name, number) for name in names for number in sorted(consumer.partitions_for_topic(name) or ())
    ]
    missing = set(names) - {partition.topic for partition in partitions}
    if missing:
        consumer.close()
        raise LookupError(f"no such topics on {bootstrap}: {sorted(missing)}")
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    return consumer


def _polled(consumer: Any) -> list[Read]:
    return [
        Read(
            record.topic,
            record.partition,
            record.offset,
            record.timestamp,
            record.key,
            record.value,
            tuple(record.headers),
        )
        for batch in consumer.poll(timeout_ms=100).values()
        for record in batch
    ]
