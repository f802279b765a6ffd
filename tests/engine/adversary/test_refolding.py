"""Random histories, snapshots taken in slices and a checkpoint somewhere: what is folded again is the same (rule 7).

Records, broadcasts to some or to all and chunks of time in random chunks; each client's snapshot may be older or newer
than the checkpoint. Folding again must make exactly the outputs of the clients that are not left alone.
"""

import random
from typing import Any, NamedTuple

import pytest

from schemas.records import Output
from streams.engine.broadcasting import make_due
from streams.engine.folding import Folder
from streams.engine.snapshot_records import SnapshotHeader
from streams.engine.states import States
from streams.engine.stored import pack
from tests.engine.counting import CountingFold, CountShared, CountState
from tests.engine.reference import Fact
from tests.engine.world import value

Folding = Folder[CountState, CountShared]


class Checkpoint(NamedTuple):
    """As a round begins (rule 14)."""

    c: int
    at: int
    shared: bytes


def _folder(fold: CountingFold, shared: CountShared, at: int = 0) -> Folding:
    states: States[CountState, CountShared] = States(fold, 5)
    return Folder(fold, states, shared, partition=0, partitions=1, held_bytes_max=1_000_000, at=at)


class History:
    """One partition's life up to a crash."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.fold = CountingFold()
        self.folder = _folder(self.fold, self.fold.shared_new())
        self.keys = [b"k%d" % number for number in range(self.random.choice([3, 8]))]
        self.now, self.offset = 1000, 0
        self.journal: list[Any] = []
        self.outputs: list[list[Output]] = []
        self.snapshots: dict[bytes, tuple[SnapshotHeader, bytes]] = {}
        self.checkpoint = Checkpoint(0, 0, self.fold.shared_encode(self.fold.shared_new()))
        self._round: tuple[Checkpoint, list[bytes]] | None = None
        for n in range(1, self.random.randrange(5, 25)):
            self._chunk(n)
            self.now += self.random.choice([0, 3, 40])
            if self.random.random() < 0.5:
                self.folder.states.trim()
            self._snapshots(n)

    def _chunk(self, n: int) -> None:
        folder = self.folder
        first = folder.states.deadlines.first()
        if first is not None and first[0] <= self.now and self.random.random() < 0.6:
            instant = max(self.now, folder.at)
            chosen = folder.states.deadlines.pop(instant, self.random.choice([1, 2, 100]))
            self.outputs.append(folder.fire(n, instant, chosen).here)
            self.journal.append((instant, chosen[-1]))
        else:
            records = [self._record() for _ in range(self.random.randrange(1, 6))]
            self.outputs.append(folder.records(n, records).here)  # type: ignore[arg-type]
            self.journal.append(records)

    def _record(self) -> Fact:
        self.now += self.random.choice([0, 1, 5, 50])
        self.offset += 1
        if self.random.random() < 0.25:
            body = value(all=self.random.choice([None, self.now + 30, self.now + 200]))
            return Fact(0, self.now, None, body, offset=self.offset)  # type: ignore[arg-type]
        more = {"due": self.now + self.random.randrange(-5, 120)} if self.random.random() < 0.5 else {}
        return Fact(0, self.now, self.random.choice(self.keys), value(**more), offset=self.offset)

    def _snapshots(self, n: int) -> None:
        states = self.folder.states
        if self._round is None and self.random.random() < 0.3:
            shared = self.fold.shared_encode(self.folder.shared)
            self._round = Checkpoint(n, self.folder.at, shared), list(states.dirty)
        if self._round is None:
            return
        begun, todo = self._round
        count = self.random.randrange(0, 3) if self.random.random() < 0.8 else 100
        for key in todo[:count]:
            header, data = self.snapshots[key] = states.snapshot(key, n)
            states.snapshotted(key, header, data, 0)
        del todo[:count]
        if not todo and self.random.random() < 0.8:
            if self.random.random() < 0.7:  # else the snapshots are out and the checkpoint is not
                self.checkpoint = begun
            self._round = None

    def again(self) -> Folding:
        """Recovery, as `Taking.rebuild` does it; fails where a chunk does not make what it made."""
        checkpoint, fold = self.checkpoint, self.fold
        folder = _folder(fold, fold.shared_decode(checkpoint.shared), checkpoint.at)
        states = folder.states
        states.stored = {key: pack(data, header, 0) for key, (header, data) in self.snapshots.items()}
        states.deadlines.load({key: header.deadline for key, (header, _) in self.snapshots.items()})
        folder.folded_again = set()
        for number, instant, reach in fold.broadcasts(folder.shared):
            make_due(folder.states, number, instant, reach)
        taken = {key: header.chunk for key, (header, _) in self.snapshots.items()}
        for n, entry in enumerate(self.journal, 1):
            if n > checkpoint.c:
                made = folder.records(n, entry) if isinstance(entry, list) else folder.fire_again(n, *entry)
                expected = [one for one in self.outputs[n - 1] if taken.get(one.key or b"", 0) < n]
                assert made.here == expected, f"chunk {n}"
        return folder


@pytest.mark.parametrize("seed", range(300))
def test_folding_again_gives_the_same_outputs_and_state(seed: int) -> None:
    history = History(seed)
    first, again = history.folder, history.again()
    assert again.states.deadlines.due == first.states.deadlines.due
    assert again.at == first.at
    assert again.states.digest(again.shared, again.at) == first.states.digest(first.shared, first.at)
