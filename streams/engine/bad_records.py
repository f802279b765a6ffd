"""Rejected records of one worker: says that there are some, and tells a broken producer from bad records."""

import time
from collections import deque
from typing import Final

import structlog

from schemas.records import Source
from streams.engine.failures import Stopped

log = structlog.get_logger(__name__)

_REPORT_S: Final = 10.0


class BadRecords:
    """Counts over all partitions of the worker; good records cost nothing but the total."""

    def __init__(self, window: int, most: int) -> None:
        """More than `most` of the last `window` records rejected: stop. `most` 0: never."""
        self._window = window
        self._most = most
        self._records = 0
        self._rejected: deque[int] = deque()
        self.total = 0
        self.by_reason: dict[str, int] = {}
        """Dead letters of chunks that were folded to their end."""
        self._of_chunk: list[str] = []
        self._reported = 0
        self._report_after = 0.0
        self._latest: dict[str, object] = {}

    def folded(self, records: int) -> None:
        """So many more records were folded, rejected ones among them."""
        self._records += records
        for reason in self._of_chunk:
            self.by_reason[reason] = self.by_reason.get(reason, 0) + 1
        self._of_chunk.clear()

    def letter(self, reason: str) -> None:
        """A record becomes a dead letter."""
        self._of_chunk.append(reason)

    def rejected(self, index: int, record: Source, reason: str) -> None:
        """The `index`-th record after those `folded` was rejected. Raises Stopped when that is one too many."""
        self.total += 1
        self.letter(reason)
        place = self._records + index
        rejected = self._rejected
        rejected.append(place)
        while rejected[0] <= place - self._window:
            rejected.popleft()
        self._latest = {
            "reason": reason,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
        }
        if self._most and len(rejected) > self._most:
            raise Stopped(
                f"{len(rejected)} of the last {self._window} records were rejected, the latest as {reason} at "
                f"{record.topic}/{record.partition}/{record.offset}: that is a broken producer; mend it, or raise "
                "bad_records_max (0 switches the limit off)",
                "bad_records",
            )

    def forget(self) -> None:
        """Records are about to be folded a second time: they must not count twice."""
        self._rejected.clear()
        self._of_chunk.clear()

    def report(self) -> None:
        """Say how many dead letters there were and which was the last; at most one line in a while."""
        if self.total == self._reported or time.monotonic() < self._report_after:
            return
        log.warning("dead_letters", records=self.total - self._reported, **self._latest)
        self._reported = self.total
        self._report_after = time.monotonic() + _REPORT_S
