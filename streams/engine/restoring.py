"""Snapshots are read in bulk when a partition is taken (rule 6): nothing is decoded, a client is one piece of bytes."""

from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import TopicPartition

from schemas.records import NEVER, Instant
from streams.engine.failures import Refusal
from streams.engine.fetching import Batch
from streams.engine.reading import Reader
from streams.engine.restore_progress import RestoreProgress
from streams.engine.snapshot_records import FLAGGED, HEADER_BYTES, HELD, OWNER_BYTES, decode_held
from streams.engine.states import States
from streams.engine.stored import TAIL_BYTES, chunk_of, header_of, owner_of, state_of

_KIND_BYTES: Final = 5
"""The header's end: state version, and whether the client is held or flagged."""
_CHUNK_BYTES: Final = 8


@dataclass
class Restored:
    """What the snapshot topic gave beside the states."""

    chunk_max: int = 0
    records: int = 0


@dataclass
class Restoring:
    """Takes the records of one partition's snapshots in any order that compaction may leave; then `finish`."""

    states: States[Any, Any]
    records: int = 0
    newest: bytes = bytes(HEADER_BYTES)
    """The header with the highest chunk."""
    kinds: set[bytes] = field(default_factory=set)

    def load(self, batch: Batch) -> None:
        """The hot loop of a recovery."""
        stored, kinds, newest = self.states.stored, self.kinds, self.newest
        first_or, join, records = stored.setdefault, b"".join, 0
        for record in batch:
            key: bytes = record.key
            value: bytes | None = record.value
            if value is None:
                self._deleted(key)
                continue
            header: bytes = record.headers[0][1]
            new = join((value, header, key[-OWNER_BYTES:]))
            known = first_or(key[:-OWNER_BYTES], new)
            if known is not new:
                self._another(key[:-OWNER_BYTES], known, new)
            kinds.add(header[-_KIND_BYTES:])
            if header > newest:
                newest = header
            records += 1
        self.newest = newest
        self.records += records

    def _another(self, client: bytes, known: bytes, new: bytes) -> None:
        """One more snapshot of a client: the highest chunk counts, and every owner is remembered."""
        if new[-TAIL_BYTES : _CHUNK_BYTES - TAIL_BYTES] > known[-TAIL_BYTES : _CHUNK_BYTES - TAIL_BYTES]:
            self.states.stored[client] = new
        others = self.states.others
        owners = others.get(client)
        if owners is None and new[-OWNER_BYTES:] != known[-OWNER_BYTES:]:
            others[client] = (owner_of(known), owner_of(new))
        elif owners is not None and (owner := owner_of(new)) not in owners:
            others[client] = (*owners, owner)

    def _deleted(self, key: bytes) -> None:
        """Somebody deleted one key of a client (rule 15); what it said is in a newer snapshot."""
        client, owner = key[:-OWNER_BYTES], int.from_bytes(key[-OWNER_BYTES:], "big")
        if (known := self.states.stored.get(client)) is not None:
            owners = self.states.others.get(client, (owner_of(known),))
            self.states.others[client] = tuple(other for other in owners if other != owner)

    def finish(self) -> Restored:
        """Held clients and deadlines. Raises Refusal when a newer version wrote a snapshot that counts."""
        states = self.states
        if any(int.from_bytes(kind[:4], "big") > states.fold.state_version for kind in self.kinds):
            self._refuse()
        if any(kind[4] & HELD for kind in self.kinds):
            self._hold()
        due: dict[bytes, Instant] = dict.fromkeys(states.held, NEVER)
        begin, end = _CHUNK_BYTES - TAIL_BYTES, 2 * _CHUNK_BYTES - TAIL_BYTES
        instants: dict[bytes, Instant] = {}
        for client, stored in states.stored.items():
            packed = stored[begin:end]
            instant = instants.get(packed)
            if instant is None:
                instant = instants[packed] = int.from_bytes(packed, "big", signed=True)
            due[client] = instant
        states.deadlines.load(due)
        if any(kind[4] & FLAGGED for kind in self.kinds):
            states.count_flagged()
        return Restored(int.from_bytes(self.newest[:_CHUNK_BYTES], "big"), self.records)

    def _refuse(self) -> None:
        newest = self.states.fold.state_version
        for client, stored in self.states.stored.items():
            if (version := header_of(stored).state_version) > newest:
                raise Refusal(
                    "state_version",
                    f"the snapshot of client {client!r} has state version {version}, this worker knows up to {newest}",
                    "start the newer version",
                )

    def _hold(self) -> None:
        states = self.states
        for client in [client for client, stored in states.stored.items() if header_of(stored).held]:
            stored = states.stored[client]
            states.hold(client, decode_held(state_of(stored)))
            del states.dirty[client]
            states.taken_held[client] = chunk_of(stored)


async def restore(
    reader: Reader, tp: TopicPartition, states: States[Any, Any], progress: RestoreProgress | None = None
) -> Restored:
    """Load every client's snapshot with the highest chunk over all its keys (rule 6). Raises Refusal as `finish`."""
    restoring = Restoring(states)
    if progress is None:
        progress = RestoreProgress(tp.partition)
    async for batches in reader.to_the_end(tp, progress.snapshots_span):
        for batch in batches:
            restoring.load(batch)
        if batches:
            progress.snapshots_read(batches[-1].next_offset)
    return restoring.finish()
