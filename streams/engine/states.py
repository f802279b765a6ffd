"""The clients of one partition: bytes until touched, a bounded number of them decoded."""

import hashlib
from itertools import islice
from typing import Final, Generic

from schemas.records import NEVER, Instant
from streams.engine.deadlines import Deadlines
from streams.engine.fold import Fold, Shared, State
from streams.engine.snapshot_records import HeldClient, SnapshotHeader, encode_held

_SLACK_SHARE: Final = 20
"""Of the limit of decoded clients."""


class States(Generic[State, Shared]):
    """Everything known of the clients of one partition.

    A client is in exactly one of: `live` (decoded), `encoded` and not live (bytes), `held`. A live client that is not
    in `dirty` may keep its bytes in `encoded`; they are dropped when it changes.
    """

    def __init__(self, fold: Fold[State, Shared], decoded_clients_max: int) -> None:
        self.fold = fold
        self.decoded_clients_max = decoded_clients_max
        self.live: dict[bytes, State] = {}
        self.encoded: dict[bytes, bytes] = {}
        self.held: dict[bytes, HeldClient] = {}
        self.deadlines = Deadlines()
        self.taken: dict[bytes, int] = {}
        """s[x] of the model: the chunk of the client's snapshot; absent: no snapshot."""
        self.dirty: dict[bytes, None] = {}
        """Clients changed since their snapshot, in the order of the change."""
        self.others: dict[bytes, tuple[int, ...]] = {}
        """Owners, not this one, under which the client has snapshot keys (rule 6 saw them; rule 15 deletes them)."""
        self._headers: dict[bytes, tuple[Instant, int]] = {}
        """(deadline, seen) of changed clients that were encoded again before their snapshot."""
        self.oversized: list[bytes] = []
        """Clients found larger than the limit when they were encoded; the partition holds them by a chunk."""

    def __len__(self) -> int:
        return len(self.deadlines.due)

    def load(self, key: bytes) -> State | None:
        """The client decoded, or None when nothing is known of it. Not for held clients."""
        state = self.live.get(key)
        if state is None and (data := self.encoded.get(key)) is not None:
            state = self.live[key] = self.fold.decode(data)
        return state

    def changed(self, touched: dict[bytes, State]) -> None:
        """These live clients were folded: note their next deadline, and that their bytes are out of date."""
        deadline_of, due, schedule = self.fold.deadline, self.deadlines.due, self.deadlines.set
        for key, state in touched.items():
            deadline = deadline_of(state)
            if due.get(key) != deadline:
                schedule(key, deadline)
        self.dirty.update(dict.fromkeys(touched))
        if self.encoded:
            for key in touched.keys() & self.encoded.keys():
                del self.encoded[key]

    def forget(self, key: bytes) -> None:
        """Nothing is known of this client after all."""
        self.live.pop(key, None)
        self.dirty.pop(key, None)
        self.deadlines.drop(key)

    def hold(self, key: bytes, held: HeldClient) -> None:
        """From here on the client is held; it has no deadline."""
        self.live.pop(key, None)
        self.encoded.pop(key, None)
        self._headers.pop(key, None)
        self.held[key] = held
        self.dirty[key] = None
        self.deadlines.set(key, NEVER)

    def put(self, key: bytes, state: State) -> None:
        """A changed state of a client that is folded apart from the others: kept encoded."""
        self.live.pop(key, None)
        self.encoded[key] = self.fold.encode(state)
        self._headers[key] = (self.fold.deadline(state), self.fold.seen(state))
        self.dirty[key] = None
        self.deadlines.set(key, self._headers[key][0])

    def trim(self) -> None:
        """Encode again what is too much: clients untouched since their snapshot first, the longest decoded first.

        A little more than the limit is let be, and a little more than the excess goes, so that a population just
        above the limit is not decoded and encoded again at every chunk.
        """
        slack = self.decoded_clients_max // _SLACK_SHARE
        if len(self.live) <= self.decoded_clients_max + slack:
            return
        excess = len(self.live) - self.decoded_clients_max + slack
        dirty = self.dirty
        chosen = list(islice((key for key in self.live if key not in dirty), excess))
        chosen += islice((key for key in self.live if key in dirty), excess - len(chosen))
        for key in chosen:
            self._put_away(key, self.live.pop(key))

    def _put_away(self, key: bytes, state: State) -> None:
        fold = self.fold
        if key in self.dirty:
            self.encoded[key] = fold.encode(state)
            self._headers[key] = (fold.deadline(state), fold.seen(state))
        elif key not in self.encoded:
            self.encoded[key] = fold.encode(state)

    def snapshot(self, key: bytes, chunk: int) -> tuple[SnapshotHeader, bytes]:
        """The client as a snapshot of `chunk`; the caller takes it out of `dirty`."""
        fold = self.fold
        if (held := self.held.get(key)) is not None:
            return SnapshotHeader(chunk, NEVER, 0, fold.state_version, True), encode_held(held)
        state = self.live.get(key)
        if state is not None:
            self._headers.pop(key, None)
            data = fold.encode(state)
            return SnapshotHeader(chunk, fold.deadline(state), fold.seen(state), fold.state_version, False), data
        data = self.encoded[key]
        deadline, seen = self._headers.pop(key)
        return SnapshotHeader(chunk, deadline, seen, fold.state_version, False), data

    def digest(self, shared: Shared, at: Instant) -> bytes:
        """A hash over every client's state with all broadcasts taken that are due; the same on any machine."""
        fold, total = self.fold, 0
        for key in self.encoded.keys() | self.live.keys() | self.held.keys():
            if (held := self.held.get(key)) is not None:
                data = encode_held(held)
            else:
                state = fold.decode(self.encoded[key] if key not in self.live else fold.encode(self.live[key]))
                fold.fire(shared, state, at, [])
                data = fold.encode(state)
            one = hashlib.blake2b(len(key).to_bytes(4, "big") + key + data, digest_size=16).digest()
            total = (total + int.from_bytes(one, "big")) % (1 << 128)
        whole = hashlib.blake2b(total.to_bytes(16, "big") + fold.shared_encode(shared), digest_size=16)
        return whole.digest()
