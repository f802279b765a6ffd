"""Offers events at a steady rate to a running worker, and remembers when the broker appended those that must block.

Every fiftieth event is a dispatch that was due long ago and unpaid: its client is blocked by that record. Later its
payment comes and releases the client. The others are everyday records: sales, dispatches due later, their payments.
"""

import asyncio
import random
import time
from collections import deque
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from tests.benchmark.documents import opened, signed
from tests.benchmark.producing import Record, new_producer, partition_of

TRIGGER_EVERY = 50
NEW_EVERY = 4
"""One client of so many is new, in its first deal; the others are past it, as most clients of a wholesaler are."""
RELEASE_AFTER = 600
"""Triggers between a block and its release: seconds at the highest rate. Topics are folded in order of append time only
to within the engine's `interleave_ms`: a payment right behind its dispatch may be folded first, then nothing blocks."""
_TICK_SECONDS = 0.01
_LATE_DAYS = 30


class Place(NamedTuple):
    """Where a record lies."""

    topic: str
    partition: int
    offset: int


class Offered(NamedTuple):
    """What a load did."""

    events: int
    seconds: float
    appended_ms: dict[Place, int]
    """Append time, by the broker, of each record that must block its client."""


class Load:
    """A stream of events over `clients` clients; ids go on from one call of `offer` to the next."""

    def __init__(
        self, bootstrap: str, clients: int, partitions: int, *, name: str = "load", first_number: int = 1
    ) -> None:
        """`first_number` of the ids: above those that the clients have already."""
        self._bootstrap = bootstrap
        self._partitions = partitions
        self._random = random.Random(5)
        self._keys = [f"{name}-{number:06d}" for number in range(clients)]
        self._places = [partition_of(key.encode(), partitions) for key in self._keys]
        self._number = first_number - 1
        self._triggers = 0
        self._blocked: deque[tuple[int, str]] = deque()
        self._unpaid: deque[tuple[int, str]] = deque()
        self._today: date = datetime.now(UTC).date()

    def _next(self) -> tuple[str, int, bytes, bytes, bool]:
        """Topic, partition, key, value of the next event, and whether it blocks its client."""
        self._number += 1
        number = self._number
        if number % TRIGGER_EVERY == 0:
            # each client in turn: long after its release, and never while it is blocked already
            client = self._triggers % len(self._keys)
            self._triggers += 1
            shipment = f"T-{number}"
            self._blocked.append((client, shipment))
            day = self._today - timedelta(days=_LATE_DAYS)
            return "shipments", self._places[client], *self._dispatch(client, shipment, day, 0), True
        if number % TRIGGER_EVERY == TRIGGER_EVERY // 2 and len(self._blocked) > RELEASE_AFTER:
            return "payments", *self._payment(*self._blocked.popleft()), False
        client = self._random.randrange(len(self._keys))
        kind = number % 4
        if kind == 0:
            self._unpaid.append((client, f"S-{number}"))
            return "shipments", self._places[client], *self._dispatch(client, f"S-{number}", self._today, 14), False
        if kind == 1 and self._unpaid:
            return "payments", *self._payment(*self._unpaid.popleft()), False
        return "sales", self._places[client], *self._sale(client, number), False

    def _dispatch(self, client: int, shipment: str, day: date, term: int) -> tuple[bytes, bytes]:
        key = self._keys[client]
        value = (
            f'{{"type":"shipment.dispatched","id":"D-{shipment}","client_id":"{key}","shipment_id":"{shipment}",'
            f'"at":"{day.isoformat()}T00:00:00Z","territory":"msk","direction":"stationery","currency":"USD",'
            f'"amount":"25.00","payment_term_days":{term}}}'
        )
        return key.encode(), value.encode()

    def _payment(self, client: int, shipment: str) -> tuple[int, bytes, bytes]:
        """Partition, key and value of the payment of a dispatch, dated today."""
        key = self._keys[client]
        value = (
            f'{{"type":"payment.received","id":"P-{shipment}","client_id":"{key}","amount":"25.00","currency":"USD",'
            f'"value_date":"{self._today.isoformat()}","obligations":["{shipment}/1"],"document":"PP {shipment}"}}'
        )
        return self._places[client], key.encode(), value.encode()

    def _sale(self, client: int, number: int) -> tuple[bytes, bytes]:
        key = self._keys[client]
        value = (
            f'{{"type":"sale.recorded","id":"A-{number}","client_id":"{key}","amount":"12.30","currency":"USD",'
            f'"sold_on":"{self._today.isoformat()}","direction":"stationery","territory":"msk"}}'
        )
        return key.encode(), value.encode()

    @property
    def _began_on(self) -> str:
        return (self._today - timedelta(days=2 * _LATE_DAYS)).isoformat()

    def beginnings(self) -> list[Record]:
        """The opening balances or documents of the load's clients; to be folded before anything is offered."""
        day = self._began_on
        made: list[Record] = []
        for number, (key, place) in enumerate(zip(self._keys, self._places, strict=True)):
            values = list(signed(key, day)) if number % NEW_EVERY == 0 else [opened(key, day)]
            made += [Record("clients", place, None, key.encode(), value) for value in values]
        return made

    def due_at(self, due: date, clients: int, prefix: str = "due") -> tuple[list[Record], list[Record]]:
        """The documents, and one unpaid dispatch each, of so many new clients; all dispatches are due on `due`."""
        documents: list[Record] = []
        dispatches: list[Record] = []
        for number in range(clients):
            key = f"{prefix}-{number:06d}"
            place = partition_of(key.encode(), self._partitions)
            values = signed(key, self._began_on)
            documents += [Record("clients", place, None, key.encode(), value) for value in values]
            dispatched = (
                f'{{"type":"shipment.dispatched","id":"D-{key}","client_id":"{key}","shipment_id":"S-{key}",'
                f'"at":"{(due - timedelta(days=7)).isoformat()}T09:00:00Z","currency":"USD","amount":"99.00",'
                f'"payment_term_days":7}}'
            )
            dispatches.append(Record("shipments", place, None, key.encode(), dispatched.encode()))
        return documents, dispatches

    async def offer(self, rate: int, seconds: float) -> Offered:
        """Append `rate` events a second for so long; each hundredth of a second what is due by then."""
        producer = new_producer(self._bootstrap)
        await producer.start()
        total, sent = int(rate * seconds), 0
        appended: dict[Place, int] = {}
        waiting: set[asyncio.Task[None]] = set()
        began = time.monotonic()
        try:
            while sent < total:
                wanted = min(total, int((time.monotonic() - began) * rate) + 1)
                await self._append(producer, wanted - sent, appended, waiting)
                sent = wanted
                await asyncio.sleep(_TICK_SECONDS)
            taken = time.monotonic() - began
            await asyncio.gather(*waiting)
        finally:
            await producer.stop()
        return Offered(total, taken, appended)

    async def _append(
        self, producer: Any, count: int, appended: dict[Place, int], waiting: set[asyncio.Task[None]]
    ) -> None:
        """One batch for each partition that the next `count` events touch."""
        batches: dict[tuple[str, int], tuple[Any, list[int]]] = {}
        for _ in range(count):
            topic, partition, key, value, blocks = self._next()
            batch, triggers = batches.setdefault((topic, partition), (None, []))
            if batch is None:
                batch = producer.create_batch()
                batches[topic, partition] = (batch, triggers)
            if blocks:
                triggers.append(batch.record_count())
            assert batch.append(key=key, value=value, timestamp=None) is not None, "the rate is too high for one batch"
        for (topic, partition), (batch, triggers) in batches.items():
            future = await producer.send_batch(batch, topic, partition=partition)
            if triggers:
                task = asyncio.ensure_future(_note(future, topic, partition, triggers, appended))
                waiting.add(task)
                task.add_done_callback(waiting.discard)


async def _note(future: Any, topic: str, partition: int, triggers: list[int], appended: dict[Place, int]) -> None:
    metadata = await future
    for index in triggers:
        appended[Place(topic, partition, metadata.offset + index)] = metadata.timestamp
