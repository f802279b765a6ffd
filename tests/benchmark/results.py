"""How a measured worker process reports: one line `RESULT {json}` on stdout, by the wall and by its own CPU time.

The fields are those of the comparison with other stream processors, so one driver reads all of them.
"""

import json
import sys
import time
from typing import Any


class Stopwatch:
    """Moments of one run over `total` events."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.count = 0
        self.moments: dict[str, float] = {"t_run": time.time()}

    def _mark(self, name: str) -> None:
        self.moments[f"t_{name}"] = time.time()
        self.moments[f"cpu_{name}"] = time.process_time()

    def begin(self) -> None:
        """The first event is about to be handled; later calls change nothing."""
        if "t_first" not in self.moments:
            self._mark("first")

    def handled(self, count: int) -> None:
        """`count` more events were handled."""
        self.count += count
        if "t_half" not in self.moments and self.count >= self.total // 2:
            self._mark("half")
            self.moments["n_half"] = self.count
        if "t_last" not in self.moments and self.done:
            self._mark("last")

    @property
    def done(self) -> bool:
        """Every event was handled; what they made may still be on its way."""
        return self.count >= self.total

    def flushed(self, **more: Any) -> None:
        """Everything is acknowledged by the broker: print the result."""
        self._mark("flushed")
        report(n=self.count, **self.moments, **more)


def report(**fields: Any) -> None:
    """Print the RESULT line, past whoever replaced `sys.stdout` or left a line of it unfinished."""
    print(f"\nRESULT {json.dumps(fields)}", file=sys.__stdout__, flush=True)
