"""Snapshots are written in the background while a partition runs (rules 14-16)."""

import asyncio
import time
from typing import Final

from aiokafka import TopicPartition

from schemas.records import Instant
from streams.engine.journal import Position
from streams.engine.publishing import Publisher, Record
from streams.engine.snapshot_records import headers_of, key_of
from streams.engine.states import States

_PENDING_MAX: Final = 2
_WRITTEN_TOGETHER: Final = 250
"""States encoded a few at a time go to the broker in one request."""


class SnapshotRound:
    """One pass over the clients changed up to chunk `c`; the checkpoint that ends it says what rule 14 noted here."""

    def __init__(
        self,
        states: States[object, object],
        publisher: Publisher,
        tp: TopicPartition,
        owner: int,
        *,
        c: int,
        positions: dict[str, Position],
        at: Instant,
        shared: bytes,
        state_bytes_max: int,
        wake: asyncio.Event,
    ) -> None:
        """`wake` is set whenever a write is acknowledged or failed."""
        self.c = c
        self.begun_at = time.monotonic()
        self.positions = positions
        self.at = at
        self.shared = shared
        self.oversized: list[bytes] = []
        """Clients found over the limit; not written yet: they must be held by a chunk first."""
        self.written = 0
        self._states = states
        self._publisher = publisher
        self._tp = tp
        self._owner = owner
        self._state_bytes_max = state_bytes_max
        self._wake = wake
        self._todo = list(states.dirty)
        self._next = 0
        self._encoded: list[Record] = []
        self._deleted: list[Record] = []
        self._pending: set[asyncio.Task[None]] = set()
        self._last: asyncio.Task[None] | None = None

    @property
    def all_taken(self) -> bool:
        """Every client of the round has been encoded."""
        return self._next >= len(self._todo)

    @property
    def finished(self) -> bool:
        """Everything is acknowledged: the checkpoint may be appended (rule 16)."""
        return self.all_taken and not self._pending and not self.oversized

    def may_take(self) -> bool:
        """There is something to encode, and not too much of it waits for the broker."""
        return not self.all_taken and len(self._pending) < _PENDING_MAX

    def again(self, clients: list[bytes]) -> None:
        """These were held meanwhile: write them after all."""
        self._todo.extend(clients)

    def take(self, n: int, most: int) -> None:
        """Between two chunks, `n` published: encode the next clients and write them in the background.

        A client changed again since chunk `c` is taken as it is now and named after chunk `n`: rule 7 leaves it alone
        for as long.
        """
        states, dirty = self._states, self._states.dirty
        records, deleted = self._encoded, self._deleted
        for client in self._todo[self._next : self._next + most]:
            if client not in dirty:
                continue
            header, data = states.snapshot(client, n)
            if len(data) > self._state_bytes_max and not header.held:
                self.oversized.append(client)
                continue
            records.append((key_of(client, self._owner), data, headers_of(header)))
            for other in states.others.pop(client, ()):
                if other != self._owner:  # a journal made anew names owners as the one before it did
                    deleted.append((key_of(client, other), None, []))
            states.snapshotted(client, header, data, self._owner)
        self._next = min(self._next + most, len(self._todo))
        if records and (self.all_taken or len(records) >= _WRITTEN_TOGETHER):
            self._encoded, self._deleted = [], []
            self.written += len(records)
            task = asyncio.ensure_future(self._write(records, deleted, self._last))
            self._last = task
            self._pending.add(task)
            task.add_done_callback(lambda _: self._wake.set())

    async def _write(self, records: list[Record], deleted: list[Record], before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        await self._publisher.write(self._tp.topic, self._tp.partition, records)
        if deleted:  # only now: rule 15 deletes a key after the newer snapshot is acknowledged
            await self._publisher.write(self._tp.topic, self._tp.partition, deleted)

    def check(self) -> None:
        """Forget what is acknowledged. Raises Stopped when a write failed."""
        for task in [task for task in self._pending if task.done()]:
            self._pending.discard(task)
            task.result()

    async def wait(self) -> None:
        """Until something that waits for the broker is done. Raises Stopped."""
        if self._pending:
            await asyncio.wait(self._pending, return_when=asyncio.FIRST_COMPLETED)
        self.check()

    def pending(self) -> set[asyncio.Task[None]]:
        """What waits for the broker."""
        return self._pending
