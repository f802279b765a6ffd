"""Whether a record is about a client: by its key, or where that is another's or none, by what its value says."""

from collections.abc import Callable
from typing import Any

import msgspec

from schemas.catalogue import DEAD_LETTERS, JOURNAL, SCOPES, SNAPSHOTS, TURNOVER
from schemas.importance import read_turnover
from streams.engine import journal
from streams.engine.snapshot_records import split_key

IsAbout = Callable[[Any], bool]


class _Event(msgspec.Struct):
    """Of a record that was rejected, the field that says whose it was meant to be."""

    client_id: str = ""


_read_event = msgspec.json.Decoder(_Event).decode


def naming(topic: str, client_id: str) -> IsAbout:
    """The question to ask of each record of this topic that has a value."""
    key = client_id.encode()
    questions: dict[str, IsAbout] = {
        SNAPSHOTS: lambda record: record.key is not None and split_key(record.key)[0] == key,
        # rejected because of its key, perhaps: the value tells whose it is
        DEAD_LETTERS: lambda record: record.key == key or _client_id(_read_event, record.value) == client_id,
        JOURNAL: lambda record: key in _in_journal(record.value),
        TURNOVER: lambda record: _client_id(read_turnover, record.value) == client_id,
        # as a word of the packed state, its length before it: no part of a longer id
        SCOPES: _has(msgspec.msgpack.encode(client_id)),
    }
    return questions.get(topic, lambda record: record.key == key)


def _has(word: bytes) -> IsAbout:
    return lambda record: word in record.value


def _client_id(read: Callable[[bytes], Any], value: bytes) -> str:
    """What it says by `read`; empty when it cannot be read so."""
    try:
        return str(read(value).client_id)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""


def _in_journal(value: bytes) -> list[bytes]:
    """Clients that a chunk names: at whom a chunk of time ended, who is held or was tried again."""
    try:
        entry = journal.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return []
    if isinstance(entry, journal.TimeChunk):
        return [entry.client]
    return entry.clients if isinstance(entry, journal.HoldChunk | journal.RetryChunk) else []
