"""Checkpoints are wanted before a stop, and waited for, but not for long; pure."""

import asyncio
from types import SimpleNamespace
from typing import Any

from streams.engine.engine import Engine
from streams.engine.ownership import Ownership
from streams.engine.settings import EngineSettings
from streams.engine.stopping import checkpoint_soon
from tests.engine.counting import CountingFold


def _engine(*chunks: tuple[int, int]) -> tuple[Engine, list[Ownership]]:
    """(last chunk, last checkpoint) of each partition."""
    engine = Engine(EngineSettings(), CountingFold())
    nothing: Any = None
    owned = [Ownership(number, nothing, nothing, n, c, {}) for number, (n, c) in enumerate(chunks)]
    for number, one in enumerate(owned):
        engine.partitions[number] = SimpleNamespace(owned=one)  # type: ignore[assignment]
    return engine, owned


def test_it_waits_until_a_checkpoint_covers_the_chunks_there_were() -> None:
    engine, owned = _engine((7, 3), (4, 4))

    async def stop() -> list[bool]:
        waiting = asyncio.ensure_future(checkpoint_soon(engine, 60))
        await asyncio.sleep(0)
        wanted = [one.checkpoint_by for one in owned]
        owned[0].n = 9  # decisions go on: what came later is not waited for
        before = waiting.done()
        owned[0].c = 7
        await asyncio.wait_for(waiting, 30)
        return [wanted == [7, 4], before]

    assert asyncio.run(stop()) == [True, False]


def test_it_does_not_wait_for_ever_nor_after_a_failure() -> None:
    engine, _ = _engine((7, 3))
    asyncio.run(asyncio.wait_for(checkpoint_soon(engine, 0.05), 30))
    engine.failure = ValueError()
    asyncio.run(asyncio.wait_for(checkpoint_soon(engine, 3600), 30))
