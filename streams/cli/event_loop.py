"""The event loop of the commands that serve or follow for long: uvloop where the system has it."""

import asyncio
from collections.abc import Coroutine
from typing import Any


def run_in_loop(work: Coroutine[Any, Any, None]) -> None:
    """As `asyncio.run`; sockets are read in C where that is possible, which halves what a record costs to follow."""
    try:
        import uvloop
    except ImportError:  # not on every system
        asyncio.run(work)
        return
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)
