"""The records of the journal: what was folded, in which order and at which instant; JSON, so that `kcat` reads them.

Every record but `owner` names the owner it was written by: the *offset of its owner record* (rule 1).
"""

from typing import Final

import msgspec

from schemas.records import Instant

VERSION: Final = 1


class Owner(msgspec.Struct, tag="owner", frozen=True):
    """A worker took the partition; the record's offset is its name from now on."""

    partitions: int
    """How many partitions the inputs have: a changed count is refused later."""
    instance: str
    """Who, for people only."""
    rules_version: str = ""
    state_version: int = 0
    version: int = VERSION
    process: str = ""
    """A process's own name: two of them under one instance id take the partition from each other."""


class Range(msgspec.Struct, frozen=True, array_like=True):
    """Records `first`..`last` of a topic."""

    topic: str
    first: int
    last: int
    timestamp: Instant
    """Of the last record."""


class Chunk(msgspec.Struct, tag="chunk", frozen=True, omit_defaults=True):
    """Records `first`..`last` of a topic, and after them those of `more`, were folded as chunk `n`."""

    owner: int
    n: int
    topic: str
    first: int
    last: int
    timestamp: Instant
    """Of the last record of this range."""
    rules_version: str
    more: list[Range] = []

    @property
    def ranges(self) -> list[Range]:
        """Everything of the chunk, in the order in which it was folded."""
        return [Range(self.topic, self.first, self.last, self.timestamp), *self.more]


class TimeChunk(msgspec.Struct, tag="time", frozen=True):
    """Deadlines up to `through` = (due instant, client) were fired at `instant`."""

    owner: int
    n: int
    instant: Instant
    due: Instant
    client: bytes
    rules_version: str


class HoldChunk(msgspec.Struct, tag="hold", frozen=True):
    """These clients' states grew over the limit: from here on they are held."""

    owner: int
    n: int
    clients: list[bytes]
    rules_version: str


class RetryChunk(msgspec.Struct, tag="retry", frozen=True):
    """These held clients were tried again with the rules as they are now."""

    owner: int
    n: int
    clients: list[bytes]
    rules_version: str


class Position(msgspec.Struct, frozen=True, array_like=True):
    """How far a topic was applied: the next offset, and the timestamp of the record before it."""

    next: int
    timestamp: Instant


class Checkpoint(msgspec.Struct, tag="checkpoint", frozen=True):
    """All clients changed up to chunk `c` have their snapshot; everything here is as of chunk `c` (rule 14)."""

    owner: int
    c: int
    positions: dict[str, Position]
    at: Instant
    shared: bytes
    rules_version: str
    loss: bool = False
    """Somebody accepted a loss before this checkpoint."""


Entry = Chunk | TimeChunk | HoldChunk | RetryChunk
"""What counts as a chunk: each has the next number `n`."""
Record = Owner | Chunk | TimeChunk | HoldChunk | RetryChunk | Checkpoint

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Record).decode
