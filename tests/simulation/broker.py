"""Topics in memory: offsets, batches, append times, compaction and retention; and everything that ever was in them."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

Headers = Sequence[tuple[str, bytes]]

CREATE_TIME, LOG_APPEND_TIME = 0, 1


class Record(NamedTuple):
    """As a consumer gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    checksum: None = None


Sent = tuple[bytes | None, bytes | None, int | None, Headers]
"""key, value, timestamp, headers."""


class Batch:
    """What one request appended; compaction thins it out and leaves its place."""

    def __init__(self, base: int, records: list[Record]) -> None:
        self.is_control_batch = False
        self.base = base
        self.next_offset = base + len(records)
        self.records = records

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)


class Log:
    """One partition of a topic."""

    def __init__(self, topic: str, partition: int, stamped: bool) -> None:
        self.topic, self.partition, self.stamped = topic, partition, stamped
        self.batches: list[Batch] = []
        self.start = 0
        self.end = 0
        self.ever: list[Record] = []
        """Every record ever appended."""
        self.waiting: list[Callable[[], None]] = []
        """Called once when something is appended."""

    def append(self, records: Iterable[Sent], now: int) -> Batch:
        """Append one batch."""
        base, kind = self.end, LOG_APPEND_TIME if self.stamped else CREATE_TIME
        new = [
            Record(
                self.topic, self.partition, base + index, now if self.stamped or stamp is None else stamp,
                kind, key, value, tuple(headers),
            )
            for index, (key, value, stamp, headers) in enumerate(records)
        ]  # fmt: skip
        self.ever.extend(new)
        return self._end_with(Batch(base, new))

    def mark(self) -> None:
        """Append what takes an offset and is no record: the marker of a transaction."""
        marker = Batch(self.end, [])
        marker.is_control_batch = True
        marker.next_offset += 1
        self._end_with(marker)

    def _end_with(self, batch: Batch) -> Batch:
        self.batches.append(batch)
        self.end = batch.next_offset
        waiting, self.waiting = self.waiting, []
        for call in waiting:
            call()
        return batch

    def fetch(self, start: int, records_max: int) -> list[Batch]:
        """Batches from the one that holds `start` on, at least one when there is any, about so many records.

        None when `start` was cut away: the offset is out of range.
        """
        if start < self.start:
            return []
        index = bisect_right(self.batches, start, key=lambda batch: batch.next_offset)
        found: list[Batch] = []
        for batch in self.batches[index:]:
            found.append(_copy(batch))
            records_max -= len(batch.records)
            if records_max <= 0:
                break
        return found

    def records(self, start: int, most: int) -> tuple[list[Record], int]:
        """At most so many records from `start` on, as a consumer gets them, and its next offset.

        One that is behind what was cut away begins where the log does.
        """
        start = max(start, self.start)
        batches = self.fetch(start, most)
        found = [record for batch in batches for record in batch.records if record.offset >= start]
        if len(found) > most:
            return found[:most], found[most - 1].offset + 1
        return found, batches[-1].next_offset if batches else start

    def cut(self, before: int) -> None:
        """Delete what lies before an offset."""
        self.start = max(self.start, min(before, self.end))
        self.batches = [batch for batch in self.batches if batch.next_offset > self.start]
        for batch in self.batches:
            if batch.base < self.start:
                batch.records = [record for record in batch.records if record.offset >= self.start]

    def compact(self, until: int, tombstones: bool) -> None:
        """Of the records before `until`, keep the last of each key; of deleted keys nothing if `tombstones` go, too."""
        records = [record for batch in self.batches for record in batch.records if record.offset < until]
        last = {record.key: record.offset for record in records}

        def stays(record: Record) -> bool:
            if record.offset >= until:
                return True
            return last[record.key] == record.offset and not (tombstones and record.value is None)

        for batch in self.batches:
            batch.records = [record for record in batch.records if stays(record)]
        self.batches = [batch for batch in self.batches[:-1] if batch.records] + self.batches[-1:]


def _copy(batch: Batch) -> Batch:
    copied = Batch(batch.base, batch.records)  # compaction gives a batch a new list
    copied.next_offset, copied.is_control_batch = batch.next_offset, batch.is_control_batch
    return copied


class Broker:
    """All topics; its clock is the time of the world."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self.logs: dict[tuple[str, int], Log] = {}
        self.on_its_way = 0
        """Appends sent and not landed."""
        self.committed: dict[tuple[str, int], int] = {}
        self.late: dict[tuple[str, int], list[Callable[[], None]]] = {}
        """Appends that land long after their senders gave them up; each lands once, however often it is called."""
        self.snares: set[str] = set()
        """Topics whose next reader finds what it was told of compacted away, see `spring`."""

    def create(self, topics: Iterable[str], partitions: int, stamped: bool = True) -> None:
        """`stamped`: with append times, else with those of the senders."""
        for topic in topics:
            for partition in range(partitions):
                self.logs[topic, partition] = Log(topic, partition, stamped)

    def partitions(self, topic: str) -> int:
        """How many the topic has."""
        return sum(name == topic for name, _ in self.logs)

    def log(self, tp: Any) -> Log:
        """By (topic, partition)."""
        return self.logs[tp[0], tp[1]]

    def spring(self, topic: str, partition: int) -> None:
        """Where a snare is laid and something is late: it lands now, and the partition is compacted."""
        late = self.late.pop((topic, partition), []) if topic in self.snares else []
        for land in late:
            land()
        if late:
            log = self.logs[topic, partition]
            log.compact(log.end, tombstones=True)

    def append(self, topic: str, partition: int, records: Iterable[Sent]) -> Batch:
        """Append one batch."""
        return self.logs[topic, partition].append(records, self.now())

    def every(self, topic: str) -> Iterator[Log]:
        """The partitions of a topic."""
        return (log for (name, _), log in self.logs.items() if name == topic)
