"""What the workers folded, read from Kafka: the inputs of a partition in the order that its journal says.

Read only: consumers without a group, which commit nothing. The journal names every chunk of records in the order they
were decided in, and the instants at which time alone was looked at. What lies before its first chunk (it may have been
cut) or after its last (no worker took it yet) comes in order of append time, which is how workers take records.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final, NamedTuple

import msgspec
from kafka import KafkaConsumer

from schemas.catalogue import CLIENTS, INPUTS, JOURNAL
from schemas.partitioning import partition_of
from schemas.records import Instant, Source
from streams.cli.connection import admin_client, consumer, partition_of_topic, partitions_of
from streams.cli.failure import Failure
from streams.engine import journal

_POLL_MS: Final = 200


class Held(NamedTuple):
    """From here on the workers kept the records of these clients instead of folding them."""

    clients: list[bytes]


Step = Source | Instant | Held


def partition_count(bootstrap: str) -> int:
    """How many partitions the inputs have."""
    with admin_client(bootstrap) as client:
        return len(partitions_of(client, CLIENTS))


def partition_of_client(bootstrap: str, client_id: str) -> int:
    """The partition in which everything about a client lies."""
    return partition_of(client_id.encode(), partition_count(bootstrap))


def steps_of(bootstrap: str, partition: int) -> Iterator[Step]:
    """The records of a partition up to its end as of now, and the instants between them, as workers decide them."""
    chunks = _accepted_chunks(bootstrap, partition)
    journaled = [part.topic for chunk in chunks if isinstance(chunk, journal.Chunk) for part in chunk.ranges]
    topics = list(dict.fromkeys((*INPUTS, *journaled)))  # topics of our own that workers read are in the journal
    with ExitStack() as stack:
        cursors = {name: _Cursor(stack.enter_context(_reader(bootstrap)), name, partition) for name in topics}
        firsts: dict[str, int] = {}
        for chunk in chunks:
            if isinstance(chunk, journal.Chunk):
                for part in chunk.ranges:
                    firsts.setdefault(part.topic, part.first)
        yield from _by_append_time([cursor for cursor in cursors.values() if cursor.topic in firsts], firsts)
        for chunk in chunks:
            if isinstance(chunk, journal.Chunk):
                for part in chunk.ranges:
                    yield from cursors[part.topic].up_to(part.last + 1)
            elif isinstance(chunk, journal.TimeChunk):
                yield chunk.instant
            elif isinstance(chunk, journal.HoldChunk):
                yield Held(chunk.clients)
        yield from _by_append_time(list(cursors.values()), {})


def _accepted_chunks(bootstrap: str, partition: int) -> list[journal.Entry]:
    """The chunks that count: those that name the nearest owner record before them (rule 2)."""
    accepted: list[journal.Entry] = []
    owner: int | None = None
    with _reader(bootstrap) as reader:
        for record in _Cursor(reader, JOURNAL, partition).up_to(None):
            try:
                entry = journal.decode(record.value or b"")
            except msgspec.MsgspecError:
                raise Failure(
                    f"record {record.offset} of {JOURNAL}/{partition} cannot be read: a newer version wrote it; "
                    "use the version of stoplist that the workers have"
                ) from None
            if isinstance(entry, journal.Owner):
                owner = record.offset
            elif owner is not None and entry.owner == owner and not isinstance(entry, journal.Checkpoint):
                accepted.append(entry)
    return accepted


def _by_append_time(cursors: list["_Cursor"], before: dict[str, int]) -> Iterator[Source]:
    """The records of several topics up to these offsets (or their ends), the earliest first."""
    while True:
        heads = [(head.timestamp, cursor) for cursor in cursors if (head := cursor.head(before.get(cursor.topic)))]
        if not heads:
            return
        _, first = min(heads, key=lambda item: item[0])
        yield first.pop()


def _reader(bootstrap: str) -> Any:
    return consumer(bootstrap, auto_offset_reset="earliest", max_poll_records=5_000)


class _Cursor:
    """Reads one partition of a topic from its beginning to its end as of now."""

    def __init__(self, reader: KafkaConsumer, topic: str, partition: int) -> None:
        self.topic = topic
        self._reader = reader
        self._place = partition_of_topic(reader, topic, partition)
        reader.assign([self._place])
        reader.seek_to_beginning(self._place)
        self._end: int = reader.end_offsets([self._place])[self._place]
        self._buffer: list[Any] = []
        """The next records, the nearest last."""

    def head(self, before: int | None) -> Any:
        """The next record, when there is one below offset `before` (None: below the end)."""
        while not self._buffer:
            if self._reader.position(self._place) >= self._end:
                return None
            for batch in self._reader.poll(_POLL_MS).values():
                self._buffer = [record for record in batch if record.offset < self._end][::-1]
        record = self._buffer[-1]
        return record if before is None or record.offset < before else None

    def pop(self) -> Any:
        """Takes the record that `head` showed."""
        return self._buffer.pop()

    def up_to(self, before: int | None) -> Iterator[Any]:
        """Takes every record below offset `before`."""
        while self.head(before) is not None:
            yield self.pop()
