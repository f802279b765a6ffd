"""Who may keep the event loop busy: one piece of work at a time, and between two of them what came in is heard.

Folding a chunk takes milliseconds in which nothing else runs. If every partition that is ready folded in the same pass
of the loop, the acknowledgement that another one waits for would be heard after all of them. But a few records are
folded in less time than it takes to send what they make: such turns are given together, and leave in one request.
"""

import asyncio
from heapq import heappop, heappush
from typing import Final

from schemas.records import NEVER, Instant

LAST: Final = NEVER
"""`since` of work that can wait for everything else."""
ALONE: Final = 1.0
"""Seconds of a turn that nobody shares."""
_TOGETHER_S: Final = 0.005
"""Of all turns that are given in one pass: as long as a short chunk of one partition takes (`pace`)."""
_HEARD_PASSES: Final = 10
"""Passes of the loop from an acknowledgement on the wire to the request that it allows."""


class Turns:
    """The turns of one worker's partitions."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Instant, int, asyncio.Future[None], float]] = []
        self._asked = 0
        self._giving: asyncio.Task[None] | None = None

    async def next(self, since: Instant, seconds: float = ALONE) -> None:
        """Wait for the turn, which ends with the caller's next await. The earliest `since` goes first.

        `seconds`: how long it keeps the loop busy, about.
        """
        self._asked += 1
        turn = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (since, self._asked, turn, seconds))
        if self._giving is None:
            self._giving = asyncio.ensure_future(self._give())
        await turn

    async def _give(self) -> None:
        while self._give_some():
            await asyncio.sleep(0)  # the holders run before this goes on
            for _ in range(_HEARD_PASSES):
                if not self._waiting:
                    break
                await asyncio.sleep(0)
        self._giving = None

    def _give_some(self) -> bool:
        """Turns for the first, and for those after it while all of them together are short; False: none waits."""
        given, seconds = 0, 0.0
        while self._waiting and (not given or seconds + self._waiting[0][3] <= _TOGETHER_S):
            _, _, turn, takes = heappop(self._waiting)
            if not turn.done():  # else cancelled: its partition was revoked meanwhile
                turn.set_result(None)
                given, seconds = given + 1, seconds + takes
        return given > 0
