"""An event loop with its own time, in which the callbacks of a simulated process can be held back or dropped.

A process is known by the context of its tasks. Dead: none of its callbacks runs any more, not even a `finally`, as
after SIGKILL. Paused: they wait in order, as after SIGSTOP. So a fault may strike between any two steps.
"""

import asyncio
from asyncio import base_events
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from heapq import heappop, heappush
from typing import Any, TypeVarTuple

_Args = TypeVarTuple("_Args")

PROCESS: ContextVar["Process | None"] = ContextVar("process", default=None)


class Killed(BaseException):
    """Leaves the callback in which a process was killed; nobody of that process hears of it."""


class Process:
    """What a fault strikes."""

    def __init__(self, name: str, skew_ms: int = 0) -> None:
        self.name = name
        self.skew_ms = skew_ms
        """Its clock, compared with the broker's."""
        self.alive = True
        self.paused = False
        self.waiting: list[Call] = []
        self.fuse = 0
        """Callbacks until `struck` is called; 0: never."""
        self.struck: Callable[[], None] = lambda: None
        self.context = Context()
        self.context.run(PROCESS.set, self)


class Stuck(Exception):
    """Nothing will ever happen again, or too much has."""


class Call:
    """A callback to come, in the place of asyncio's handles, which cost more than what most callbacks here do."""

    __slots__ = ("args", "callback", "context", "over", "when")

    def __init__(self, when: float, callback: Callable[..., Any], args: tuple[Any, ...], context: Context) -> None:
        self.when, self.callback, self.args, self.context = when, callback, args, context
        self.over = False

    def __lt__(self, _: object) -> bool:
        return False  # of one instant: none is before the other

    def cancel(self) -> None:
        """It will not be called."""
        self.over, self.args = True, ()

    def cancelled(self) -> bool:
        """Whether it will not be called."""
        return self.over


class SimulatedLoop(base_events.BaseEventLoop):
    """Nothing waits: when nobody has anything to do, time moves on to the next timer."""

    def __init__(self, steps_max: int) -> None:
        super().__init__()
        self._now = 0.0
        self._steps_left = steps_max
        self.kept: list[asyncio.Task[Any]] = []
        """Every task: one that is destroyed while the simulation runs would run its `finally` at a time of chance."""
        self.set_exception_handler(lambda *_: None)  # a task of a dead process that nobody awaited
        self.set_task_factory(self._make_task)

    def _make_task(self, loop: Any, coroutine: Any, context: Context | None = None) -> asyncio.Task[Any]:
        task = asyncio.Task(coroutine, loop=loop, context=context)
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        self.kept.append(task)
        return task

    def time(self) -> float:
        """Seconds since the simulation began."""
        return self._now

    def _write_to_self(self) -> None:
        """Nobody sleeps in another thread."""

    def _process_events(self, _: Any) -> None:
        """There are none."""

    def call_soon(self, callback: Callable[[*_Args], object], *args: *_Args, context: Context | None = None) -> Any:
        """See asyncio."""
        call = Call(0.0, callback, args, copy_context() if context is None else context)
        self._ready.append(call)  # type: ignore[attr-defined]
        return call

    call_soon_threadsafe = call_soon  # asked when a generator is thrown away

    def call_later(
        self, delay: float, callback: Callable[[*_Args], object], *args: *_Args, context: Context | None = None
    ) -> Any:
        """See asyncio."""
        when = self._now + delay
        call = Call(when, callback, args, copy_context() if context is None else context)
        heappush(self._scheduled, (when, call))  # type: ignore[attr-defined]
        return call

    def call_at(
        self, when: float, callback: Callable[[*_Args], object], *args: *_Args, context: Context | None = None
    ) -> Any:
        """See asyncio."""
        call = Call(when, callback, args, copy_context() if context is None else context)
        heappush(self._scheduled, (when, call))  # type: ignore[attr-defined]
        return call

    def _run_once(self) -> None:
        ready: Any = self._ready  # type: ignore[attr-defined]
        scheduled: list[tuple[float, Call]] = self._scheduled  # type: ignore[attr-defined]
        while scheduled and scheduled[0][1].over:
            heappop(scheduled)
        if not ready:
            if not scheduled:
                raise Stuck("nobody waits for anything")
            self._now = max(self._now, scheduled[0][0])
        while scheduled and scheduled[0][0] <= self._now:
            ready.append(heappop(scheduled)[1])
        count = len(ready)
        self._steps_left -= count
        if self._steps_left < 0:
            raise Stuck("it does not come to an end")
        for _ in range(count):
            call = ready.popleft()
            if call.over:
                continue
            process: Process | None = call.context.get(PROCESS)
            if process is None or _goes_on(process, call):
                try:
                    call.context.run(call.callback, *call.args)
                except (SystemExit, KeyboardInterrupt):
                    raise
                except BaseException:
                    pass  # of a process that was killed in it, or a task that nobody awaited

    def dispose(self) -> None:
        """End what still waits; every process is dead by now."""

        async def end() -> None:
            for task in self.kept:
                if not task.done() and task is not asyncio.current_task():
                    with suppress(Exception):
                        task.get_coro().close()

        self.run_until_complete(end())
        self.kept.clear()
        self.close()

    def wake(self, process: Process) -> None:
        """Let a paused process go on with everything that waited."""
        if process.paused:
            process.paused = False
            waiting, process.waiting = process.waiting, []
            self._ready.extend(waiting)  # type: ignore[attr-defined]


def _goes_on(process: Process, call: Call) -> bool:
    """Whether a process does its next step now."""
    if not process.alive:
        return False
    if process.paused:
        process.waiting.append(call)
        return False
    if process.fuse:
        process.fuse -= 1
        if not process.fuse:
            process.struck()
            return _goes_on(process, call)
    return True
