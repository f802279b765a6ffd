"""How far a partition that is being taken has come."""

import time
from collections.abc import Callable
from typing import Final, Literal

Phase = Literal["fence", "journal", "snapshots", "chunks", "done"]
_FOLDED_WEIGHT: Final = 8
"""Folding a record again takes about as long as loading so many snapshots."""


class RestoreProgress:
    """Of one partition. `told` hears of every step, some hundred times a second at most."""

    def __init__(self, partition: int, told: Callable[["RestoreProgress"], None] = lambda _: None) -> None:
        self.partition = partition
        self.epoch: int | None = None
        """The offset of our owner record, once there is one."""
        self.phase: Phase = "fence"
        """What is at work: our owner record, reading the journal, loading snapshots, folding chunks again, nothing."""
        self.snapshots = 0
        """Offsets of the snapshot topic read so far."""
        self.snapshots_total = 0
        self.records = 0
        """Records folded again so far."""
        self.records_total = 0
        self._zero = 0
        """The offset at which nothing was read."""
        self._told = told
        self._said_at = time.monotonic()

    def told_again(self, seconds: float) -> bool:
        """Whether this was last true so long ago: for whoever does not want to say every step."""
        now = time.monotonic()
        if now - self._said_at < seconds:
            return False
        self._said_at = now
        return True

    @property
    def ratio(self) -> float:
        """From 0 to 1."""
        total = self.snapshots_total + _FOLDED_WEIGHT * self.records_total
        if not total or self.phase in ("fence", "journal"):
            return 0.0
        return min(1.0, (self.snapshots + _FOLDED_WEIGHT * self.records) / total)

    def fenced(self, epoch: int) -> None:
        """Our owner record is in the journal."""
        self.epoch, self.phase = epoch, "journal"
        self._told(self)

    def journal_read(self, records: int) -> None:
        """So many records have to be folded again; now the snapshots are loaded, perhaps not for the first time."""
        self.phase, self.snapshots, self.records, self.records_total = "snapshots", 0, 0, records
        self._told(self)

    def snapshots_span(self, start: int, end: int) -> None:
        """The snapshots from offset `start` to `end` are read next."""
        self._zero = start - self.snapshots
        self.snapshots_total = end - self._zero
        self._told(self)

    def snapshots_read(self, offset: int) -> None:
        """The snapshots before this offset are read."""
        self.snapshots = min(offset - self._zero, self.snapshots_total)
        self._told(self)

    def folded_again(self, records: int) -> None:
        """So many more records are folded again."""
        self.phase, self.snapshots = "chunks", self.snapshots_total
        self.records += records
        self._told(self)

    def end(self) -> None:
        """The partition is taken, or is not going to be."""
        self.phase = "done"
        self._told(self)
