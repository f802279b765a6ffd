"""The stop list for a warehouse's own program in Python: three lines, and a question that is never answered too kindly.

from streams.cli.stop_list import StopList
stop_list = StopList("127.0.0.1:9092")
print(stop_list.ask("C-17"))
"""

import threading
import time
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from schemas.catalogue import SHIPMENT_BLOCKS
from schemas.envelope import SequenceFilter

SILENT_SECONDS_MAX: Final = 60.0
"""So long an answer holds without word from the broker."""
_POLL_MS: Final = 500


class Answer(StrEnum):
    """What to do with a shipment; `str(answer)` is the word."""

    FREE = "free"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    """Ask a person: the list could not be read to its end within the last minute."""

    @property
    def may_ship(self) -> bool:
        """True for FREE alone."""
        return self is Answer.FREE


class _Event(msgspec.Struct):
    type: str
    client_id: str
    sequence: int


class StopList:
    """Follows `shipment-blocks` in a thread of its own and answers from memory.

    Of each client only what is above the last sequence seen counts. It knows what stoplist published and whether the
    broker answers; whether the workers are alive is not in this topic. `settings` are kafka-python's (security, …).
    """

    def __init__(
        self,
        bootstrap: str,
        silent_seconds_max: float = SILENT_SECONDS_MAX,
        wait_seconds: float = 30.0,
        **settings: Any,
    ) -> None:
        self._bootstrap = bootstrap
        self._settings = settings
        self._silent_seconds_max = silent_seconds_max
        self._fresh = SequenceFilter()
        self._blocked: set[str] = set()
        self._current_at = float("-inf")
        self._end = threading.Event()
        self._current = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="stop-list", daemon=True)
        self._thread.start()
        self._current.wait(wait_seconds)

    def ask(self, client_id: str) -> Answer:
        """Whether this client may be shipped to; UNKNOWN when the list is not known to be current."""
        if time.monotonic() - self._current_at > self._silent_seconds_max:
            return Answer.UNKNOWN
        return Answer.BLOCKED if client_id in self._blocked else Answer.FREE

    def close(self) -> None:
        """Ends the thread; every later answer is UNKNOWN."""
        self._end.set()
        self._thread.join()
        self._current_at = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _follow(self) -> None:
        while not self._end.is_set():
            try:
                self._read()
            except (KafkaError, OSError, ValueError):  # the answers grow old meanwhile, and then unknown
                self._end.wait(1.0)

    def _read(self) -> None:
        consumer = KafkaConsumer(
            bootstrap_servers=self._bootstrap.split(","),
            group_id=None,
            enable_auto_commit=False,
            isolation_level="read_committed",
            **self._settings,
        )
        try:
            partitions = [
                TopicPartition(SHIPMENT_BLOCKS, n) for n in consumer.partitions_for_topic(SHIPMENT_BLOCKS) or ()
            ]
            if not partitions:
                return
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            while not self._end.is_set():
                for records in consumer.poll(_POLL_MS).values():
                    for record in records:
                        self._take(record.value)
                asked_at = time.monotonic()
                ends = consumer.end_offsets(partitions)  # an answer of the broker, and how far there is to read
                if all(consumer.position(partition) >= ends[partition] for partition in partitions):
                    self._current_at = asked_at
                    self._current.set()
        finally:
            consumer.close()

    def _take(self, value: bytes | None) -> None:
        try:
            event = msgspec.json.decode(value or b"", type=_Event)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        if not self._fresh.passes(SHIPMENT_BLOCKS, event.client_id, event.sequence):
            return
        if event.type == "shipment.released":
            self._blocked.discard(event.client_id)
        else:  # a type we do not know yet is no permission
            self._blocked.add(event.client_id)
