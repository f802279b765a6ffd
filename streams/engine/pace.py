"""How many records make a chunk of a given length: measured, not guessed.

Where a chunk ends may depend on anything: the journal says where it ended, and nobody chooses again.
"""

import time
from typing import Final

_CHUNK_S: Final = 0.02
"""Other partitions, and a record just in, wait for a chunk that is being folded."""
_SMALLEST: Final = 25
_NEWEST_WEIGHT: Final = 0.3


class Pace:
    """The cost of folding one item, as a moving average of this thread's CPU time."""

    def __init__(self, most: int) -> None:
        """A chunk never holds more than `most` items."""
        self._most = most
        self._cost_s = 0.0
        self._started = 0.0

    def start(self) -> None:
        """Folding begins."""
        self._started = time.thread_time()

    def stop(self, items: int) -> None:
        """So many items were folded since `start`."""
        cost_s = (time.thread_time() - self._started) / items
        self._cost_s += (cost_s - self._cost_s) * (_NEWEST_WEIGHT if self._cost_s else 1)

    def items(self) -> int:
        """How many the next chunk may hold."""
        if not self._cost_s:
            return min(self._most, 1000)
        return max(min(self._most, _SMALLEST), min(self._most, int(_CHUNK_S / self._cost_s)))
