"""What runs beside is over when it is said to be."""

import asyncio

from streams.views.ending import ended


def test_a_task_that_loses_its_first_cancellation_is_ended_too() -> None:
    lost = 0

    async def deaf() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if lost:
                    raise
                lost += 1

    async def run() -> None:
        tasks = [asyncio.create_task(deaf()), asyncio.create_task(asyncio.sleep(60))]
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await ended(tasks)
        assert all(task.cancelled() for task in tasks)

    asyncio.run(run())
    assert lost == 1


def test_nothing_to_end_is_no_mistake() -> None:
    asyncio.run(ended([]))
