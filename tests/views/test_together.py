"""Reads that go to Redis together: everybody gets their own, a failure is for all, who left is waited for by nobody."""

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from streams.views.serving.together import ReadTogether
from tests.harness.components import RedisAddress
from tests.harness.redis import RedisServer

pytestmark = pytest.mark.redis


def test_each_caller_gets_its_own(redis_server: RedisAddress, unique: str) -> None:
    async def run() -> None:
        async with Redis.from_url(redis_server.url) as client:
            for number in range(600):
                await client.hset(f"{unique}{number}", "a", str(number))
            together = ReadTogether(client, ["a", "b"])
            left = asyncio.create_task(together.read(f"{unique}7"))
            reads = [asyncio.create_task(together.read(f"{unique}{number}")) for number in range(600)]
            await asyncio.sleep(0)
            left.cancel()
            found = await asyncio.gather(*reads)
            assert found == [[str(number).encode(), None] for number in range(600)]
            assert await together.read(f"{unique}nothing") == [None, None]
            await client.delete(*(f"{unique}{number}" for number in range(600)))

    asyncio.run(run())


def test_a_redis_that_is_gone_fails_every_call_and_the_next_ones_go_on(redis_node: RedisServer) -> None:
    async def run() -> None:
        async with Redis.from_url(redis_node.url) as client:
            together = ReadTogether(client, ["a"])
            assert await together.read("k") == [None]
            redis_node.kill()
            found = await asyncio.gather(*(together.read("k") for _ in range(5)), return_exceptions=True)
            assert all(isinstance(one, RedisError) for one in found)
            redis_node.start()
            assert await together.read("k") == [None]

    asyncio.run(run())
