"""A snapshot's key, header and value: what recovery needs is in the header, so that no state is decoded for it.

Key: the client's key and the eight bytes of its owner's name (rule 15). A tombstone deletes one such key.
"""

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from schemas.records import NEVER, Instant, Rejected, Source

HEADER: Final = "stoplist"
_FIELDS: Final = struct.Struct(">QqQIB")
_OWNER: Final = struct.Struct(">Q")
HEADER_BYTES: Final = _FIELDS.size
OWNER_BYTES: Final = _OWNER.size
HELD: Final = 1
"""Bits of the header's last byte."""
FLAGGED: Final = 2

Headers = Sequence[tuple[str, bytes]]

_KEPT_OVERHEAD_BYTES: Final = 100


class SnapshotHeader(NamedTuple):
    """What stands in a snapshot's header beside the state."""

    chunk: int
    """s[x] of the model: the state is as of this chunk."""
    deadline: Instant
    seen: int
    """Broadcasts the client has taken."""
    state_version: int
    held: bool
    """The value is a `HeldClient`, not a state."""
    flagged: bool = False
    """The fold's flag holds for the client."""


class KeptRecord(msgspec.Struct, array_like=True):
    """An input of a held client, kept to be folded later; has the shape of a Source."""

    topic: str
    partition: int
    offset: int
    timestamp: Instant
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    """Kafka allows headers without a value."""
    at: Instant
    """The partition's instant when it arrived."""

    @property
    def size(self) -> int:
        """About how many bytes it takes in a snapshot."""
        headers = sum(len(name) + len(value or b"") + 10 for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers + _KEPT_OVERHEAD_BYTES


def kept(record: Source, at: Instant) -> KeptRecord:
    """The record as a held client keeps it."""
    headers = [(name, value) for name, value in record.headers or ()]
    return KeptRecord(
        record.topic, record.partition, record.offset, record.timestamp, record.key, record.value, headers, at
    )


TOO_MUCH_HELD: Final = Rejected(
    "limit_exceeded",
    None,
    "the client is held and keeps as many records as allowed: repair it, then send this again",
)


class HeldClient(msgspec.Struct):
    """A client whose rules failed or whose state grew too large: its last good state and every input since."""

    state: bytes
    """Empty: nothing was known before the first record failed."""
    records: list[KeptRecord]
    rules_version: str
    """Those that failed: other rules try again."""
    reason: str
    """`rules` or `state_bytes`."""
    size: int = 0
    """Bytes of `records`."""
    seen: int = NEVER
    """Broadcasts the state has taken: later ones are kept until the client is tried again."""


def key_of(client: bytes, owner: int) -> bytes:
    """The snapshot topic's key of a client written by `owner`."""
    return client + _OWNER.pack(owner)


def split_key(key: bytes) -> tuple[bytes, int]:
    """(client, owner) of a snapshot topic's key."""
    return key[:-8], int.from_bytes(key[-8:], "big")


pack_owner = _OWNER.pack
"""The end of a snapshot's key."""


def pack_header(header: SnapshotHeader) -> bytes:
    """The bytes of a header; they sort as chunks do."""
    chunk, deadline, seen, state_version, held, flagged = header
    return _FIELDS.pack(chunk, deadline, seen, state_version, HELD * held | FLAGGED * flagged)


def headers_of(header: SnapshotHeader) -> list[tuple[str, bytes]]:
    """The Kafka headers of a snapshot."""
    return [(HEADER, pack_header(header))]


def unpack_header(data: bytes) -> SnapshotHeader:
    """What `pack_header` packed."""
    chunk, deadline, seen, state_version, bits = _FIELDS.unpack(data)
    return SnapshotHeader(chunk, deadline, seen, state_version, bool(bits & HELD), bool(bits & FLAGGED))


def header_of(headers: Headers) -> SnapshotHeader:
    """What the headers of a snapshot say."""
    return unpack_header(headers[0][1])


encode_held = msgspec.msgpack.Encoder().encode
decode_held = msgspec.msgpack.Decoder(HeldClient).decode
