"""The clients of one partition: bytes until touched, a bounded number of them decoded."""

from itertools import islice
from typing import Final, Generic

from schemas.records import NEVER, Instant
from streams.engine.deadlines import Deadlines
from streams.engine.fold import Fold, Shared, State
from streams.engine.returning import Returning
from streams.engine.snapshot_records import HeldClient, SnapshotHeader, encode_held
from streams.engine.state_hash import client_hashes, partition_hash
from streams.engine.stored import NOBODY, chunk_of, flagged, header_of, owner_of, pack, state_of

_SLACK_SHARE: Final = 20
"""Of the limit of decoded clients."""
_LEAVE_AT_ONCE_MAX: Final = 200
"""Clients encoded between two runs of records when none is to stay decoded any more: a few milliseconds."""
_RUN_RECORDS_MAX: Final = 100
"""Where no client stays decoded: so many clients fit in a processor's own cache."""


class States(Generic[State, Shared]):
    """Everything known of the clients of one partition.

    A client is in exactly one of: `live` (decoded), `stored` and not live (bytes), `held`. A live client that is not
    in `dirty` may keep its bytes in `stored`; they are dropped when it changes.
    """

    def __init__(self, fold: Fold[State, Shared], decoded_clients_max: int) -> None:
        self.fold = fold
        self.decoded_clients_max = decoded_clients_max
        self._returning = Returning(decoded_clients_max)
        self.live: dict[bytes, State] = {}
        self.stored: dict[bytes, bytes] = {}
        """State, header and owner in one piece of bytes (see `streams.engine.stored`)."""
        self.held: dict[bytes, HeldClient] = {}
        self.stored_flagged = 0
        """How many of `stored` are flagged."""
        self.deadlines = Deadlines()
        self.taken_held: dict[bytes, int] = {}
        """The chunk of the snapshot of each client that was held in it."""
        self.dirty: dict[bytes, None] = {}
        """Clients changed since their snapshot, in the order of the change."""
        self.others: dict[bytes, tuple[int, ...]] = {}
        """Owners, not this one, under which the client has snapshot keys (rule 6 saw them; rule 15 deletes them).

        A client that is not here has at most the one that stands in what is stored of it.
        """
        self.oversized: list[bytes] = []
        """Clients found larger than the limit when they were encoded; the partition holds them by a chunk."""

    def __len__(self) -> int:
        return len(self.deadlines.due)

    def taken(self, key: bytes) -> int:
        """s[x] of the model: the chunk of the client's snapshot, 0 when it has none or has been folded since."""
        stored = self.stored.get(key)
        return self.taken_held.get(key, 0) if stored is None else chunk_of(stored)

    def seen(self, key: bytes) -> int:
        """Broadcasts the client had taken when it was stored; -1 when it has changed since."""
        stored = self.stored.get(key)
        return -1 if stored is None else header_of(stored).seen

    def data(self, key: bytes) -> bytes | None:
        """The encoded state of a client that is not decoded; None when nothing is known of it."""
        stored = self.stored.get(key)
        return None if stored is None else state_of(stored)

    def load(self, key: bytes) -> State | None:
        """The client decoded, or None when nothing is known of it. Not for held clients."""
        state = self.live.get(key)
        if state is None:
            self._returning.missed(key)
            if (stored := self.stored.get(key)) is not None:
                state = self.live[key] = self.fold.decode(state_of(stored))
        return state

    def peek(self, key: bytes) -> State | None:
        """As `load`; the client stays as it is."""
        state = self.live.get(key)
        if state is None and (stored := self.stored.get(key)) is not None:
            state = self.fold.decode(state_of(stored))
        return state

    def changed(self, touched: dict[bytes, State]) -> None:
        """These live clients were folded: note their next deadline, and that their bytes are out of date."""
        deadline_of, due, schedule = self.fold.deadline, self.deadlines.due, self.deadlines.set
        for key, state in touched.items():
            deadline = deadline_of(state)
            if due.get(key) != deadline:
                schedule(key, deadline)
        self._returning.folded(len(touched))
        self.dirty.update(dict.fromkeys(touched))
        if self.stored:
            for key in touched.keys() & self.stored.keys():
                self._drop(key)

    def _drop(self, key: bytes) -> None:
        """What is stored of the client is out of date; that its owner has a snapshot of it is remembered."""
        stored = self.stored.pop(key, None)
        if stored is None:
            return
        self.stored_flagged -= flagged(stored)
        if (owner := owner_of(stored)) != NOBODY:
            self.others.setdefault(key, (owner,))

    def _store(self, key: bytes, state: State) -> None:
        self._drop(key)
        self._keep(key, self._header(0, state), self.fold.encode(state), NOBODY)

    def _keep(self, key: bytes, header: SnapshotHeader, data: bytes, owner: int) -> None:
        """These bytes say all of the client, which has none yet."""
        self.stored[key] = pack(data, header, owner)
        self.stored_flagged += header.flagged

    def forget(self, key: bytes) -> None:
        """Nothing is known of this client after all."""
        self.live.pop(key, None)
        self.dirty.pop(key, None)
        self.deadlines.drop(key)

    def hold(self, key: bytes, held: HeldClient) -> None:
        """From here on the client is held; it has no deadline."""
        self.live.pop(key, None)
        self._drop(key)
        self.taken_held.pop(key, None)
        self.held[key] = held
        self.dirty[key] = None
        self.deadlines.set(key, NEVER)

    def put(self, key: bytes, state: State) -> None:
        """A changed state of a client that is folded apart from the others: kept encoded."""
        self.live.pop(key, None)
        self._store(key, state)
        self.dirty[key] = None
        self.deadlines.set(key, self.fold.deadline(state))

    @property
    def _slack(self) -> int:
        return self.decoded_clients_max // _SLACK_SHARE

    @property
    def all_stay(self) -> bool:
        """Whether clients stay decoded after their records: there are no more than may, or enough of them come back."""
        return self._returning.stay or len(self) <= self.decoded_clients_max + self._slack

    def run_records(self, records: int) -> int:
        """How many records of so many to fold before `trim`; not 0."""
        return max(records, 1) if self.all_stay else min(self.decoded_clients_max, _RUN_RECORDS_MAX) or 1

    def trim(self) -> None:
        """Encode again what is too much: clients untouched since their snapshot first, the longest decoded first.

        A little more than the limit is let be, and a little more than the excess goes, so that a population just
        above the limit is not decoded and encoded again at every chunk.
        """
        most, slack = self.decoded_clients_max, self._slack
        if self.all_stay:
            excess = len(self.live) - most + slack if len(self.live) > most + slack else 0
        else:
            excess = min(len(self.live), _LEAVE_AT_ONCE_MAX)
        if not excess:
            return
        dirty = self.dirty
        chosen = list(islice((key for key in self.live if key not in dirty), excess))
        chosen += islice((key for key in self.live if key in dirty), excess - len(chosen))
        for key in chosen:
            state = self.live.pop(key)
            self._returning.left(key)
            if key in dirty or key not in self.stored:
                self._store(key, state)

    def snapshot(self, key: bytes, chunk: int) -> tuple[SnapshotHeader, bytes]:
        """The client as a snapshot of `chunk`."""
        fold = self.fold
        if (held := self.held.get(key)) is not None:
            return SnapshotHeader(chunk, NEVER, 0, fold.state_version, True), encode_held(held)
        stored = self.stored.get(key)
        if stored is not None:
            return header_of(stored)._replace(chunk=chunk), state_of(stored)
        state = self.live[key]
        return self._header(chunk, state), fold.encode(state)

    def snapshotted(self, key: bytes, header: SnapshotHeader, data: bytes, owner: int) -> None:
        """`owner` writes this snapshot. Where not all clients stay decoded its bytes are kept for `trim`."""
        del self.dirty[key]
        if len(self) > self.decoded_clients_max and key in self.live and key not in self.stored:
            self._keep(key, header, data, owner)

    def _header(self, chunk: int, state: State) -> SnapshotHeader:
        fold = self.fold
        deadline, seen, flag = fold.deadline(state), fold.seen(state), fold.flagged(state)
        return SnapshotHeader(chunk, deadline, seen, fold.state_version, False, flag)

    def count_flagged(self) -> None:
        """After `stored` was filled in bulk."""
        self.stored_flagged = sum(map(flagged, self.stored.values()))

    def flagged(self) -> int:
        """How many clients the fold flags, held ones left out: asked of those decoded, known of the others."""
        fold_flagged, stored = self.fold.flagged, self.stored
        return self.stored_flagged + sum(fold_flagged(state) for key, state in self.live.items() if key not in stored)

    def digest(self, shared: Shared, at: Instant) -> bytes:
        """The partition's state hash at `at`; what it is made of says `streams.engine.state_hash`."""
        return partition_hash(self.fold, client_hashes(self, shared, at), shared)
