"""The ceiling: the small job in a bare loop over aiokafka, with its changelog, and none of what makes a worker safe.

No journal, no fence, no rebalance, no deadlines; a crash applies records twice. Environment as the other contestants'.
"""

import asyncio
import os
from collections.abc import Iterable
from typing import Any

import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.benchmark.names import engine_topics
from tests.benchmark.results import Stopwatch
from tests.benchmark.small_job import State, decode_event, fold

CHUNK_RECORDS_MAX = 10_000


async def send(producer: Any, topic: str, partition: int, pairs: Iterable[tuple[bytes, bytes]]) -> list[Any]:
    """Whole batches to one partition; the futures of their acknowledgements."""
    futures = []
    batch = producer.create_batch()
    for key, value in pairs:
        if batch.append(key=key, value=value, timestamp=None) is None:
            futures.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=None)
    if batch.record_count():
        futures.append(await producer.send_batch(batch, topic, partition=partition))
    return futures


async def main() -> None:
    """Fold N events: chunk by chunk, changelog and outputs, their acknowledgements, the offsets."""
    broker, application, output = os.environ["BROKER"], os.environ["APP_ID"], os.environ["OUTPUT"]
    changelog = engine_topics(application)["snapshots"]
    encode = msgspec.msgpack.Encoder().encode
    watch = Stopwatch(int(os.environ["N"]))
    consumer = AIOKafkaConsumer(
        os.environ["INPUT"],
        bootstrap_servers=broker,
        group_id=application,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=2 << 20,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=broker, acks="all", enable_idempotence=True, max_batch_size=512 << 10, linger_ms=0
    )
    await producer.start()
    await consumer.start()
    stores: dict[Any, dict[bytes, State]] = {}
    while not watch.done:
        chunk = await consumer.getmany(timeout_ms=1000, max_records=CHUNK_RECORDS_MAX)
        if not chunk:
            continue
        watch.begin()
        futures: list[Any] = []
        for tp, records in chunk.items():
            store = stores.setdefault(tp, {})
            touched: dict[bytes, State] = {}
            moves: list[tuple[bytes, bytes]] = []
            for record in records:
                key = record.key
                state = store.get(key)
                if state is None:
                    state = store[key] = State()
                moved = fold(state, decode_event(record.value))
                touched[key] = state
                if moved is not None:
                    moves.append((key, moved))
            pairs = ((key, encode(state)) for key, state in touched.items())
            futures += await send(producer, changelog, tp.partition, pairs)
            futures += await send(producer, output, tp.partition, moves)
        watch.handled(sum(len(records) for records in chunk.values()))
        await asyncio.gather(*futures)
        await consumer.commit({tp: records[-1].offset + 1 for tp, records in chunk.items()})
    watch.flushed()
    await consumer.stop()
    await producer.stop()


if __name__ == "__main__":
    uvloop.run(main())
