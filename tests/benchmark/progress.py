"""Says on stderr what the benchmark is doing; the table alone goes to stdout."""

import sys
import time


def say(sentence: str) -> None:
    """One line of progress."""
    print(f"bench: {sentence}", file=sys.stderr, flush=True)


class Progress:
    """Counts something long, at most a line every few seconds."""

    def __init__(self, said: str, every_seconds: float = 5.0) -> None:
        self._said = said
        self._every = every_seconds
        self._began = self._last = time.monotonic()

    def at(self, count: int) -> None:
        """`count` are done."""
        now = time.monotonic()
        if now - self._last >= self._every:
            self._last = now
            say(f"{self._said}: {count:,}")

    def end(self, count: int) -> None:
        """All are done."""
        seconds = time.monotonic() - self._began
        say(f"{self._said}: {count:,} in {seconds:.1f} s")
