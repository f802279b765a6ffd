"""A consumer asks a broker that does not hold empty fetches some fifty times a second, not hundreds of times."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.protocol.fetch import FetchRequest

from streams.engine.pacing import pace
from tests.harness.embedded import Embedded

pytestmark = pytest.mark.kafka


def test_empty_fetches_are_spaced_out_and_records_still_come(embedded: Embedded) -> None:
    async def run() -> None:
        async with AIOKafkaProducer(bootstrap_servers=embedded.bootstrap) as producer:
            await producer.send_and_wait("paced", b"1")
            consumer = AIOKafkaConsumer(bootstrap_servers=embedded.bootstrap, auto_offset_reset="earliest")
            client, asked = consumer._client, [0.0]
            send, loop = client.send, asyncio.get_running_loop()

            async def counted(node_id: int, request: object, **how: object) -> object:
                if isinstance(request, FetchRequest):
                    asked.append(loop.time())
                return await send(node_id, request, **how)

            client.send = counted
            async with pace(consumer):
                consumer.assign([TopicPartition("paced", 0)])
                assert (await consumer.getone()).value == b"1"
                while len(asked) < 12:  # nothing comes: a fetch or two are sent ahead, the others wait
                    assert not await consumer.getmany(timeout_ms=10)
                assert min(later - sooner for sooner, later in zip(asked[-8:], asked[-7:], strict=False)) >= 0.019
                await producer.send_and_wait("paced", b"2")
                assert (await consumer.getone()).value == b"2"

    asyncio.run(run())
