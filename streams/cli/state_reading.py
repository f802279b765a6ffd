"""Reads what workers keep: the states in the snapshot topic, and which policy is in force."""

from collections.abc import Iterator
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from schemas.catalogue import POLICIES, SNAPSHOTS
from schemas.policy import Policy
from schemas.policy_file import default_policy
from streams.cli.connection import consumer, missing
from streams.cli.failure import Failure
from streams.domain.fold import ClientFold
from streams.domain.shared import Shared
from streams.domain.state import STATE_VERSION, Client
from streams.engine.snapshot_records import decode_held, header_of, split_key

_POLL_MS = 200


def states(bootstrap: str) -> list[Client]:
    """The newest snapshot of every client, by client id: of all that owners wrote, the one with the highest chunk."""
    fold = ClientFold(default_policy())
    newest: dict[bytes, tuple[int, Any]] = {}
    written: dict[bytes, Any] = {}
    with consumer(bootstrap, auto_offset_reset="earliest", max_poll_records=5_000) as reader:
        for record in records(reader, SNAPSHOTS):
            if record.value is None:
                written.pop(record.key, None)
            else:
                written[record.key] = record
    for key, record in written.items():
        client, _ = split_key(key)
        chunk = header_of(record.headers).chunk
        if chunk >= newest.get(client, (-1, None))[0]:
            newest[client] = (chunk, record)
    return [_state(fold, record) for _, (_, record) in sorted(newest.items())]


def _state(fold: ClientFold, record: Any) -> Client:
    header = header_of(record.headers)
    if header.state_version > STATE_VERSION:
        raise Failure(
            f"the snapshots are of version {header.state_version}, this program reads up to {STATE_VERSION}; "
            "use the version of stoplist that the workers have"
        )
    return fold.decode(decode_held(record.value).state if header.held else record.value)


def standing_of_workers(bootstrap: str, own: Policy) -> Shared:
    """What the records of `policies` make of workers that began with the policy `own`, by the workers' own rule.

    Every partition gets the same records, so one is enough. `Shared.activated` says whether any came into force.
    """
    fold = ClientFold(own)
    shared = fold.shared_new()
    with consumer(bootstrap, auto_offset_reset="earliest") as reader:
        for record in records(reader, POLICIES, [0]):
            if record.key is None:
                fold.broadcast(shared, record, record.timestamp)
                for number, _, _ in fold.broadcasts(shared):
                    fold.settle(shared, number)
    return shared


def records(reader: KafkaConsumer, topic: str, partitions: list[int] | None = None) -> Iterator[Any]:
    """Every record of a topic (or of some partitions) up to its end as of now; raises Failure when it is missing."""
    numbers = partitions or sorted(reader.partitions_for_topic(topic) or ())
    if not numbers:
        raise missing(topic)
    assigned = [TopicPartition(topic, number) for number in numbers]
    reader.assign(assigned)
    reader.seek_to_beginning(*assigned)
    ends = reader.end_offsets(assigned)
    while any(reader.position(partition) < ends[partition] for partition in assigned):
        for batch in reader.poll(_POLL_MS).values():
            yield from batch
