"""What is done before a worker stops, so that it stops quickly."""

import asyncio
from typing import Final

from streams.engine.engine import Engine

CHECKPOINT_FIRST_S: Final = 1.5
"""How long a worker told to end goes on for the sake of checkpoints: what it writes then does not delay decisions."""
_LOOKED_AGAIN_S: Final = 0.02


async def checkpoint_soon(engine: Engine, seconds: float = CHECKPOINT_FIRST_S) -> None:
    """Write checkpoints while everything goes on, so that a stop right after has little left to write.

    Returns when they are written, or after `seconds`.
    """
    owned = [partition.owned for partition in engine.partitions.values()]
    for one in owned:
        one.checkpoint_by = one.n
    clock = asyncio.get_running_loop().time
    give_up = clock() + seconds
    while any(one.c < one.checkpoint_by for one in owned) and engine.failure is None and clock() < give_up:  # noqa: ASYNC110
        await asyncio.sleep(_LOOKED_AGAIN_S)  # partitions go on by themselves
