"""How many items make a piece of work of a given length: measured, not guessed.

Where a chunk ends may depend on anything: the journal says where it ended, and nobody chooses again.
"""

import time
from typing import Final

_SHORT_S: Final = 0.005
_LONG_S: Final = 0.02
_BACKLOG_PARTS: Final = 2
_NEWEST_WEIGHT: Final = 0.3
_MEASURED_MIN: Final = 8
"""Fewer items are not measured: asking for the time would cost as much as they do."""


def chunk_seconds(backlog_s: float) -> float:
    """How long a chunk may take when folding everything buffered takes `backlog_s`.

    Other partitions and acknowledgements wait for a chunk that is being folded, so it is short; but each chunk costs
    two requests, so it is longer when there is more to do than a short one holds.
    """
    return min(_LONG_S, max(_SHORT_S, backlog_s / _BACKLOG_PARTS))


class Pace:
    """The cost of one item, as a moving average of this thread's CPU time."""

    def __init__(self, most: int, *, least: int, first: int) -> None:
        """Never more than `most` items at once, nor fewer than `least`; `first`: while nothing is measured."""
        self._most = most
        self._least = min(least, most)
        self._first = min(first, most)
        self._cost_s = 0.0
        self._started = 0.0

    def start(self, items: int) -> None:
        """Work on so many items begins."""
        self._started = time.thread_time() if items >= _MEASURED_MIN else 0.0

    def stop(self, items: int) -> None:
        """It ended."""
        if self._started:
            cost_s = (time.thread_time() - self._started) / items
            self._cost_s += (cost_s - self._cost_s) * (_NEWEST_WEIGHT if self._cost_s else 1)

    def seconds(self, items: int) -> float:
        """How long so many items take, as far as known."""
        return items * self._cost_s

    def items(self, seconds: float) -> int:
        """How many take about so long."""
        if not self._cost_s:
            return self._first
        return max(self._least, min(self._most, int(seconds / self._cost_s)))
