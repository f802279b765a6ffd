"""The worker's process: told to end by a signal or by a failure, stopped in order, ended with its exit code."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn

import faust

from streams.engine.failures import Refusal

EXIT_CLEAN: Final = 0
EXIT_STOPPED: Final = 1
EXIT_REFUSED: Final = 2


class EngineWorker(faust.Worker):
    """Faust's worker, whose end waits until everything has stopped.

    Faust waits for the stop that a signal began, but not for one that the program began itself: it closes the event
    loop meanwhile, under the consumer's thread, which then leaves neither the group nor the process in order.
    """

    def __init__(self, app: faust.App, loop: asyncio.AbstractEventLoop, stop_seconds: float) -> None:
        super().__init__(app, loop=loop, quiet=True, override_logging=False)
        self.spinner = None  # it hides the cursor, of a file as well
        self._stop_seconds = stop_seconds
        self.told_to_end = False
        """Whether a signal came before anything failed."""
        self.before_stop: Callable[[], Awaitable[None]] = _nothing
        """Awaited when a signal tells the worker to end, while everything goes on."""
        self.hurried = False
        """Whether a signal came while it was stopping already."""

    def fail(self, error: BaseException) -> None:
        """Stop because of a failure; the process ends within the time to stop, whatever the framework waits for."""
        _exit_after(self._stop_seconds, exit_code(error))
        if self._signal_stop_future is None:
            self._signal_stop_future = asyncio.ensure_future(self._stop())

    def _schedule_shutdown(self, signal: signal.Signals) -> None:
        if self._signal_stop_future is None:
            self.told_to_end = True
            self._signal_stop_future = asyncio.ensure_future(self._stop_in_order())
        else:
            self.hurried = True

    def _setproctitle(self, info: str, *, ident: str = "") -> None:
        """Keep the command line as it was typed: where setproctitle is installed, Faust's title would hide it."""

    async def _stop_in_order(self) -> None:
        await self.before_stop()
        await self._stop()

    async def _stop(self) -> None:
        await self.stop()
        if self._starting_fut is not None:
            self._starting_fut.cancel()

    def _shutdown_loop(self) -> None:
        """All that matters has stopped and the process ends next; what else still runs may use the loop until then.

        Faust's own waits two seconds here and closes it. Raises what crashed a service, as Faust's does.
        """
        if self.crash_reason is not None:
            raise self.crash_reason


async def _nothing() -> None:
    pass


def exit_code(error: BaseException) -> int:
    """Of a worker that stops because of this."""
    return EXIT_REFUSED if isinstance(error, Refusal) else EXIT_STOPPED


def end_process(code: int) -> NoReturn:
    """End at once: no thread or event loop of a library may change how a worker ends while the interpreter winds up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def tell_on(seconds: float) -> None:
    """Wait so long, or until a signal: the thread that answers for the worker says meanwhile why it stopped."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    told.wait(seconds)


def _exit_after(seconds: float, code: int) -> None:
    timer = threading.Timer(seconds, os._exit, (code,))  # unflushed: whoever reads our output may hang as well
    timer.daemon = True
    timer.start()
