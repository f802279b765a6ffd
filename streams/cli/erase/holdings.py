"""What the topics hold of one client: how many records, and until when they stay."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import msgspec
from kafka import KafkaConsumer

from schemas.catalogue import CLIENTS, DEAD_LETTERS, SCOPES, SCOPES_JOURNAL, TOPICS, TURNOVER, Topic
from schemas.partitioning import partition_of
from schemas.personal import NAMES
from streams.cli.connection import admin_client, consumer, partition_of_topic, partitions_of
from streams.cli.erase.naming import naming
from streams.cli.terminal import Progress

_POLL_MS: Final = 200
_WITHOUT_CLIENTS: Final = (SCOPES_JOURNAL,)
"""Chunks there name scopes."""
_EVERYWHERE: Final = (DEAD_LETTERS, TURNOVER, SCOPES)
"""Records about a client have other keys, or may have: they lie in any partition."""


class Holding(NamedTuple):
    """Records of one client in one topic."""

    topic: Topic
    records: int
    newest: int
    """Append time of the last of them, in milliseconds."""

    @property
    def gone_at(self) -> int | None:
        """The instant by which retention has removed the last of them; None: they do not go by themselves."""
        if self.topic.cleanup_policy == "compact" or self.topic.retention_ms < 0:
            return None
        return self.newest + self.topic.retention_ms


class Held(NamedTuple):
    """All that is held of a client."""

    holdings: list[Holding]
    """In the catalogue's order; topics without a record of it are left out."""
    named: list[dict[str, Any]]
    """The events that bring its name, each in its highest revision; withdrawn ones are left out."""


def held(bootstrap: str, client_id: str) -> Held:
    """Read to its end as of now what of every topic may be the client's; raises Failure when a topic is missing."""
    with admin_client(bootstrap) as admin:
        partitions = partitions_of(admin, CLIENTS)
    own = [partition_of(client_id.encode(), len(partitions))]
    found: list[Holding] = []
    named: dict[tuple[str, str], dict[str, Any]] = {}
    with (
        consumer(bootstrap, auto_offset_reset="earliest", max_poll_records=5_000) as reader,
        Progress("records looked at") as progress,
    ):
        for topic in TOPICS:
            if topic.name in _WITHOUT_CLIENTS:
                continue
            is_about = naming(topic.name, client_id)
            records = 0
            newest = 0
            for record in _records(reader, topic.name, partitions if topic.name in _EVERYWHERE else own, progress):
                if record.value is None or not is_about(record):
                    continue
                records, newest = records + 1, max(newest, record.timestamp)
                if topic.name == CLIENTS:
                    _note(record.value, named)
            if records:
                found.append(Holding(topic, records, newest))
    return Held(found, [event for event in named.values() if not event.get("voided")])


def _records(reader: KafkaConsumer, topic: str, partitions: Iterable[int], progress: Progress) -> Iterator[Any]:
    for partition in partitions:
        place = partition_of_topic(reader, topic, partition)
        reader.assign([place])
        reader.seek_to_beginning(place)
        end = reader.end_offsets([place])[place]
        while reader.position(place) < end:
            for batch in reader.poll(_POLL_MS).values():
                progress.advance(len(batch))
                yield from batch


def _note(value: bytes, named: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Keep the highest revision of each event that brings a name; of two equal ones the first, as workers do."""
    try:
        event = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return  # a dead letter
    if not isinstance(event, dict) or event.get("type") not in NAMES:
        return
    place = str(event["type"]), str(event.get("id"))
    known = named.get(place)
    if known is None or _revision(event) > _revision(known):
        named[place] = event


def _revision(event: dict[str, Any]) -> int:
    revision = event.get("revision", 1)
    return revision if isinstance(revision, int) else 0
