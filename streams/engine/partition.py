"""The work on one owned partition: one chunk after the other (rules 10-13), snapshots in between, time when due."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import structlog
from aiokafka import TopicPartition

from schemas.records import Instant
from streams.engine import checks, faults
from streams.engine.clocks import Clock
from streams.engine.folding import Made
from streams.engine.inbox import Inbox, Taken
from streams.engine.journal import Checkpoint, Chunk, HoldChunk, Position, RetryChunk, TimeChunk
from streams.engine.ownership import Ownership
from streams.engine.publishing import Publisher
from streams.engine.repair import Repair
from streams.engine.settings import EngineSettings
from streams.engine.snapshotting import SnapshotRound

log = structlog.get_logger(__name__)

_WAIT_MAX_S: Final = 1.0
_STUCK_S: Final = 0.5


class Inputs(Protocol):
    """What a partition asks of the consumer."""

    def ends(self, partition: int) -> dict[str, int | None]:
        """By topic, the end as the last fetch saw it; None: not fetched yet."""
        ...

    async def ends_now(self, partition: int) -> dict[str, int]:
        """By topic, the end as the broker has it now."""
        ...

    async def read_to(self, partition: int, topic: str) -> int | None:
        """How far the consumer has read a topic, records or not."""
        ...

    def room(self, partition: int, topic: str, full: bool) -> None:
        """Fetch no more of this topic for now, or again."""
        ...


class Partition:
    """Runs until stopped; any exception of `run` stops the worker, ClientFailed makes it take the partition anew."""

    def __init__(
        self,
        settings: EngineSettings,
        ownership: Ownership,
        publisher: Publisher,
        clock: Clock,
        inputs: Inputs,
        inbox: Inbox,
        cut: Callable[[int, int], Awaitable[None]],
    ) -> None:
        self.settings = settings
        self.number = ownership.partition
        self.folder = ownership.folder
        self.inbox = inbox
        self.n = ownership.n
        self.current: Taken | None = None
        """Records taken from the inbox and not published yet."""
        self.checkpoints = 0
        self._owned = ownership
        self._writer = ownership.writer
        self._publisher = publisher
        self._clock = clock
        self._inputs = inputs
        self._cut = cut
        self._cut_before = ownership.cut_before
        self._c = ownership.c
        self._round: SnapshotRound | None = None
        self._last_round = time.monotonic()
        self._repair = Repair(settings, self.number)
        self._look: asyncio.Task[None] | None = None
        self._looked = False
        self._wake = asyncio.Event()
        self._stopping = False
        self._full: set[str] = set()
        self._horizon: tuple[Instant, dict[str, int]] = (-1, {})
        self._read_to: dict[str, int] = {}
        self._waiting_since: float | None = None
        clock.saw(self.folder.at)

    # from outside

    def put(self, topic: str, records: list[Any], done: Callable[[], None] | None) -> None:
        """Records of a fetch have come."""
        self.inbox.put(topic, records, done)
        if self.inbox.buffered[topic] > self.settings.chunk_records_max and topic not in self._full:
            self._full.add(topic)
            self._inputs.room(self.number, topic, True)
        self._wake.set()

    def take_over(self, former: "Partition") -> None:
        """Go on where `former` was when the partition was taken anew: its queues and what it said of them."""
        self._full = former._full
        self._stopping = former._stopping

    def stop(self) -> None:
        """Finish the chunk at hand and return from `run`."""
        self._stopping = True
        self._wake.set()

    # the loop

    async def run(self) -> None:
        """Work until `stop`. Raises Stopped, Refusal, ClientFailed."""
        await self._retry_held()
        while not self._stopping:
            self._wake.clear()
            await self._between()
            taken = self._next()
            if taken is not None:
                await self._fold(taken)
            fired = await self._fire()
            if taken is None and not fired:
                await self._wait()

    def _next(self) -> Taken | None:
        """The records of the next chunk, once no topic can still have older ones."""
        inbox = self.inbox
        if inbox.empty():
            self._waiting_since = None
            return None
        if self._waiting_for():
            if self._waiting_since is None:
                self._waiting_since = time.monotonic()
            return None
        self._waiting_since = None
        return inbox.take()

    def _waiting_for(self) -> list[str]:
        ends = self._inputs.ends(self.number)
        waiting = self.inbox.waiting_for(ends)
        return [topic for topic in waiting if self._behind(topic, ends[topic])]

    def _behind(self, topic: str, end: int | None) -> bool:
        """False when the consumer was found to have read a topic whose last offsets hold no records."""
        return end is None or self._read_to.get(topic, -1) < end

    async def _fold(self, taken: Taken) -> None:
        """One chunk of records: rules 10 to 13."""
        self.current = taken
        records, topic, n = taken.records, taken.topic, self.n + 1
        checks.timestamp_type(self.settings, records[0])
        made = self.folder.records(n, records)
        faults.reach("fold")
        last = records[-1]
        owner, rules_version = self._writer.owner, self.folder.fold.rules_version
        await self._writer.append(Chunk(owner, n, topic, records[0].offset, last.offset, last.timestamp, rules_version))
        faults.reach("journal")
        await self._publish(made)
        self.n = n
        self.current = None
        self._owned.positions[topic] = Position(last.offset + 1, last.timestamp)
        self._clock.saw(last.timestamp)
        if taken.done is not None:
            taken.done()
        faults.reach("commit")
        if topic in self._full and self.inbox.buffered[topic] <= self.settings.chunk_records_max // 2:
            self._full.discard(topic)
            self._inputs.room(self.number, topic, False)
        self.folder.states.trim()

    async def _publish(self, made: Made) -> None:
        if made.here or made.elsewhere:
            self._repair.published(await self._publisher.publish(self.number, made))
        faults.reach("publish")

    # time

    async def _fire(self) -> bool:
        """A chunk of time, when somebody is due and everything before that instant has been folded."""
        instant = await self._instant()
        if instant is None:
            return False
        n, folder = self.n + 1, self.folder
        chosen = folder.choose(instant, self.settings.deadline_clients_max)
        if not chosen:
            return False
        made = folder.fire(n, instant, chosen)
        faults.reach("fold")
        due, client = chosen[-1]
        owner, rules_version = self._writer.owner, folder.fold.rules_version
        await self._writer.append(TimeChunk(owner, n, instant, due, client, rules_version))
        faults.reach("journal")
        await self._publish(made)
        self.n = n
        folder.states.trim()
        return True

    async def _instant(self) -> Instant | None:
        """The instant up to which deadlines may fire now, or None."""
        first = self.folder.states.deadlines.first()
        if first is None:
            return None
        now = self._clock.now(self.folder.at)
        if first[0] > now:
            return None
        if self._clock.simulated:
            return now if self.inbox.empty() and not self._waiting_for() else None
        if self._horizon[0] < first[0]:
            self._horizon = (now, await self._inputs.ends_now(self.number))
        instant, ends = self._horizon
        folded = self.inbox.folded_to
        if all(max(folded[topic], self._read_to.get(topic, 0)) >= end for topic, end in ends.items()):
            return max(instant, self.folder.at)
        if self._waiting_since is None:
            self._waiting_since = time.monotonic()
        return None

    async def _wait(self) -> None:
        """Until records come, a deadline is due, or something in the background is done."""
        if self._waiting_since is not None and time.monotonic() - self._waiting_since > _STUCK_S:
            await self._ask_positions()
        if self._stopping or (self._round is not None and self._round.may_take()):
            await asyncio.sleep(0)
            return
        waits: set[asyncio.Future[Any]] = {asyncio.ensure_future(self._wake.wait())}
        background = set(self._round.pending()) if self._round is not None else set()
        done, _ = await asyncio.wait(waits | background, timeout=self._timeout_s(), return_when=asyncio.FIRST_COMPLETED)
        for wait in waits - done:
            wait.cancel()

    def _timeout_s(self) -> float:
        first = self.folder.states.deadlines.first()
        timeout = _WAIT_MAX_S
        if self._waiting_since is not None or not self.inbox.empty():
            timeout = 0.02
        elif first is not None and not self._clock.simulated:
            timeout = min(timeout, (first[0] - self._clock.now(self.folder.at)) / 1000)
        elif first is not None:
            timeout = 0.05
        return max(timeout, 0.002)

    async def _ask_positions(self) -> None:
        """Topics whose last offsets hold no records (transaction markers) are read to their end all the same."""
        self._waiting_since = None
        for topic in self.inbox.topics:
            if not self.inbox.buffered[topic]:
                position = await self._inputs.read_to(self.number, topic)
                if position is not None and not self.inbox.buffered[topic]:
                    self._read_to[topic] = position

    # held clients

    async def _retry_held(self) -> None:
        """Held clients get another chance when the rules, or the limit, have changed since."""
        folder = self.folder
        again = [
            key
            for key, held in sorted(folder.states.held.items())
            if held.rules_version != folder.fold.rules_version
            or (held.reason == "state_bytes" and len(held.state) <= self.settings.state_bytes_max)
        ]
        if again:
            log.info("held_clients_again", partition=self.number, clients=len(again))
            made = folder.retry(self.n + 1, again)
            await self._append_chunk(RetryChunk(self._writer.owner, self.n + 1, again, folder.fold.rules_version))
            await self._publish(made)
            self.n += 1

    async def _append_chunk(self, chunk: HoldChunk | RetryChunk) -> None:
        await self._writer.append(chunk)
        faults.reach("journal")

    async def _hold_oversized(self, current: SnapshotRound) -> None:
        """Clients over the limit are held by a chunk of their own, so that folding again holds them there too."""
        clients = sorted(current.oversized)
        log.error("clients_held", partition=self.number, reason="state_bytes", clients=len(clients))
        n = self.n + 1
        self.folder.hold(n, clients)
        await self._append_chunk(HoldChunk(self._writer.owner, n, clients, self.folder.fold.rules_version))
        self.n = n
        current.oversized.clear()
        current.again(clients)

    # snapshots and repair

    async def _between(self) -> None:
        """Between two chunks, the last one published: a slice of the snapshots, the checkpoint, repairs."""
        if self._look is not None and self._look.done():
            look, self._look = self._look, None
            look.result()
        if self._repair.waiting:
            outputs = self._repair.compare(self.folder.states, self.settings.snapshot_slice_records)
            if outputs:
                await self._publish(Made(outputs, []))
        if self._round is None:
            if not self._looked:
                self._start_look()
            if (time.monotonic() - self._last_round) * 1000 < self.settings.snapshot_interval_ms:
                return
            self._start_look()
            if self.n == self._c and not self.folder.states.dirty:
                self._last_round = time.monotonic()
                return
            self._begin_round()
        await self._advance_round()

    def _start_look(self) -> None:
        if self._look is None:
            self._looked = True
            self._look = asyncio.ensure_future(self._repair.look())
            self._look.add_done_callback(lambda _: self._wake.set())

    def _begin_round(self) -> None:
        """Rule 14: c, positions, instant and shared state as of now."""
        settings, folder = self.settings, self.folder
        self._round = SnapshotRound(
            folder.states,
            self._publisher,
            TopicPartition(settings.snapshot_topic, self.number),
            self._writer.owner,
            c=self.n,
            positions=dict(self._owned.positions),
            at=folder.at,
            shared=folder.fold.shared_encode(folder.shared),
            state_bytes_max=settings.state_bytes_max,
        )

    async def _advance_round(self) -> None:
        current = self._round
        assert current is not None
        current.check()
        if current.may_take():
            current.take(self.n, self.settings.snapshot_slice_records)
        if current.oversized:
            await self._hold_oversized(current)
        if current.finished:
            await self._checkpoint(current)

    async def _checkpoint(self, current: SnapshotRound) -> None:
        """Rule 16: after every snapshot of the round is acknowledged."""
        faults.reach("snapshot")
        await self._writer.append(
            Checkpoint(
                self._writer.owner,
                current.c,
                current.positions,
                current.at,
                current.shared,
                self.folder.fold.rules_version,
                self._owned.loss,
            )
        )
        faults.reach("checkpoint")
        self._c = current.c
        self._round = None
        self._last_round = time.monotonic()
        self.checkpoints += 1
        if self._cut_before != self._writer.owner:  # rule 3: our owner record is older than this checkpoint
            self._cut_before = self._writer.owner
            await self._cut(self.number, self._writer.owner)

    async def close(self) -> None:
        """After `run` returned: write a checkpoint of everything, so that nothing is folded again."""
        while self._round is not None:
            await self._finish_round()
        if self.n > self._c or self.folder.states.dirty:
            self._begin_round()
            await self._finish_round()
        log.info("partition_closed", partition=self.number, chunk=self.n, clients=len(self.folder.states))

    async def _finish_round(self) -> None:
        while (current := self._round) is not None:
            await self._advance_round()
            if self._round is not None and not current.may_take():
                await current.wait()

    def abandon(self) -> None:
        """Drop what runs in the background; nothing more is written."""
        if self._look is not None:
            self._look.cancel()
        if self._round is not None:
            for task in self._round.pending():
                task.cancel()
