"""Puts the simulated client library, clock and faults in the place of the real ones, for the time of a campaign."""

import gc
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from schemas.policy import Policy
from streams.domain import shared
from streams.engine import administration, faults, ownership, publishing, reading
from tests.simulation.loop import PROCESS, Killed, SimulatedLoop
from tests.simulation.network import Admin, Fetcher, Producer, link_here

START_MS = 1_767_225_600_000
"""The world's first instant: 2026-01-01T00:00:00Z."""
_WORK_S = 0.004
"""At most, of a measured piece of work: so that chunks and slices are of any size."""


class World:
    """The time of all clocks."""

    loop: SimulatedLoop | None = None
    leapt_ms = 0

    @classmethod
    def begin(cls, loop: SimulatedLoop) -> None:
        """A new world."""
        cls.loop, cls.leapt_ms = loop, 0

    @classmethod
    def now(cls) -> int:
        """The broker's clock; it may leap over days in which nothing happens."""
        return START_MS + cls.leapt_ms + (0 if cls.loop is None else int(cls.loop.time() * 1000))


class SimulatedTime:
    """Stands in for the module `time`."""

    def __init__(self) -> None:
        self._worked = 0.0

    def monotonic(self) -> float:
        """The loop's time."""
        return 0.0 if World.loop is None else World.loop.time()

    def time_ns(self) -> int:
        """The clock of the process that asks."""
        process = PROCESS.get()
        return (World.now() + (0 if process is None else process.skew_ms)) * 1_000_000

    def thread_time(self) -> float:
        """Work takes as long as chance wants."""
        link = link_here()
        self._worked += 0.0 if link is None else _WORK_S * link.random.random()
        return self._worked

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the engine asks time.{name}: the simulation does not know it")


def reach(step: str) -> None:
    """Stands in for `faults.reach`: a step that a plan has armed strikes the process."""
    link = link_here()
    if link is not None:
        armed = link.armed.get(step)
        if armed is not None:
            armed[0] -= 1
            if not armed[0]:
                del link.armed[step]
                link.process.struck()
                if not link.process.alive:
                    raise Killed


def written_once(write: Callable[[Policy], bytes]) -> Callable[[Policy], bytes]:
    """Every worker and every judge of every history begins with one of a few policies: their bytes are made once."""
    written: dict[int, tuple[Policy, bytes]] = {}

    def bytes_of(policy: Policy) -> bytes:
        if id(policy) not in written:
            written[id(policy)] = policy, write(policy)
        return written[id(policy)][1]

    return bytes_of


@contextmanager
def simulated() -> Iterator[None]:
    """The engine's modules see the simulation; logs are off."""
    replaced: list[tuple[Any, str, Any]] = []

    def put(module: Any, name: str, stand_in: Any) -> None:
        replaced.append((module, name, getattr(module, name)))
        setattr(module, name, stand_in)

    put(publishing, "AIOKafkaProducer", Producer)
    put(reading, "Fetcher", Fetcher)
    put(administration, "AIOKafkaAdminClient", Admin)
    put(ownership, "_PROCESS", "simulated")
    put(faults, "reach", reach)
    put(shared, "policy_bytes", written_once(shared.policy_bytes))
    clock = SimulatedTime()
    for name, module in sorted(sys.modules.items()):
        if name.startswith("streams.engine.") and getattr(module, "time", None) is time:
            put(module, "time", clock)
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    gc.collect()
    gc.freeze()
    gc.disable()  # `run.collect` does it between histories
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
        structlog.configure(**before)
        for module, name, real in reversed(replaced):
            setattr(module, name, real)
