"""What happens to a partition's state between two chunks: snapshots, checkpoints, repairs, held clients."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiokafka import TopicPartition

from streams.engine import faults
from streams.engine.journal import Checkpoint, HoldChunk, RetryChunk
from streams.engine.made import Made
from streams.engine.metrics import Meter
from streams.engine.ownership import Ownership, owner_record
from streams.engine.pace import Pace
from streams.engine.publishing import Publisher
from streams.engine.repair import Repair
from streams.engine.settings import EngineSettings
from streams.engine.snapshotting import SnapshotRound

log = structlog.get_logger(__name__)

_JOURNAL_LONG: Final = 20_000
"""Records after which an owner names itself anew: what a recovery reads is bounded by it."""
_RECORDS_PER_STATE: Final = 8
"""Records folded for each state that a round would write: the round then costs little beside them."""
_ROUND_DELAY_MAX: Final = 3
"""In snapshot intervals: a recovery must not have to fold more than that again."""

_HURRIED_S: Final = 0.01
"""For snapshots between two chunks, when the worker is about to stop."""

Cut = Callable[[int, int], Awaitable[None]]
"""Cuts the journal of a partition in front of an offset."""


class Keeper:
    """Called between two chunks, the last one published; what waits for the broker does so in the background."""

    def __init__(
        self,
        settings: EngineSettings,
        owned: Ownership,
        publisher: Publisher,
        cut: Cut,
        wake: asyncio.Event,
        meter: Meter,
    ) -> None:
        """`wake` is set when something in the background is done."""
        self.settings = settings
        self.owned = owned
        self.number = owned.partition
        self.folder = owned.folder
        self._meter = meter
        self._writer = owned.writer
        self._publisher = publisher
        self._cut = cut
        self._wake = wake
        self._round: SnapshotRound | None = None
        self._last_round = time.monotonic()
        self._folded_at_round = self.folder.records_folded
        self._repair = Repair(settings, owned.partition, owned.loss)
        self._pace = Pace(settings.snapshot_slice_records, least=5, first=25)
        self._cutting: asyncio.Task[None] | None = None
        self._look: asyncio.Task[None] | None = None
        self._looked = False

    @property
    def busy(self) -> bool:
        """There is something to do before the next wait."""
        return self._repair.waiting or (self._round is not None and self._round.may_take())

    def published(self, written: dict[str, list[tuple[int, int]]]) -> None:
        """Note our own requests to the outputs."""
        self._repair.published(written)

    def newest(self, made: Made) -> None:
        """Note that the clients' last records are ours, and acknowledged."""
        self._repair.newest(made.here)

    # held clients

    async def retry_held(self) -> None:
        """Held clients get another chance when the rules, or the limit, have changed since."""
        folder = self.folder
        again = [
            key
            for key, held in sorted(folder.states.held.items())
            if held.rules_version != folder.fold.rules_version
            or (held.reason == "state_bytes" and len(held.state) <= self.settings.state_bytes_max)
        ]
        if again:
            log.info("held_clients_again", **self.owned.where(), clients=len(again))
            made = folder.retry(self.owned.n + 1, again)
            await self._append_chunk(RetryChunk(self._writer.owner, self.owned.n + 1, again, folder.fold.rules_version))
            await self._publish(made)
            self.owned.n += 1

    async def _append_chunk(self, chunk: HoldChunk | RetryChunk) -> None:
        await self._writer.append(chunk)
        faults.reach("journal")

    async def _hold_oversized(self, current: SnapshotRound) -> None:
        """Clients over the limit are held by a chunk of their own, so that folding again holds them there too."""
        clients = sorted(current.oversized)
        log.error("clients_held", **self.owned.where(), reason="state_bytes", clients=len(clients))
        n = self.owned.n + 1
        self.folder.hold(n, clients)
        await self._append_chunk(HoldChunk(self._writer.owner, n, clients, self.folder.fold.rules_version))
        self.owned.n = n
        current.oversized.clear()
        current.again(clients)

    # snapshots and repair

    async def between_chunks(self, spare_s: float) -> None:
        """Between two chunks, the last one published: a slice of the snapshots, the checkpoint, repairs.

        `spare_s`: how long this may keep the loop busy, about.
        """
        hurried = self.owned.c < self.owned.checkpoint_by
        most = self._pace.items(max(spare_s, _HURRIED_S) if hurried else spare_s)
        if self._look is not None and self._look.done():
            look, self._look = self._look, None
            look.result()
        if self._repair.waiting:
            outputs = self._repair.compare(self.folder.states, most)
            if outputs:
                await self._publish(Made(outputs, []))
        if self._round is None:
            if not self._looked:
                self._start_look()
            if not (hurried or self._round_is_due()):
                return
            self._start_look()
            if self.owned.n == self.owned.c and not self.folder.states.dirty:
                self._last_round = self.owned.covered_at = time.monotonic()
                return
            self._begin_round()
        await self._advance_round(most)

    def _round_is_due(self) -> bool:
        """A round encodes every changed client once: under load it waits until that is little beside the folding."""
        passed_ms = (time.monotonic() - self._last_round) * 1000
        if passed_ms < self.settings.snapshot_interval_ms:
            return False
        folded = self.folder.records_folded - self._folded_at_round
        worth_it = folded >= _RECORDS_PER_STATE * len(self.folder.states.dirty)
        return worth_it or passed_ms >= _ROUND_DELAY_MAX * self.settings.snapshot_interval_ms

    def _start_look(self) -> None:
        if self._look is None:
            self._looked = True
            self._look = asyncio.ensure_future(self._repair.look())
            self._look.add_done_callback(lambda _: self._wake.set())

    def _begin_round(self) -> None:
        """Rule 14: c, positions, instant and shared state as of now."""
        self._folded_at_round = self.folder.records_folded
        settings, folder = self.settings, self.folder
        self._round = SnapshotRound(
            folder.states,
            self._publisher,
            TopicPartition(settings.snapshot_topic, self.number),
            self._writer.tenure,
            c=self.owned.n,
            positions=dict(self.owned.positions),
            at=folder.at,
            shared=folder.fold.shared_encode(folder.shared),
            state_bytes_max=settings.state_bytes_max,
            wake=self._wake,
        )

    async def _advance_round(self, most: int) -> None:
        current = self._round
        assert current is not None
        current.check()
        if current.may_take():
            self._pace.start(most)
            current.take(self.owned.n, most)
            self._pace.stop(most)
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
                self.owned.loss,
            )
        )
        faults.reach("checkpoint")
        self.owned.c = current.c
        self.owned.covered_at = current.begun_at
        self._round = None
        self._last_round = time.monotonic()
        self._meter.checkpoint()
        if self.owned.cut_before != self._writer.owner:  # rule 3: our owner record is older than this checkpoint
            self.owned.cut_before = self._writer.owner
            self._cutting = asyncio.ensure_future(self._cut(self.number, self._writer.owner))
        if self._writer.length > _JOURNAL_LONG:
            await self._writer.fence_again(owner_record(self.settings, self.folder.fold, self.folder.partitions))

    async def _publish(self, made: Made) -> None:
        if made.here or made.elsewhere:
            self.published(await self._publisher.publish(self.number, made))

    async def close(self) -> None:
        """No further chunk will come: write a checkpoint of everything, so that nothing is folded again."""
        while self._round is not None:
            await self._finish_round()
        if self.owned.n > self.owned.c or self.folder.states.dirty:
            self._begin_round()
            await self._finish_round()
        if self._cutting is not None:
            await self._cutting

    async def _finish_round(self) -> None:
        while (current := self._round) is not None:
            await self._advance_round(self.settings.snapshot_slice_records)
            if self._round is not None and not current.may_take():
                await current.wait()

    def abandon(self) -> None:
        """Drop what runs in the background; nothing more is written."""
        for task in (self._look, self._cutting):
            if task is not None:
                task.cancel()
        if self._round is not None:
            for task in self._round.pending():
                task.cancel()
