"""Who may keep the event loop busy: one piece of work at a time, and between two of them what came in is heard.

Folding a chunk takes milliseconds in which nothing else runs. If every partition that is ready folded in the same pass
of the loop, the acknowledgement that another one waits for would be heard after all of them.
"""

import asyncio
from heapq import heappop, heappush
from typing import Final

from schemas.records import NEVER, Instant

LAST: Final = NEVER
"""`since` of work that can wait for everything else."""
_HEARD_PASSES: Final = 10
"""Passes of the loop from an acknowledgement on the wire to the request that it allows."""


class Turns:
    """The turns of one worker's partitions."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Instant, int, asyncio.Future[None]]] = []
        self._asked = 0
        self._giving: asyncio.Task[None] | None = None

    async def next(self, since: Instant) -> None:
        """Wait for the turn, which ends with the caller's next await. The earliest `since` goes first."""
        self._asked += 1
        turn = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (since, self._asked, turn))
        if self._giving is None:
            self._giving = asyncio.ensure_future(self._give())
        await turn

    async def _give(self) -> None:
        while self._waiting:
            turn = heappop(self._waiting)[2]
            if turn.done():  # cancelled: its partition was revoked meanwhile
                continue
            turn.set_result(None)
            await asyncio.sleep(0)  # the holder runs before this goes on
            for _ in range(_HEARD_PASSES):
                if not self._waiting:
                    break
                await asyncio.sleep(0)
        self._giving = None
