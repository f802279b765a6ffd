"""Compares the snapshots with what folding again gives at the chunk each was taken at."""

from collections import defaultdict
from typing import Any

from streams.cli.proof.differences import Differences
from streams.engine.folding import Folder
from streams.engine.state_hash import canonical_client
from streams.engine.states import States
from streams.engine.stored import chunk_of


class SnapshotComparison:
    """Call `after` when a chunk was folded; what is left was taken at chunks that the journal as read does not have."""

    def __init__(self, topic: str, snapshots: States[Any, Any]) -> None:
        """`snapshots` as they were restored, before anything is folded on top of them."""
        self._place = topic
        self._states = States[Any, Any](snapshots.fold, 1)
        self._states.stored = dict(snapshots.stored)
        self._states.held = dict(snapshots.held)
        self._at: dict[int, list[bytes]] = defaultdict(list)
        for key, stored in snapshots.stored.items():
            self._at[chunk_of(stored)].append(key)
        for key, chunk in snapshots.taken_held.items():
            self._at[chunk].append(key)
        self.compared = 0
        self.differences = Differences()

    def after(self, chunk: int, folder: Folder[Any, Any]) -> None:
        """Compare the snapshots that were taken at this chunk."""
        for key in self._at.pop(chunk, ()):
            self.compared += 1
            found = canonical_client(self._states, key, folder.shared, folder.at)
            try:
                wanted = canonical_client(folder.states, key, folder.shared, folder.at)
            except KeyError:
                self.differences.add(self._where(key, chunk), "nothing is known of this client there")
                continue
            if found != wanted:
                self.differences.add(self._where(key, chunk), "folding again gives another state")

    @property
    def left(self) -> int:
        """Snapshots of chunks that were not folded."""
        return sum(map(len, self._at.values()))

    def _where(self, key: bytes, chunk: int) -> str:
        return f"{self._place}, client {key.decode('utf-8', 'replace')} at chunk {chunk}"
