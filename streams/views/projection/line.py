"""A connection to Redis on which commands go out while the answers to those before are still on their way.

A pipeline of the client library sends nothing before it has read all answers, so Redis is idle while its caller makes
the next commands ready.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.exceptions import ResponseError

from streams.views.client import RedisClient

Command = Sequence[Any]


class Line:
    """Redis does in the order of the calls what is asked; connects with the first call, and anew after a failure."""

    def __init__(self, redis: RedisClient) -> None:
        self._pool = redis.connection_pool
        self._connection: Any = None
        self._sending = asyncio.Lock()
        self._last: asyncio.Future[None] | None = None
        """Done when the call before has read its answers."""

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """The answers, in order. Raises the first ResponseError among them once all are read; RedisError, after which
        those asked before and since on the same connection fail as well."""
        async with self._sending:
            connection = self._connection
            if connection is None:
                connection = self._connection = await self._pool.get_connection()
            before, self._last = self._last, asyncio.get_running_loop().create_future()
            read = self._last
            try:
                await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
            except BaseException:
                await self._give_up(connection, read)
                raise
        try:
            if before is not None:
                await asyncio.shield(before)
            answers = [await _answer(connection) for _ in commands]
        except BaseException:
            await self._give_up(connection, read)
            raise
        read.set_result(None)
        for answer in answers:
            if isinstance(answer, ResponseError):
                raise answer
        return answers

    async def _give_up(self, connection: Any, read: "asyncio.Future[None]") -> None:
        """What still comes on the connection is nobody's answer.

        It does not go back to the pool: a call before may still be reading from it, and would from whatever it becomes.
        """
        read.set_result(None)
        if self._connection is connection:
            self._connection = None
            await connection.disconnect(nowait=True)


async def _answer(connection: Any) -> Any:
    try:
        return await connection.read_response(disable_decoding=True)
    except ResponseError as error:
        return error
