"""When each partition decided something, read off the journal as it is written, and how long it did not."""

import threading
from collections.abc import Iterable
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition

from streams.engine import journal
from streams.engine.journal import Checkpoint, Chunk, HoldChunk, Owner, RetryChunk, TimeChunk


class Decided(NamedTuple):
    """A chunk in the journal: published right after it."""

    partition: int
    at_ms: int
    """By the broker's clock."""
    n: int


class Pause(NamedTuple):
    """Between two chunks of a partition nothing was decided."""

    partition: int
    began_ms: int
    seconds: float


def pauses(decided: Iterable[Decided], since_ms: int, until_ms: int) -> dict[int, Pause]:
    """By partition, the longest pause of those that overlap with the time between."""
    longest: dict[int, Pause] = {}
    before: dict[int, int] = {}
    for partition, at_ms, _ in decided:
        began = before.get(partition)
        before[partition] = at_ms
        if began is None or at_ms < since_ms or began > until_ms:
            continue
        seconds = (at_ms - began) / 1000
        if partition not in longest or seconds > longest[partition].seconds:
            longest[partition] = Pause(partition, began, seconds)
    return longest


class JournalWatch:
    """Follows the journal from now on, in a thread."""

    def __init__(self, bootstrap: str, topic: str, partitions: int) -> None:
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest", fetch_max_wait_ms=50
        )
        self._consumer.assign([TopicPartition(topic, number) for number in range(partitions)])
        self._consumer.seek_to_beginning()
        self._lock = threading.Lock()
        self._decided: list[Decided] = []
        self._owners: dict[int, str] = {}
        self._owned: list[tuple[int, int]] = []
        self._last: dict[int, int] = {}
        self._covered: dict[int, int] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def __enter__(self) -> "JournalWatch":
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()
        self._consumer.close()

    def decided(self) -> list[Decided]:
        """Every chunk seen so far, those of a partition in order."""
        with self._lock:
            return list(self._decided)

    def owner(self, partition: int) -> str:
        """The instance id of who took it last."""
        with self._lock:
            return self._owners.get(partition, "")

    def owned(self) -> list[tuple[int, int]]:
        """Each partition that was taken, and when, by the broker's clock."""
        with self._lock:
            return list(self._owned)

    def covered(self, partition: int) -> bool:
        """Whether a checkpoint covers its last chunk: nothing would be folded again."""
        with self._lock:
            return self._covered.get(partition, 0) >= self._last.get(partition, 0)

    def _follow(self) -> None:
        while not self._ending.is_set():
            for records in self._consumer.poll(timeout_ms=100).values():
                with self._lock:
                    for record in records:
                        self._see(record.partition, record.timestamp, journal.decode(record.value))

    def _see(self, partition: int, at_ms: int, entry: journal.Record) -> None:
        match entry:
            case Owner():
                self._owners[partition] = entry.instance
                self._owned.append((partition, at_ms))
            case Chunk() | TimeChunk() | HoldChunk() | RetryChunk():
                self._decided.append(Decided(partition, at_ms, entry.n))
                self._last[partition] = entry.n
            case Checkpoint():
                self._covered[partition] = entry.c
