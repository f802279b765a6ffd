"""Asks «may I ship» at a fixed rate over kept connections, whatever the answers take: an open loop.

A latency counts from the moment the call was due, not from when a connection was free for it, so a stall of the server
is felt by everybody who would have asked meanwhile.
"""

import asyncio
import time
from collections import deque

from tests.benchmark.processes import Failed

_ANSWERED_SECONDS_MAX = 30


class Caller(asyncio.Protocol):
    """One connection; calls are answered in the order of asking."""

    def __init__(self, took: list[float], statuses: dict[bytes, int]) -> None:
        self._took = took
        self._statuses = statuses
        self._due: deque[float] = deque()
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._idle = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    async def answered(self) -> None:
        """Until no call is open."""
        self._idle.clear()
        if self._due:
            await self._idle.wait()

    @property
    def busy(self) -> int:
        """Calls not answered yet."""
        return len(self._due)

    def call(self, request: bytes, due: float) -> None:
        """Send one. Raises Failed when the server has closed the connection."""
        assert self._transport is not None
        if self._transport.is_closing():
            raise Failed("the server closed a connection")
        self._due.append(due)
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take whole answers off."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            at = head.index(b"content-length:") + 15
            length = int(head[at : head.find(b"\r", at) if head.find(b"\r", at) >= 0 else None])
            if len(self._buffer) < end + 4 + length:
                return
            status = head[9:12]
            self._statuses[status] = self._statuses.get(status, 0) + 1
            self._took.append(time.perf_counter() - self._due.popleft())
            self._buffer = self._buffer[end + 4 + length :]
        if not self._due:
            self._idle.set()


async def offer(
    port: int, requests: list[bytes], rate: int, seconds: float, connections: int = 16
) -> tuple[list[float], dict[bytes, int]]:
    """Offer `rate` calls a second, going round `requests`; seconds each took, and how many answers of each status."""
    took: list[float] = []
    statuses: dict[bytes, int] = {}
    loop = asyncio.get_running_loop()
    callers = [
        (await loop.create_connection(lambda: Caller(took, statuses), "127.0.0.1", port))[1] for _ in range(connections)
    ]
    count, began = round(rate * seconds), time.perf_counter()
    for number in range(count):
        due = began + number / rate
        wait = due - time.perf_counter()
        if wait > 0.0005:
            await asyncio.sleep(wait)
        elif number % 8 == 0:
            await asyncio.sleep(0)  # late: answers are read all the same
        turn = number % connections  # in turn: the server closes a connection that is idle for seconds
        free = min(callers[turn:] + callers[:turn], key=lambda caller: caller.busy)
        free.call(requests[number % len(requests)], due)
    async with asyncio.timeout(_ANSWERED_SECONDS_MAX):
        await asyncio.gather(*(caller.answered() for caller in callers))
    return took, statuses
