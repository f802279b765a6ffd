"""Partitions that are revoked while they are being taken."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from streams.engine.engine import Engine
from streams.engine.ownership import Ownership
from streams.engine.settings import EngineSettings
from tests.engine.counting import CountingFold
from tests.engine.world import World

pytestmark = pytest.mark.kafka


class Slow(Engine):
    """Takes a partition only when told to go on."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.taking = asyncio.Event()
        self.go_on = asyncio.Event()

    async def _take(self, *args: Any) -> Ownership:
        self.taking.set()
        await self.go_on.wait()
        return await super()._take(*args)


def _engine(world: World) -> Slow:
    settings: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in world.settings.items()}
    engine = Slow(EngineSettings(**settings), CountingFold(world.prefix))

    class Nothing:
        """A consumer that has read every topic to its end."""

        def end_seen(self, *_: Any) -> int:
            return 0

        async def position_of(self, *_: Any) -> int:
            return 0

        def set_room(self, *_: Any) -> None: ...

        def group_answers(self) -> bool:
            return True

    engine.consumer = Nothing()
    return engine


@asynccontextmanager
async def _running(world: World) -> AsyncIterator[Slow]:
    engine = _engine(world)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


def test_a_partition_revoked_while_it_is_taken_is_not_worked_on(world: Callable[..., World]) -> None:
    one = world().create()

    async def run() -> int:
        async with _running(one) as engine:
            assigning = asyncio.ensure_future(engine.assign([0]))
            await engine.taking.wait()
            revoking = asyncio.ensure_future(engine.revoke({0}))
            await asyncio.sleep(0)
            engine.go_on.set()
            await asyncio.wait({assigning, revoking}, timeout=20)
            owned = list(engine.partitions)
        assert engine.failure is None
        return len(owned)

    assert asyncio.run(run()) == 0


def test_a_partition_assigned_again_while_it_is_taken_has_one_owner(world: Callable[..., World]) -> None:
    """Faust starts over when the group rebalances during a recovery; it does not end the first one."""
    one = world().create()

    async def run() -> None:
        async with _running(one) as engine:
            first = asyncio.ensure_future(engine.assign([0, 1]))
            await engine.taking.wait()
            revoking = asyncio.ensure_future(engine.revoke({0, 1}))
            await asyncio.sleep(0)
            engine.go_on.set()
            await asyncio.wait({revoking}, timeout=20)
            second = asyncio.ensure_future(engine.assign([0]))
            await asyncio.wait({first, second}, timeout=20)
            owned = list(engine.partitions)
        assert owned == [0]
        assert engine.failure is None

    asyncio.run(run())
