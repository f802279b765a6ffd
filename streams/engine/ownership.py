"""Taking a partition: fence, read the journal, load the snapshots, fold again, publish the last chunk again (4-9)."""

import asyncio
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from aiokafka import TopicPartition

from schemas.records import Instant
from streams.engine import checks, faults, journal
from streams.engine.broadcasting import make_due
from streams.engine.failures import ClientFailed, Stopped
from streams.engine.fold import Fold
from streams.engine.folding import Folder
from streams.engine.journal import Chunk, Entry, HoldChunk, Position, RetryChunk, TimeChunk
from streams.engine.journal_reading import JournalReading
from streams.engine.journal_writing import JournalWriter
from streams.engine.made import Made
from streams.engine.publishing import Publisher
from streams.engine.reading import InputReader, Reader
from streams.engine.restore_progress import RestoreProgress
from streams.engine.restoring import Restored, restore
from streams.engine.settings import EngineSettings
from streams.engine.states import States

log = structlog.get_logger(__name__)

Fenced = tuple[int, Instant | None]
_PROCESS: Final = secrets.token_hex(8)


def owner_record(settings: EngineSettings, fold: Fold[Any, Any], partitions: int) -> journal.Owner:
    """What this process says of itself in the journals it takes."""
    instance = settings.instance_id or settings.client_id
    return journal.Owner(partitions, instance, fold.rules_version, fold.state_version, process=_PROCESS)


@dataclass
class Ownership:
    """A partition that is ours, everything accepted folded and published."""

    partition: int
    folder: Folder[Any, Any]
    writer: JournalWriter
    n: int
    """The last chunk, published."""
    c: int
    """The chunk of the last checkpoint."""
    positions: dict[str, Position]
    loss: bool = False
    cut_before: int | None = None
    checkpoint_first: bool = False
    """Snapshots are ahead of the journal, a loss that was accepted: the next chunk's number leaves a gap in it."""
    clients_restored: int = 0
    chunks_folded_again: int = 0

    covered_at: float = field(default_factory=time.monotonic)
    """When everything folded until then was in a checkpoint, as far as this owner knows."""

    checkpoint_by: int = 0
    """A checkpoint at or after this chunk is wanted as soon as possible: the worker is about to stop."""

    def where(self) -> dict[str, int]:
        """What every log line about the partition says of it."""
        return {"partition": self.partition, "epoch": self.writer.owner, "chunk": self.n}


@dataclass
class Rebuilt:
    """What reading and folding again gave."""

    folder: Folder[Any, Any]
    n: int
    positions: dict[str, Position]
    made: Made | None
    """What the last accepted chunk makes; None when a checkpoint names it."""
    loss: bool


async def _to_its_end(fence: Coroutine[Any, Any, Fenced]) -> Fenced:
    """The fence's result; who is cancelled meanwhile waits for it, so that it does not land behind the next owner's."""
    request = asyncio.ensure_future(fence)
    try:
        return await asyncio.shield(request)
    except asyncio.CancelledError:
        await asyncio.wait([request])
        raise


@dataclass
class Taking:
    """What taking a partition needs to know; `apart` grows when rules raise while chunks are folded again."""

    settings: EngineSettings
    fold: Fold[Any, Any]
    publisher: Publisher
    partition: int
    partitions: int
    committed: dict[str, int] = field(default_factory=dict)
    """Next offsets committed by the group, by topic: they show that a journal existed."""
    apart: set[bytes] = field(default_factory=set)
    first_taken: dict[int, int] = field(default_factory=dict)
    """By partition, the offset of this process's first owner record."""
    progress: RestoreProgress = field(default_factory=lambda: RestoreProgress(0))

    async def take(self) -> Ownership:
        """Take the partition. Raises Refusal when a person must decide, Stopped when a request failed."""
        writer = JournalWriter(self.publisher, self.settings.journal_topic, self.partition)
        record = owner_record(self.settings, self.fold, self.partitions)
        asked_at = checks.wall()
        owner, stamped = await _to_its_end(writer.fence(record))  # rule 4
        first = self.first_taken.setdefault(self.partition, owner)
        self.progress.fenced(owner)
        faults.reach("fence")
        checks.clock(self.settings, asked_at, stamped)
        async with Reader(self.settings) as reader:
            reading = await self._read_journal(reader, owner)  # rule 5
            if self.settings.instance_id and reading.doubled(first):
                raise Stopped(f"another worker runs under the instance id {self.settings.instance_id}")
            rebuilt = await self.rebuild(reader, reading, writer.next)
            return await self._publish_and_own(rebuilt, reading, writer)

    async def _read_journal(self, reader: Reader, owner: int) -> JournalReading:
        tp = TopicPartition(self.settings.journal_topic, self.partition)
        reading = JournalReading(self.partition, self.settings.accept_loss)
        begins, _ = await reader.bounds([tp])
        if begins[tp] > owner:  # rule 3: only an owner after us cuts behind our record
            raise Stopped(f"another owner has taken partition {self.partition}")
        async for records in reader.span(tp, begins[tp], owner + 1):
            for record in records:
                reading.feed(record.offset, record.value)
        reading.ended()
        checks.partitions_unchanged(self.partition, self.partitions, reading.worked)
        return reading

    async def rebuild(self, reader: Reader, reading: JournalReading, journal_end: int) -> Rebuilt:
        """Everything that is accepted, folded: rules 6 and 7. Reads only, again for each client on which rules raise.

        `journal_end`: the offset after the last record of `reading`. Raises Refusal, Stopped.
        """
        while True:
            try:
                return await self._rebuild(reader, reading, journal_end)
            except ClientFailed as failure:
                if failure.key in self.apart:
                    raise Stopped(f"the rules raise on client {failure.key!r} even apart") from failure
                where = {"partition": self.partition, "epoch": reading.owner, "client": failure.key}
                log.error("client_failed", **where, again=True, exc_info=failure.__cause__)
                self.apart.add(failure.key)

    async def _rebuild(self, reader: Reader, reading: JournalReading, journal_end: int) -> Rebuilt:
        settings, fold = self.settings, self.fold
        share = max(1, settings.decoded_clients_max // self.partitions)
        states: States[Any, Any] = States(fold, share)
        chunks = [chunk for chunk in reading.chunks.values() if isinstance(chunk, Chunk)]
        self.progress.journal_read(sum(span.last - span.first + 1 for chunk in chunks for span in chunk.ranges))
        tp = TopicPartition(settings.snapshot_topic, self.partition)
        restored = await restore(reader, tp, states, self.progress)  # rule 6
        loss = await self._check_snapshots(reader, reading, restored, journal_end)
        folder = self.folder(reading, states)
        positions, begins, lost = await checks.inputs(reader, settings, self.partition, reading)
        loss = lost or loss or (reading.checkpoint is not None and reading.checkpoint.loss)
        checks.rules(settings, fold, self.partition, reading)
        made = await self._fold_again(reader, reading, folder, positions, begins)
        return Rebuilt(folder, max(reading.last, restored.chunk_max), positions, made, loss)

    async def _publish_and_own(self, rebuilt: Rebuilt, reading: JournalReading, writer: JournalWriter) -> Ownership:
        """Rules 8 and 9."""
        folder = rebuilt.folder
        if rebuilt.loss:
            self.publisher.mark_loss()
        if rebuilt.made is not None:
            await self.publisher.publish(self.partition, rebuilt.made)
        await self._publish_fresh(reading, folder)
        folder.folded_again = None
        faults.reach("recovered")
        return Ownership(
            self.partition,
            folder,
            writer,
            rebuilt.n,
            reading.completed_through,
            rebuilt.positions,
            rebuilt.loss,
            reading.cut_before(),
            rebuilt.n > reading.last,
            len(folder.states),
            len(reading.chunks),
        )

    async def _check_snapshots(
        self, reader: Reader, reading: JournalReading, restored: Restored, journal_end: int
    ) -> bool:
        """Whether a loss was accepted here. Raises Refusal, or Stopped when a newer owner explains it."""
        loss = checks.journal_present(self.settings, self.partition, reading, self.committed)
        if restored.chunk_max <= reading.last:
            return loss
        tp = TopicPartition(self.settings.journal_topic, self.partition)
        _, ends = await reader.bounds([tp])
        if ends[tp] > journal_end:
            raise Stopped(f"another owner has taken partition {self.partition}")
        return checks.snapshots_explained(self.settings, self.partition, reading, restored.chunk_max)

    def folder(self, reading: JournalReading, states: States[Any, Any]) -> Folder[Any, Any]:
        """The fold of the partition as of the checkpoint of `reading`; without one, from the beginning."""
        fold, checkpoint = self.fold, reading.checkpoint
        shared = fold.shared_new() if checkpoint is None else fold.shared_decode(checkpoint.shared)
        at: Instant = 0 if checkpoint is None else checkpoint.at
        folder = Folder(
            fold,
            states,
            shared,
            partition=self.partition,
            partitions=self.partitions,
            held_bytes_max=self.settings.held_bytes_max,
            at=at,
        )
        folder.apart = self.apart
        folder.folded_again = set()
        for number, instant, reach in fold.broadcasts(shared):
            make_due(folder.states, number, instant, reach)
        return folder

    async def _fold_again(
        self,
        reader: Reader,
        reading: JournalReading,
        folder: Folder[Any, Any],
        positions: dict[str, Position],
        begins: dict[str, int],
    ) -> Made | None:
        """Rule 7; what the last accepted chunk makes, or None when there is none after the checkpoint."""
        chunks = [chunk for chunk in reading.chunks.values() if isinstance(chunk, Chunk)]
        spans = [span for chunk in chunks for span in chunk.ranges]
        starts: dict[str, int] = {}
        ends: dict[str, int] = {}
        for span in spans:
            if span.topic in positions and span.last < positions[span.topic].next:
                starts.setdefault(span.topic, max(span.first, begins[span.topic]))
                ends[span.topic] = span.last + 1
        inputs = InputReader(reader, self.partition, ends, starts)
        made: Made | None = None
        for entry in reading.chunks.values():
            made = await self._fold_entry(entry, folder, inputs)
        return made

    async def _fold_entry(self, entry: Entry, folder: Folder[Any, Any], inputs: InputReader) -> Made:
        match entry:
            case Chunk():
                records = [
                    record for span in entry.ranges for record in await inputs.range(span.topic, span.first, span.last)
                ]
                made = folder.records(entry.n, records)
                self.progress.folded_again(len(records))
                return made
            case TimeChunk():
                return folder.fire_again(entry.n, entry.instant, (entry.due, entry.client))
            case HoldChunk():
                folder.hold(entry.n, entry.clients)
                return Made([], [])
            case RetryChunk():
                return folder.retry(entry.n, entry.clients)

    async def _publish_fresh(self, reading: JournalReading, folder: Folder[Any, Any]) -> None:
        """After `--accept-new-rules`: the status and block of every client that other rules folded again."""
        if not checks.other_rules(self.fold, reading) or not folder.folded_again:
            return
        states = folder.states
        fresh = [
            output
            for key in sorted(folder.folded_again)
            if key not in states.held and (state := states.peek(key)) is not None
            for output in self.fold.republish(state)
        ]
        await self.publisher.publish(self.partition, Made(fresh, []))
