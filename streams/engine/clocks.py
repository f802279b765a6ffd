"""Where the engine's present comes from: the wall, or the records' own timestamps."""

import time
from typing import Protocol

from schemas.records import Instant


class Clock(Protocol):
    """Tells a partition up to which instant its deadlines may fire."""

    simulated: bool

    def now(self, at: Instant) -> Instant:
        """The present for a partition whose own instant is `at`."""
        ...

    def saw(self, timestamp: Instant) -> None:
        """A record of any partition carries this timestamp."""
        ...


class WallClock:
    """The machine's clock; compared with the broker's when a partition is taken."""

    simulated = False

    def now(self, at: Instant) -> Instant:
        """The wall's time, or `at` when the broker's clock is ahead."""
        return max(at, time.time_ns() // 1_000_000)

    def saw(self, timestamp: Instant) -> None:
        """Nothing: records do not move the wall's clock."""


class SimulatedClock:
    """Follows the records: a partition's own at first; after a pause, the latest of the whole worker.

    So a history is decided as if it had arrived in its own time, and deadlines of a quiet partition fire all the same.
    `rate` lets time go on without records, that many milliseconds a millisecond.
    """

    simulated = True

    def __init__(self, rate: float, idle_ms: int) -> None:
        self._rate = rate
        self._idle_ms = idle_ms
        self._latest: Instant = 0
        self._seen_at = time.monotonic()

    def now(self, at: Instant) -> Instant:
        """`at`, or after a pause the worker's latest timestamp and what `rate` added."""
        idle_ms = (time.monotonic() - self._seen_at) * 1000
        if idle_ms < self._idle_ms:
            return at
        return max(at, self._latest + int(idle_ms * self._rate))

    def saw(self, timestamp: Instant) -> None:
        """Move on to `timestamp`, and wait for silence anew."""
        self._seen_at = time.monotonic()
        if timestamp > self._latest:
            self._latest = timestamp
