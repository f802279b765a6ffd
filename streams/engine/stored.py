"""A client that is not decoded, in one piece of bytes: its state, then its snapshot's header, then its owner.

One object a client instead of an entry in five tables: a recovery makes a hundred thousand of them a second, and reads
of most nothing but the deadline.
"""

from typing import Final

from streams.engine.snapshot_records import (
    FLAGGED,
    HEADER_BYTES,
    OWNER_BYTES,
    SnapshotHeader,
    pack_header,
    pack_owner,
    unpack_header,
)

TAIL_BYTES: Final = HEADER_BYTES + OWNER_BYTES
NOBODY: Final = 2**64 - 1
"""The owner of what is in no snapshot yet."""


def pack(state: bytes, header: SnapshotHeader, owner: int) -> bytes:
    """The piece that a recovery makes by joining a snapshot's value, its header and the end of its key."""
    return b"".join((state, pack_header(header), pack_owner(owner)))


def state_of(stored: bytes) -> bytes:
    """The encoded state, or held client."""
    return stored[:-TAIL_BYTES]


def header_of(stored: bytes) -> SnapshotHeader:
    """What the snapshot's header said."""
    return unpack_header(stored[-TAIL_BYTES:-OWNER_BYTES])


def flagged(stored: bytes) -> bool:
    """Whether the fold's flag held for the client when it was encoded."""
    return bool(stored[-OWNER_BYTES - 1] & FLAGGED)


def owner_of(stored: bytes) -> int:
    """Who wrote the snapshot, or `NOBODY`."""
    return int.from_bytes(stored[-OWNER_BYTES:], "big")


def chunk_of(stored: bytes) -> int:
    """The chunk of the snapshot; 0 of what is in none."""
    return int.from_bytes(stored[-TAIL_BYTES : 8 - TAIL_BYTES], "big")
