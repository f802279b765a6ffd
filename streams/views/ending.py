"""Ends what runs beside: tasks are cancelled until they are over."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

_AGAIN_S: Final = 0.5


async def ended(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel the tasks and wait for them, whatever they end with.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, which the Kafka client uses, loses a cancellation that
    comes together with what it waits for (cpython issue 86296), and a loop around it would run on for ever.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN_S)
