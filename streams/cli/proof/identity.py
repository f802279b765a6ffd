"""Which output a record is: who says it, to whom, the how-manieth of it; and its body in a few bytes."""

from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec

from schemas.catalogue import DEAD_LETTERS, IMPORTANCE, TURNOVER
from schemas.dead_letters import ID_HEADER
from schemas.envelope import split_output_id
from streams.engine.publishing import LOSS_HEADER
from streams.engine.repair import SEQUENCE_HEADER

_DIGEST_BYTES: Final = 16


class _Told(msgspec.Struct):
    """What one fold tells the other, as far as it says which record it is."""

    client_id: str
    sequence: int
    kind: str = ""
    scope_id: str = ""


_told: Final = msgspec.json.Decoder(_Told).decode


class Identity(NamedTuple):
    """Of a sender's records under one key in one topic the sequence only rises; a dead letter has no sequence."""

    sender: bytes
    key: bytes
    sequence: int

    def named(self) -> str:
        """As people find it: the output's id, or where a dead letter's record lies."""
        sender = self.sender.decode("utf-8", "replace")
        return f"{sender}:{self.sequence}" if self.sequence else sender


def identity_of(topic: str, record: Any) -> Identity | None:
    """The identity of an output, or of a record of its topic; None: it is nothing of ours."""
    key: bytes = record.key or b""
    try:
        if topic == DEAD_LETTERS:
            return Identity(_header(record, ID_HEADER), b"", 0)
        if topic in (TURNOVER, IMPORTANCE):
            told = _told(record.value or b"")
            sender = told.client_id if topic == TURNOVER else f"{told.kind}/{told.scope_id}"
            return Identity(sender.encode(), key, told.sequence)
        client, sequence = split_output_id(_header(record, SEQUENCE_HEADER).decode())
        return Identity(client.encode(), key, sequence)
    except (KeyError, ValueError, msgspec.MsgspecError):
        return None


def digest_of(record: Any) -> bytes:
    """Key, value and headers in a few bytes; that a loss was accepted is no part of what is said."""
    hashed = blake2b(digest_size=_DIGEST_BYTES)
    for part in (record.key, record.value):
        hashed.update(b"-" if part is None else b"%d:" % len(part) + part)
    for name, data in record.headers:
        if name != LOSS_HEADER:
            hashed.update(f"{name}={len(data)}:".encode() + data)
    return hashed.digest()


def _header(record: Any, name: str) -> bytes:
    for key, data in record.headers:
        if key == name and data is not None:
            return bytes(data)
    raise KeyError(name)
