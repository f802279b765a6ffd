"""Tells a broken producer from bad records: too many rejected among the last thousand stop the worker."""

from collections import deque

from streams.engine.failures import Stopped


class BadRecords:
    """Counts rejected records; good ones cost nothing but the total."""

    def __init__(self, window: int, most: int) -> None:
        """More than `most` of the last `window` records rejected: stop. `most` 0: never."""
        self._window = window
        self._most = most
        self._rejected: deque[int] = deque()
        self.total = 0

    def rejected(self, index: int, reason: str) -> None:
        """The `index`-th record ever was rejected. Raises Stopped when that is one too many."""
        self.total += 1
        rejected = self._rejected
        rejected.append(index)
        while rejected[0] <= index - self._window:
            rejected.popleft()
        if self._most and len(rejected) > self._most:
            raise Stopped(
                f"{len(rejected)} of the last {self._window} records were rejected, the latest as {reason}: that is a "
                "broken producer; mend it, or raise bad_records_max (0 switches the limit off)"
            )
