"""The projector's connection: commands go out while answers are on their way, and a failure fails what it should."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from streams.views.projection.line import Line
from tests.harness.components import RedisAddress

pytestmark = pytest.mark.redis
_SLOW = "local n = 0 for i = 1, 20000000 do n = n + i end return ARGV[1]"


def on_line(address: RedisAddress, act: Callable[[Redis, Line], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with Redis.from_url(address.url) as client:
            await client.flushdb()
            return await act(client, Line(client))

    return asyncio.run(run())


def test_calls_are_done_in_their_order_and_each_has_its_own_answers(redis_server: RedisAddress) -> None:
    async def act(_: Redis, line: Line) -> Any:
        calls = [[("EVAL", _SLOW, 0, n), ("RPUSH", "l", n), ("LLEN", "l")] for n in range(3)]
        answers = await asyncio.gather(*(line.ask(call) for call in calls))
        return answers, await line.ask([("LRANGE", "l", 0, -1)])

    assert on_line(redis_server, act) == (
        [[b"0", 1, 1], [b"1", 2, 2], [b"2", 3, 3]],
        [[b"0", b"1", b"2"]],
    )


def test_a_refused_command_is_raised_after_all_answers_and_the_line_goes_on(redis_server: RedisAddress) -> None:
    async def act(_: Redis, line: Line) -> Any:
        first = asyncio.ensure_future(line.ask([("SET", "a", 1), ("INCR", "a", "b"), ("GET", "a")]))
        second = asyncio.ensure_future(line.ask([("GET", "a")]))
        with pytest.raises(ResponseError):
            await first
        return await second

    assert on_line(redis_server, act) == [b"1"]


def test_a_lost_connection_fails_every_call_on_it_and_the_next_has_a_new_one(redis_server: RedisAddress) -> None:
    async def act(client: Redis, line: Line) -> Any:
        (number,) = await line.ask([("CLIENT", "ID")])
        failing = [asyncio.ensure_future(line.ask([("BLPOP", "never", 0)])) for _ in range(2)]
        await _waits(client, number)
        await client.client_kill_filter(_id=number)
        failed = await asyncio.gather(*failing, return_exceptions=True)
        (other,) = await line.ask([("CLIENT", "ID")])
        return [isinstance(one, RedisError) for one in failed], other != number

    assert on_line(redis_server, act) == ([True, True], True)


def test_a_cancelled_call_leaves_no_answer_to_the_next(redis_server: RedisAddress) -> None:
    async def act(client: Redis, line: Line) -> Any:
        (number,) = await line.ask([("CLIENT", "ID")])
        call = asyncio.ensure_future(line.ask([("BLPOP", "later", 0)]))
        await _waits(client, number)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await client.rpush("later", "old")
        return await line.ask([("ECHO", "new")])

    assert on_line(redis_server, act) == [b"new"]


async def _waits(client: Redis, number: int) -> None:
    """Until the connection of this number waits for an element."""
    while (await client.client_list(client_id=[number]))[0]["cmd"] != "blpop":  # noqa: ASYNC110
        await asyncio.sleep(0.01)
