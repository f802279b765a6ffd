"""A large population without folding all of it: folded clients written once more under other names.

Snapshots, an owner record and a checkpoint lie in the topics as a clean stop leaves them; a worker takes them back as
its own. A clone has its pattern's documents, amounts and dates, and a name as long as the pattern's.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from schemas.catalogue import JOURNAL, SNAPSHOTS
from schemas.records import Output
from streams.domain.fold import ClientFold
from streams.domain.packing import unpack
from streams.domain.state import Client
from streams.engine import journal
from streams.engine.snapshot_records import SnapshotHeader, headers_of, key_of
from tests.benchmark import not_asking
from tests.benchmark.node import Node
from tests.benchmark.population import Population
from tests.benchmark.producing import Record, append_all, partition_of
from tests.benchmark.pure import sources

NAME = "load"
"""Of the clients: `load-000000` and so on, as `Load` names them."""
CLIENTS_MAX = 1_000_000
"""More would need longer names than the patterns have."""
_OWNER = 0
_CHUNK = 1


class Patterns(NamedTuple):
    """Folded clients as of now, and what stands in the checkpoint with them."""

    fold: ClientFold
    clients: list[Client]
    shared: bytes
    at: int
    facts: float
    """Of one client, on average."""


def folded(clients: int, days: int, facts: int) -> Patterns:
    """Fold so many clients until yesterday, and let happen what is due by now."""
    first_day = datetime.now(UTC).date() - timedelta(days=days)
    records = sources(list(Population(clients, days, facts, 1, first_day=first_day, name=NAME).records()))
    fold, now = ClientFold(not_asking.policy()), int(time.time() * 1000)
    shared = fold.shared_new()
    states: dict[bytes, Client] = {}
    out: list[Output] = []
    for record in records:
        if record.key is None:
            fold.broadcast(shared, record, record.timestamp)
        else:
            state = states.get(record.key) or states.setdefault(record.key, fold.create(shared, record.key))
            fold.record(shared, state, record, record.timestamp, out)
        out.clear()
    for state in states.values():
        fold.fire(shared, state, now, out)
    fold.settle(shared, min(map(fold.seen, states.values())))
    return Patterns(fold, list(states.values()), fold.shared_encode(shared), now, len(records) / clients)


def _snapshots(patterns: Patterns, count: int, partitions: int) -> Iterator[Record]:
    """One snapshot for each of `count` clients."""
    fold = patterns.fold
    originals = [(one.id.encode(), unpack(one.decided.status), unpack(one.decided.block)) for one in patterns.clients]
    for number in range(count):
        state = patterns.clients[number % len(patterns.clients)]
        before, status, block = originals[number % len(patterns.clients)]
        name = f"{NAME}-{number:06d}"
        key = name.encode()
        state.id = name
        state.decided.status, state.decided.block = status.replace(before, key), block.replace(before, key)
        header = SnapshotHeader(_CHUNK, fold.deadline(state), fold.seen(state), fold.state_version, False)
        place = partition_of(key, partitions)
        yield Record(SNAPSHOTS, place, None, key_of(key, _OWNER), fold.encode(state), headers_of(header))


def _journals(patterns: Patterns, partitions: int) -> Iterator[Record]:
    """What a clean stop leaves in each partition's journal."""
    fold = patterns.fold
    owner = journal.Owner(partitions, "cloned", fold.rules_version, fold.state_version)
    checkpoint = journal.Checkpoint(_OWNER, _CHUNK, {}, patterns.at, patterns.shared, fold.rules_version)
    for partition in range(partitions):
        for record in (owner, checkpoint):
            yield Record(JOURNAL, partition, None, None, journal.encode(record))


async def fill(node: Node, patterns: Patterns, count: int, partitions: int, said: str) -> None:
    """Create the topics, and write so many clients into them."""
    assert count <= CLIENTS_MAX, f"at most {CLIENTS_MAX:,} clients"
    await node.create_ours(partitions)
    await append_all(node.bootstrap, _journals(patterns, partitions), f"{said}: journals")
    await append_all(node.bootstrap, _snapshots(patterns, count, partitions), f"{said}: snapshots")
