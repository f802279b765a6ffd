"""Sends the simulated wholesaler's events: the past at once, then the present at a fast clock."""

import heapq
import time
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from kafka import KafkaProducer

from streams.cli.demo import story
from streams.cli.simulator import SimulatedEvent, Wholesaler
from streams.cli.simulator.forms import DAY_MS, HOUR_MS, midnight_ms

HISTORY_DAYS: Final = 42
_RATE_SECONDS: Final = 3.0


class Feed:
    """Sends events in order of time, those of the story among them. `speed` is simulated hours a second."""

    def __init__(
        self, wholesaler: Wholesaler, producer: KafkaProducer, partitions: int, speed: float, story_name: str
    ) -> None:
        first_day = wholesaler.first_day
        told = story.events(first_day, first_day + timedelta(days=HISTORY_DAYS), story_name)
        self._events: Iterator[SimulatedEvent] = heapq.merge(wholesaler.events(), told, key=_instant)
        self._next = next(self._events)
        self._producer = producer
        self._partitions = partitions
        self._ms_per_second = speed * HOUR_MS
        self._live_from: float | None = None
        self._sent_lately: deque[tuple[float, int]] = deque()
        self._first_live_ms = midnight_ms(wholesaler.first_day) + HISTORY_DAYS * DAY_MS
        self._caught_up_ms = self._first_live_ms - DAY_MS
        self.now_ms = midnight_ms(wholesaler.first_day)
        """The simulated present."""
        self.sent = 0
        """Records sent so far."""

    def send_history(self) -> None:
        """Everything before the show, acknowledged."""
        self._send_until(self._first_live_ms)
        self._producer.flush(timeout=60)
        self._sent_lately.append((time.monotonic(), self.sent))

    def is_caught_up(self, decided_ms: int) -> bool:
        """Whether a worker that has decided up to an instant is through with the past."""
        return decided_ms >= self._caught_up_ms

    def begin(self) -> None:
        """From now on the clock runs."""
        self._live_from = time.monotonic()

    @property
    def live(self) -> bool:
        """Whether the clock runs."""
        return self._live_from is not None

    def tick(self) -> None:
        """Sends what is due by now; nothing before `begin`."""
        if self._live_from is None:
            return
        now = time.monotonic()
        before = self.sent
        self._send_until(self._first_live_ms + int((now - self._live_from) * self._ms_per_second))
        self._sent_lately.append((now, self.sent - before))

    def events_per_second(self) -> float:
        """Records sent a second, over the last few seconds."""
        now = time.monotonic()
        while self._sent_lately and self._sent_lately[0][0] < now - _RATE_SECONDS:
            self._sent_lately.popleft()
        return sum(count for _, count in self._sent_lately) / _RATE_SECONDS

    def _send_until(self, instant_ms: int) -> None:
        while self._next.timestamp_ms <= instant_ms:
            self._send(self._next)
            self._next = next(self._events)
        self.now_ms = instant_ms

    def _send(self, event: SimulatedEvent) -> None:
        fields: dict[str, Any] = {"timestamp_ms": event.timestamp_ms}
        if event.key is not None:
            self._producer.send(event.topic, event.value, event.key.encode(), **fields)
        else:
            for partition in range(self._partitions):
                self._producer.send(event.topic, event.value, partition=partition, **fields)
        self.sent += 1


def _instant(event: SimulatedEvent) -> int:
    return event.timestamp_ms
