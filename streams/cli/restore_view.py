"""How far a worker has come with restoring its partitions, as bars, where somebody looks at a terminal.

Elsewhere the worker's log says the same every two seconds (`restoring`).
"""

import time
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from streams.engine.restore_progress import RestoreProgress

_SHOWN_AFTER_S: Final = 0.5
"""A restore that is over sooner is not worth a flicker."""
_BETWEEN_S: Final = 0.1
_WORDS: Final = {
    "fence": "taking it",
    "journal": "reading the journal",
    "snapshots": "loading clients",
    "chunks": "folding records again",
    "done": "done",
}


class RestoreView:
    """Called with every step; a bar for each partition that is being restored, none when there is none."""

    def __init__(self, console: Console | None = None) -> None:
        """`console`: where they are drawn; None: stderr."""
        self._console = console or Console(stderr=True, highlight=False)
        self._bars: Progress | None = None
        self._tasks: dict[int, TaskID] = {}
        self._begun: dict[int, float] = {}
        self._drawn = 0.0

    def __call__(self, progress: RestoreProgress) -> None:
        """A partition has moved on."""
        now, number = time.monotonic(), progress.partition
        begun = self._begun.setdefault(number, now)
        if progress.phase == "done":
            self._end(number)
        elif now - begun >= _SHOWN_AFTER_S:
            self._show(number, progress, now)

    def _show(self, number: int, progress: RestoreProgress, now: float) -> None:
        if self._bars is None:
            columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
            # drawn by hand: a thread of its own would take turns with the worker's loop
            self._bars = Progress(*columns, console=self._console, auto_refresh=False, transient=True)
            self._bars.start()
        says = f"partition {number}: {_WORDS[progress.phase]}"
        if number not in self._tasks:
            self._tasks[number] = self._bars.add_task(says, total=1.0)
        self._bars.update(self._tasks[number], completed=progress.ratio, description=says)
        if now - self._drawn >= _BETWEEN_S:
            self._drawn = now
            self._bars.refresh()

    def _end(self, number: int) -> None:
        self._begun.pop(number, None)
        task = self._tasks.pop(number, None)
        if self._bars is None or task is None:
            return
        self._bars.remove_task(task)
        if not self._tasks:
            self._bars.stop()
            self._bars = None
