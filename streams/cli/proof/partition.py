"""Folds one partition of one fold again: in one go from the first chunk on, and as the next owner would find it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition

from streams.agents.folds import FoldName
from streams.cli.proof.differences import Differences
from streams.cli.proof.inputs import JournaledInputs
from streams.cli.proof.journaled import Journaled, entries_again, read_journal
from streams.cli.proof.refolding import refold
from streams.cli.proof.snapshots import SnapshotComparison
from streams.engine.failures import Refusal
from streams.engine.fetching import COMMITTED
from streams.engine.fold import Fold
from streams.engine.folding import Folder
from streams.engine.journal import Entry
from streams.engine.journal_reading import JournalReading
from streams.engine.made import Made
from streams.engine.ownership import Taking
from streams.engine.publishing import Publisher
from streams.engine.reading import Reader
from streams.engine.restoring import restore
from streams.engine.settings import EngineSettings
from streams.engine.state_hash import client_hashes, partition_hash
from streams.engine.states import States


@dataclass
class PartitionProof:
    """What folding again gave, of one partition of one fold."""

    fold: FoldName
    number: int
    whole: bool = False
    """Folded from the first chunk on; else on top of the snapshots, from the last checkpoint on."""
    chunks: int = 0
    records: int = 0
    clients: int = 0
    instant: int = 0
    waiting: int = 0
    """Records that no worker has folded yet."""
    state_hash: bytes = b""
    snapshots: int = 0
    """Compared with the state at their chunk."""
    differences: Differences = field(default_factory=Differences)
    notes: list[str] = field(default_factory=list)
    """What could not be verified, and why."""
    arrived: set[bytes] = field(default_factory=set)
    """Where the misrouted records came from that were sent on to this partition."""


@dataclass
class PartitionProver:
    """Reads only. Made anew, with another client in `apart`, when `run` raises ClientFailed."""

    settings: EngineSettings
    fold: Fold[Any, Any]
    partitions: int
    proof: PartitionProof
    emit: Callable[[Made], None]
    """Given what the chunks make, in order."""
    folded: Callable[[int], None]
    """Told how many records were folded, as it goes on."""
    apart: set[bytes]
    """Clients on which the rules raise: folded apart from the others, as a worker does then."""
    chunk_records_max: int | None = None
    """Fold in pieces of at most so many records."""

    async def run(self, *, snapshots: bool) -> Folder[Any, Any] | None:
        """Fold the partition; None when its journal says nothing. `snapshots`: compare them where that is possible.

        Raises Stopped when a request fails, ClientFailed when the rules raise on a client that is not in `apart`.
        """
        async with Reader(self.settings) as reader:
            kept = self._states()
            chunk_max = (await restore(reader, self._tp(self.settings.snapshot_topic), kept)).chunk_max
            found = await self._journal(reader, chunk_max)
            if found is None:
                return None
            if not await self._reaches_back(reader, found):
                return await self._on_snapshots(reader, found, kept)
            self.proof.whole = True
            compared = SnapshotComparison(self.settings.snapshot_topic, kept) if snapshots else None
            folder = self._folder(JournalReading(self.proof.number), self._states())
            await self._refold(folder, entries_again(reader, found), await self._inputs(reader, found.firsts), compared)
            hashes = client_hashes(folder.states, folder.shared, folder.at)
            self._hashed(folder, hashes)
            if compared is not None:
                self._take(compared)
                await self._compare_next_owner(reader, found, kept, hashes)
            return folder

    def _tp(self, topic: str) -> TopicPartition:
        return TopicPartition(topic, self.proof.number)

    def _states(self) -> States[Any, Any]:
        return States(self.fold, self.settings.decoded_clients_max)

    def _folder(self, reading: JournalReading, states: States[Any, Any]) -> Folder[Any, Any]:
        publisher = Publisher(self.settings)  # never started
        taking = Taking(self.settings, self.fold, publisher, self.proof.number, self.partitions, apart=self.apart)
        return taking.folder(reading, states)

    async def _journal(self, reader: Reader, snapshot_chunk_max: int) -> Journaled | None:
        """The journal up to now, which is later than the snapshots were read; None: it explains nothing."""
        tp = self._tp(self.settings.journal_topic)
        try:
            found = await read_journal(reader, tp, (await reader.ends([tp]))[tp])
        except Refusal as refusal:
            self.proof.differences.add(f"{tp.topic}/{tp.partition}", refusal.reason)
            return None
        if snapshot_chunk_max > found.reading.last:
            what = f"a snapshot is of chunk {snapshot_chunk_max}, the journal ends at {found.reading.last}"
            self.proof.differences.add(f"{self.settings.snapshot_topic}/{tp.partition}", what)
            return None
        ours = self.fold.rules_version
        for version, count in sorted(found.rules.items()):
            if version != ours:
                self._note(f"{count:,} chunks were made by rules {version} and folded again by rules {ours}")
        return found

    def _note(self, sentence: str) -> None:
        self.proof.notes.append(sentence)

    async def _reaches_back(self, reader: Reader, found: Journaled) -> bool:
        """Whether everything is there to fold from the first chunk on."""
        if not found.whole:
            begins = f"with chunk {found.first:,}" if found.first is not None else "behind the last chunk"
            self._note(
                f"the journal was cut and begins {begins}: folded on top of the snapshots from the checkpoint on"
            )
            return False
        begins_at, _ = await reader.bounds([self._tp(topic) for topic in found.firsts])
        gone = {topic: begins_at[self._tp(topic)] for topic in found.firsts}
        for topic, begin in gone.items():
            if begin > found.firsts[topic]:
                self._note(f"{topic} begins at offset {begin:,}, what is before it was folded and is gone")
        return all(begin <= found.firsts[topic] for topic, begin in gone.items())

    async def _inputs(self, reader: Reader, firsts: dict[str, int]) -> JournaledInputs:
        tps = [self._tp(topic) for topic in self.settings.input_topics]
        begins, ends = (await reader.bounds(tps))[0], await reader.ends(tps, COMMITTED)
        starts = {tp.topic: max(begins[tp], firsts.get(tp.topic, begins[tp])) for tp in tps}
        return JournaledInputs(reader, self.proof.number, starts, {tp.topic: ends[tp] for tp in tps})

    async def _refold(
        self,
        folder: Folder[Any, Any],
        entries: AsyncIterator[Entry],
        inputs: JournaledInputs,
        compared: SnapshotComparison | None,
    ) -> None:
        """Fold, emit, compare, and note what the inputs gave."""
        proof = self.proof

        def seen(chunk: int, records: int, made: Made) -> None:
            proof.records += records
            proof.chunks += chunk > 0
            self.folded(records)
            self.emit(made)
            if compared is not None and chunk:
                compared.after(chunk, folder)

        await refold(folder, entries, inputs, seen, self.chunk_records_max)
        proof.waiting = await inputs.waiting()
        proof.arrived = inputs.arrived
        for where, what in inputs.wrong:
            proof.differences.add(where, what)

    def _hashed(self, folder: Folder[Any, Any], hashes: dict[bytes, bytes]) -> None:
        self.proof.clients, self.proof.instant = len(hashes), folder.at
        self.proof.state_hash = partition_hash(self.fold, hashes, folder.shared)

    def _take(self, compared: SnapshotComparison) -> None:
        self.proof.snapshots = compared.compared
        self.proof.differences.take(compared.differences)

    async def _on_snapshots(self, reader: Reader, found: Journaled, kept: States[Any, Any]) -> Folder[Any, Any]:
        """As the next owner would find it."""
        folder = self._folder(found.reading, kept)
        await self._refold(folder, _given(found), await self._inputs(reader, _positions(found)), None)
        self._hashed(folder, client_hashes(folder.states, folder.shared, folder.at))
        return folder

    async def _compare_next_owner(
        self, reader: Reader, found: Journaled, kept: States[Any, Any], hashes: dict[bytes, bytes]
    ) -> None:
        """What a worker that takes the partition now would go on from."""
        folder = self._folder(found.reading, kept)
        inputs = await self._inputs(reader, _positions(found))
        await refold(folder, _given(found), inputs, lambda *_: None, self.chunk_records_max)
        theirs = client_hashes(folder.states, folder.shared, folder.at)
        differing = sorted(key for key in hashes.keys() | theirs.keys() if hashes.get(key) != theirs.get(key))
        for key in differing:
            where = f"{self.settings.snapshot_topic}, client {key.decode('utf-8', 'replace')}"
            self.proof.differences.add(where, "the next owner would go on from another state")
        if not differing and partition_hash(self.fold, theirs, folder.shared) != self.proof.state_hash:
            self.proof.differences.add(f"{found.tp.topic}/{found.tp.partition}", "its checkpoint has another policy")


async def _given(found: Journaled) -> AsyncIterator[Entry]:
    for entry in list(found.reading.chunks.values()):
        yield entry


def _positions(found: Journaled) -> dict[str, int]:
    """Where the chunks after the checkpoint begin to read; {}: at the beginning."""
    checkpoint = found.reading.checkpoint
    if checkpoint is None:
        return dict(found.firsts)
    return {topic: position.next for topic, position in checkpoint.positions.items()}
