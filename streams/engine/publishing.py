"""Appends and publishes through aiokafka: whole batches to explicit partitions, acknowledged by all replicas.

Nothing here sends a record a second time (rule 18); the idempotent producer may, inside one request.
"""

import asyncio
from collections.abc import Iterable
from itertools import repeat
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.structs import RecordMetadata

from schemas.records import Header, Instant, Output
from streams.engine.failures import Stopped
from streams.engine.made import Made
from streams.engine.misrouting import partition_of
from streams.engine.settings import EngineSettings

UNKNOWN_OFFSET: Final = -1
_OUTPUTS: Final = ""
LOSS_HEADER: Final = "stoplist-loss"

Record = tuple[bytes | None, bytes | None, list[Header]]
"""key, value, headers."""


class Publisher:
    """Idempotent producers, one for each kind of record: a producer has one request open to a broker at a time, and
    an append to the journal must not wait behind a snapshot."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._producers: dict[str, AIOKafkaProducer] = {}
        self.partitions = 1
        """How many every topic has; known once the engine has asked."""
        self.published: dict[str, int] = {}
        """Records acknowledged, by output topic."""
        self.marks: list[Header] = []
        """Headers that every output carries; they say that a loss was accepted."""

    def _new(self, batch_bytes_max: int) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=list(self._settings.bootstrap_servers),
            client_id=self._settings.client_id,
            acks="all",
            enable_idempotence=True,
            max_batch_size=batch_bytes_max,
            max_request_size=64 << 20,
            linger_ms=0,
            request_timeout_ms=self._settings.request_timeout_ms,
            **self._settings.security.client_settings(),
        )

    async def start(self) -> None:
        """Connect. Raises aiokafka's KafkaConnectionError."""
        settings = self._settings
        for topic in (settings.journal_topic, _OUTPUTS):
            self._producers[topic] = self._new(settings.batch_bytes_max)
        self._producers[settings.snapshot_topic] = self._new(settings.snapshot_batch_bytes_max)
        await asyncio.gather(*(producer.start() for producer in self._producers.values()))

    def _producer(self, topic: str) -> AIOKafkaProducer:
        return self._producers.get(topic) or self._producers[_OUTPUTS]

    async def stop(self) -> None:
        """Close the connections; what was not awaited may or may not have been sent."""
        await asyncio.gather(*(producer.stop() for producer in self._producers.values()))

    async def append(self, topic: str, partition: int, value: bytes) -> RecordMetadata:
        """Append one record; its metadata, the offset `UNKNOWN_OFFSET` when the broker gave none. Raises Stopped."""
        producer = self._producer(topic)
        batch = producer.create_batch()
        batch.append(key=None, value=value, timestamp=None)
        try:
            return await (await producer.send_batch(batch, topic, partition=partition))
        except Exception as error:
            raise Stopped(f"appending to {topic}/{partition} failed: {error!r}", "append_failed") from error

    async def write(
        self, topic: str, partition: int, records: Iterable[Record], timestamps: Iterable[Instant | None] = repeat(None)
    ) -> list[tuple[int, int]]:
        """Write the records in order, each request after the acknowledgement of the one before (rule 12).

        `timestamps`: of the records, where the topic keeps its senders'; None: now. The (first offset, count) of every
        request. Raises Stopped at the first failure.
        """
        written: list[tuple[int, int]] = []
        create_batch = self._producer(topic).create_batch
        batch = create_batch()
        for (key, value, headers), timestamp in zip(records, timestamps, strict=False):
            if batch.append(key=key, value=value, timestamp=timestamp, headers=headers) is None:
                written.append(await self._send(batch, topic, partition))
                batch = create_batch()
                batch.append(key=key, value=value, timestamp=timestamp, headers=headers)
        if batch.record_count():
            written.append(await self._send(batch, topic, partition))
        return written

    async def _send(self, batch: Any, topic: str, partition: int) -> tuple[int, int]:
        count = batch.record_count()
        try:
            metadata = await (await self._producer(topic).send_batch(batch, topic, partition=partition))
        except Exception as error:
            raise Stopped(f"publishing to {topic}/{partition} failed: {error!r}", "append_failed") from error
        return metadata.offset, count

    async def publish(self, partition: int, made: Made) -> dict[str, list[tuple[int, int]]]:
        """Publish what a chunk made; returns when all of it is acknowledged (rule 12). Raises Stopped.

        By topic, the (first offset, count) of the requests to the chunk's own partition.
        """
        by_target: dict[tuple[str, int], list[Record]] = {}
        timestamps: dict[tuple[str, int], list[Instant | None]] = {}
        keyed = self._settings.keyed_topics
        for output in made.here:
            if output.topic not in keyed:
                self._add(by_target, partition, output)
                continue
            target = partition_of(output.key or b"", self.partitions)
            self._add(by_target, target, output)
            timestamps.setdefault((output.topic, target), []).append(output.timestamp)
        for partition_right, output, timestamp in made.elsewhere:
            self._add(by_target, partition_right, output)
            timestamps.setdefault((output.topic, partition_right), []).append(timestamp)
        targets = list(by_target)
        writes = [self.write(*target, by_target[target], timestamps.get(target, repeat(None))) for target in targets]
        results = [await writes[0]] if len(writes) == 1 else await asyncio.gather(*writes)
        for (topic, _), records in by_target.items():
            self.published[topic] = self.published.get(topic, 0) + len(records)
        return {
            topic: written for (topic, target), written in zip(targets, results, strict=True) if target == partition
        }

    def _add(self, by_target: dict[tuple[str, int], list[Record]], partition: int, output: Output) -> None:
        headers = output.headers if not self.marks else [*output.headers, *self.marks]
        record = (output.key, output.value, headers)
        try:
            by_target[output.topic, partition].append(record)
        except KeyError:
            by_target[output.topic, partition] = [record]

    def mark_loss(self) -> None:
        """From now on every output says that somebody accepted a loss."""
        self.marks = [(LOSS_HEADER, b"accepted")]
