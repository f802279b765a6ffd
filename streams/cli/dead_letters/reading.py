"""Reads the topic `dead-letters` once from its beginning, or from an instant, to its end as of now."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from kafka import KafkaConsumer, TopicPartition

from schemas.catalogue import DEAD_LETTERS
from schemas.dead_letters import REASONS
from streams.cli.connection import consumer
from streams.cli.failure import Failure
from streams.cli.history import parse_instant
from streams.cli.letters import LatestIds, Letter, letter_of
from streams.cli.terminal import Progress
from streams.engine.fitting import LEFT_OUT_HEADER

_POLL_MS: Final = 200


class DeadLetter(NamedTuple):
    """A rejected record: what is said of it, and its bytes."""

    letter: Letter
    topic: str
    """Where the rejected record lies; empty when another writer does not say."""
    key: bytes | None
    value: bytes | None
    rejected_ms: int
    """When the dead letter was written."""
    left_out: bool
    """The value was too large for a dead letter; the rejected record has it still."""


class Wanted(NamedTuple):
    """Which dead letters; None: any."""

    reasons: tuple[str, ...] = ()
    topic: str | None = None
    client: str | None = None
    since_ms: int | None = None

    def takes(self, found: DeadLetter) -> bool:
        """Whether this one is among them."""
        return (
            (not self.reasons or found.letter.reason in self.reasons)
            and (self.topic is None or found.topic == self.topic)
            and (self.client is None or found.letter.key == self.client)
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for."""
        return self != Wanted()


def wanted(reasons: list[str] | None, topic: str | None, client: str | None, since: str | None) -> Wanted:
    """From what a person gave; raises Failure for a reason that does not exist and an instant that is none."""
    for reason in reasons or ():
        if reason not in REASONS:
            raise Failure(f"--reason: {reason!r} is no reason; it is one of {', '.join(REASONS)}")
    try:
        since_ms = None if since is None else parse_instant(since)
    except ValueError as error:
        raise Failure(f"--since {error}") from None
    return Wanted(tuple(reasons or ()), topic, client, since_ms)


def read(bootstrap: str, which: Wanted, partition: int | None = None) -> Iterator[DeadLetter]:
    """Those that are wanted, each once, in the order of each partition; `partition`: only that one when it exists.

    Raises Failure when the topic is missing.
    """
    latest = LatestIds()
    with consumer(bootstrap, auto_offset_reset="earliest") as reader, Progress("dead letters read") as progress:
        for record in _records(reader, which.since_ms, partition):
            progress.advance()
            found = dead_letter_of(record)
            if which.takes(found) and latest.passes(found.letter.place):
                yield found


def find(bootstrap: str, places: list[str]) -> dict[str, DeadLetter]:
    """The dead letters with these ids; raises Failure naming the first that is not there."""
    found: dict[str, DeadLetter] = {}
    partitions = {_partition_of(place) for place in places}
    only = partitions.pop() if len(partitions) == 1 else None  # a dead letter lies in its record's partition
    for letter in read(bootstrap, Wanted(), only):
        if letter.letter.place in places:
            found[letter.letter.place] = letter
            if len(found) == len(set(places)):
                break
    for place in places:
        if place not in found:
            raise Failure(f"there is no dead letter {place}; stoplist dead-letters list shows those that are there")
    return found


def dead_letter_of(record: Any) -> DeadLetter:
    """From a record of the topic."""
    letter = letter_of(record)
    topic = letter.place.rpartition("/")[0].rpartition("/")[0]
    left_out = any(name == LEFT_OUT_HEADER for name, _ in record.headers)
    return DeadLetter(letter, topic, record.key, record.value, record.timestamp, left_out)


def _partition_of(place: str) -> int | None:
    number = place.rpartition("/")[0].rpartition("/")[2]
    if not (number.isascii() and number.isdigit() and place.rpartition("/")[2].isdigit()):
        raise Failure(f"{place!r} is no id of a dead letter; it is topic/partition/offset, like payments/0/17")
    return int(number)


def _records(reader: KafkaConsumer, since_ms: int | None, partition: int | None) -> Iterator[Any]:
    numbers = sorted(reader.partitions_for_topic(DEAD_LETTERS) or ())
    if not numbers:
        raise Failure(f"topic {DEAD_LETTERS} is missing; make the topics with stoplist topics create")
    if partition in numbers:
        numbers = [partition]
    assigned = [TopicPartition(DEAD_LETTERS, number) for number in numbers]
    reader.assign(assigned)
    reader.seek_to_beginning(*assigned)
    ends = reader.end_offsets(assigned)
    if since_ms is not None:
        for place, offset in reader.offsets_for_times(dict.fromkeys(assigned, since_ms)).items():
            reader.seek(place, ends[place] if offset is None else offset.offset)
    while any(reader.position(place) < ends[place] for place in assigned):
        for batch in reader.poll(_POLL_MS).values():
            yield from batch
