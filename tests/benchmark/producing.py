"""Appends records in whole batches to explicit partitions, as fast as one Python process can."""

import asyncio
from collections.abc import Iterable
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2

from tests.benchmark.progress import Progress

BATCH_BYTES_MAX = 500_000
_PENDING_MAX = 64


class Record(NamedTuple):
    """One record to append; `timestamp` None leaves it to the broker."""

    topic: str
    partition: int
    timestamp: int | None
    key: bytes | None
    value: bytes
    headers: list[tuple[str, bytes]] = []


def partition_of(key: bytes, count: int) -> int:
    """The partition of a key, by the partitioner that all of Kafka's clients share."""
    return int((murmur2(key) & 0x7FFFFFFF) % count)


def new_producer(bootstrap: str) -> AIOKafkaProducer:
    """Batches go out at once, in order, acknowledged."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES_MAX,
        max_request_size=8 << 20,
        linger_ms=0,
    )


async def append_all(bootstrap: str, records: Iterable[Record], said: str) -> int:
    """Append everything, in order for each partition; how many there were."""
    producer = new_producer(bootstrap)
    await producer.start()
    open_batches: dict[tuple[str, int], Any] = {}
    pending: set[asyncio.Future[Any]] = set()
    count = 0

    async def send(target: tuple[str, int]) -> None:
        batch = open_batches.pop(target)
        if len(pending) >= _PENDING_MAX:
            done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            pending.difference_update(done)
            for future in done:
                future.result()
        pending.add(await producer.send_batch(batch, target[0], partition=target[1]))

    progress = Progress(said)
    try:
        for record in records:
            target = (record.topic, record.partition)
            batch = open_batches.get(target)
            if batch is None:
                batch = open_batches[target] = producer.create_batch()
            parts = {"key": record.key, "value": record.value, "timestamp": record.timestamp, "headers": record.headers}
            if batch.append(**parts) is None:
                await send(target)
                batch = open_batches[target] = producer.create_batch()
                batch.append(**parts)
            count += 1
            if count % 20_000 == 0:
                progress.at(count)
        for target in list(open_batches):
            await send(target)
        await asyncio.gather(*pending)
    finally:
        await producer.stop()
    progress.end(count)
    return count
