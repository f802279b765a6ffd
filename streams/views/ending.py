"""Ends what runs beside: tasks are cancelled until they are over, consumers of Kafka stopped to the last task."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer

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


def is_cancelled() -> bool:
    """Whether somebody asked the running task to end. A CancelledError that it gets otherwise is that of a task it
    waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def stopped(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer; raises CancelledError only where that was asked of the running task.

    The client cancels its own tasks when it stops and waits for them. One that had not begun, or that waits after a
    fetch that failed, hands its CancelledError to whoever stops the client, and the rest is left running (aiokafka
    issue 647).
    """
    try:
        await consumer.stop()
        return
    except asyncio.CancelledError:
        if is_cancelled():
            raise
    for part in (consumer._fetcher, consumer._client):
        try:
            if part is not None:
                await part.close()
        except asyncio.CancelledError:
            if is_cancelled():
                raise
