"""Reading whole batches in a recovery: compressed, of transactions, and while the broker restarts."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from streams.engine.reading import Reader
from streams.engine.settings import EngineSettings
from tests.engine.world import World, keys_of, value
from tests.harness.components import Broker
from tests.harness.records import create_topics

pytestmark = pytest.mark.kafka
CODECS = ("gzip", "snappy", "lz4", "zstd")


async def _send_batches(bootstrap: str, topic: str, batches: Sequence[Sequence[bytes]]) -> None:
    """Each batch as it is, to partition 0."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        for values in batches:
            batch = producer.create_batch()
            for one in values:
                assert batch.append(key=None, value=one, timestamp=None) is not None
            await (await producer.send_batch(batch, topic, partition=0))
    finally:
        await producer.stop()


async def _span(bootstrap: str, topic: str, start: int, end: int, **how: Any) -> list[tuple[int, bytes]]:
    """(offset, value) of what a recovery reads from `start` up to `end`."""
    async with Reader(EngineSettings(bootstrap_servers=(bootstrap,))) as reader:
        tp = TopicPartition(topic, 0)
        return [(one.offset, one.value) async for read in reader.span(tp, start, end, **how) for one in read]


@pytest.mark.parametrize("codec", CODECS)
def test_compressed_batches_are_read_as_they_were_sent(kafka: Broker, unique: str, codec: str) -> None:
    create_topics(kafka.bootstrap, [unique], {"compression.type": codec})  # the broker compresses
    values = [f"{number} {'x' * 500}".encode() for number in range(30)]
    asyncio.run(_send_batches(kafka.bootstrap, unique, [values[:10], values[10:25], values[25:]]))
    sent = list(enumerate(values))
    assert asyncio.run(_span(kafka.bootstrap, unique, 0, 30)) == sent
    assert asyncio.run(_span(kafka.bootstrap, unique, 13, 27)) == sent[13:27], "from within a batch to within another"


@pytest.mark.parametrize("codec", CODECS)
def test_a_worker_folds_compressed_records_and_folds_them_again(world: Callable[..., World], codec: str) -> None:
    one = world(chunk_records_max=10, snapshot_interval_ms=3_600_000)
    one.create(input_config={"message.timestamp.type": "LogAppendTime", "compression.type": codec})
    key = keys_of(0, 1)[0]
    one.send(0, [(key, value())] * 16)
    assert one.ended(one.start(fault="commit:1")) == -9, one.tail()
    with one.worker():
        one.wait_folded()
    assert sorted(one.by_id()) == [f"{key.decode()}:{sequence}" for sequence in (1, 2)]
