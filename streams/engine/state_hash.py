"""The state hash: equal wherever the same records were folded in the order of the journal, and hardly elsewhere.

Of a client: SHA-256 over its key and its canonical state, once everything that is due by the partition's instant has
taken effect on it. Of a partition: SHA-256 over those of its clients, by key, and over the shared state. Of an
installation: SHA-256 over those of its partitions, by fold and number. So neither chunks nor snapshots, workers or the
order of a dictionary show in it, and states are never hashed as they are packed (`streams.domain.packing`).
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from schemas.records import Instant
from streams.engine.fold import Fold
from streams.engine.snapshot_records import encode_held

if TYPE_CHECKING:
    from streams.engine.states import States

_VERSION: Final = b"stoplist-state-1"
"""Of the definition above; another one gives other hashes."""


class HashedPartition(NamedTuple):
    """One partition of a fold, and its hash."""

    fold: str
    number: int
    state_hash: bytes


def client_hash(key: bytes, canonical: bytes) -> bytes:
    """The hash of one client."""
    return hashlib.sha256(len(key).to_bytes(4, "big") + key + canonical).digest()


def canonical_client(states: "States[Any, Any]", key: bytes, shared: Any, at: Instant) -> bytes:
    """The client's state with all that is due by `at` taken, as bytes that are the same everywhere; it stays as it is.

    Raises KeyError when nothing is known of the client.
    """
    fold = states.fold
    if (held := states.held.get(key)) is not None:
        last_good = fold.canonical(fold.decode(held.state)) if held.state else b""
        return encode_held(msgspec.structs.replace(held, state=last_good))
    live = states.live.get(key)
    data = states.data(key) if live is None else fold.encode(live)
    if data is None:
        raise KeyError(key)
    state = fold.decode(data)
    fold.fire(shared, state, at, [])
    return fold.canonical(state)


def client_hashes(states: "States[Any, Any]", shared: Any, at: Instant) -> dict[bytes, bytes]:
    """The hash of every client, by key."""
    keys = sorted(states.stored.keys() | states.live.keys() | states.held.keys())
    return {key: client_hash(key, canonical_client(states, key, shared, at)) for key in keys}


def partition_hash(fold: Fold[Any, Any], clients: Mapping[bytes, bytes], shared: Any) -> bytes:
    """The hash of a partition; `clients` as `client_hashes` gives them."""
    hashed = hashlib.sha256(_VERSION)
    hashed.update(len(clients).to_bytes(8, "big"))
    for _, one in sorted(clients.items()):
        hashed.update(one)
    hashed.update(_canonical_shared(fold, shared))
    return hashed.digest()


def combined_hash(partitions: Iterable[HashedPartition]) -> str:
    """The hash of several partitions, in whatever order they come, in hexadecimal digits."""
    hashed = hashlib.sha256(_VERSION)
    for one in sorted(partitions):
        hashed.update(f"{one.fold}/{one.number}:".encode() + one.state_hash)
    return hashed.hexdigest()


def _canonical_shared(fold: Fold[Any, Any], shared: Any) -> bytes:
    """Every client has taken every broadcast, so none is pending: when the engine noticed it does not matter."""
    settled = fold.shared_decode(fold.shared_encode(shared))
    for number, _, _ in list(fold.broadcasts(settled)):
        fold.settle(settled, number)
    return fold.shared_encode(settled)
