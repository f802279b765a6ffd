"""How often somebody may call."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

_KNOWN_MAX: Final = 10_000


class Rate:
    """So many calls in so many seconds by each name, saved up to one such span: a token bucket each."""

    def __init__(self, calls_max: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls_max = calls_max
        self._per_second = calls_max / seconds
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_seconds(self, name: str) -> int:
        """Count a call: 0, or after how many seconds the next one is taken (this one is not)."""
        now = self._clock()
        left, since = self._left.pop(name, (float(self._calls_max), now))
        left = min(self._calls_max, left + (now - since) * self._per_second)
        taken = left >= 1
        self._left[name] = (left - 1 if taken else left, now)
        if len(self._left) > _KNOWN_MAX:
            self._left.popitem(last=False)  # whoever was silent longest has saved up most
        return 0 if taken else max(1, round((1 - left) / self._per_second))
