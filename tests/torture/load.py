"""Appends events at a steady rate, whatever happens to the brokers: what failed is sent again until it is there.

The producer is not idempotent on purpose: what it sends again may come twice or in another order, as from any sender.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from tests.torture.events import Event, Events

_TICK_S = 0.05
_OPEN_MAX = 4_000
"""Events on their way: with more the load waits for the brokers."""
_COMPLETED_EVERY_S = 10.0


class Sender:
    """Sends batches, each until it is acknowledged."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: Any = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.open = 0
        self.acknowledged = 0
        self.again = 0

    async def start(self) -> None:
        """Connect."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            acks="all",
            linger_ms=0,
            request_timeout_ms=10_000,
            max_batch_size=900_000,
        )
        await self._producer.start()

    async def stop(self) -> None:
        """When everything is acknowledged."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._producer.stop()

    def send(self, events: list[Event]) -> None:
        """One batch for each partition that these events touch."""
        by_place: dict[tuple[str, int], list[Event]] = {}
        for event in events:
            by_place.setdefault((event.topic, event.partition), []).append(event)
        for (topic, partition), of_place in by_place.items():
            self.open += len(of_place)
            task = asyncio.ensure_future(self._until_there(topic, partition, of_place))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _until_there(self, topic: str, partition: int, events: list[Event]) -> None:
        while True:
            batch = self._producer.create_batch()
            for event in events:
                batch.append(key=event.key, value=event.value, timestamp=None)
            try:
                await (await self._producer.send_batch(batch, topic, partition=partition))
                break
            except KafkaError:
                self.again += 1
                await asyncio.sleep(_TICK_S)
        self.open -= len(events)
        self.acknowledged += len(events)


async def run(
    bootstrap: str, seed: int, clients: int, partitions: int, rate: int, seconds: float, again: float
) -> dict[str, Any]:
    """Offer the load; the account of it."""
    events, sender = Events(clients, partitions, seed, again), Sender(bootstrap)
    await sender.start()
    sender.send(list(events.beginnings()))
    began = last_completed = time.monotonic()
    made = 0
    while (passed := time.monotonic() - began) < seconds:
        due = min(int(passed * rate) - made, int(rate * _TICK_S) * 4, _OPEN_MAX - sender.open)
        if due > 0:
            sender.send([event for _ in range(due) for event in events.next()])
            made += due
        if time.monotonic() - last_completed > _COMPLETED_EVERY_S:
            last_completed = time.monotonic()
            sender.send(events.completed())
        await asyncio.sleep(_TICK_S)
    await sender.stop()
    return {
        "events": made,
        "records": sender.acknowledged,
        "sent_again": sender.again,
        "seconds": round(time.monotonic() - began, 1),
        "counts": dict(events.counts),
        "owed_cents": dict(events.owed_cents),
        "bad": [value.decode("latin-1") for value in events.bad],
    }


def main() -> None:
    """`python -m tests.torture.load BOOTSTRAP SEED CLIENTS PARTITIONS RATE SECONDS AGAIN FILE`."""
    bootstrap, seed, clients, partitions, rate, seconds, again, file = sys.argv[1:]
    load = run(bootstrap, int(seed), int(clients), int(partitions), int(rate), float(seconds), float(again))
    told = asyncio.run(load)
    Path(file).write_text(json.dumps(told))


if __name__ == "__main__":
    main()
