"""The state hash: nothing but the records and their order shows in it."""

import json
import random
from typing import Any

import pytest

from streams.engine.folding import Folder
from streams.engine.snapshot_records import KeptRecord
from streams.engine.state_hash import HashedPartition, client_hashes, combined_hash, partition_hash
from streams.engine.states import States
from tests.engine.counting import CountingFold


def record(offset: int, key: bytes | None, **body: Any) -> KeptRecord:
    return KeptRecord("in", 0, offset, 1_000 + 10 * offset, key, json.dumps(body).encode(), [], 0)


def history(seed: int) -> list[KeptRecord]:
    """Records of five clients, deadlines, broadcasts, and one on which the rules raise."""
    generator = random.Random(seed)
    made = []
    for offset in range(120):
        key = b"client-%d" % generator.randrange(5)
        if offset % 30 == 29:
            made.append(record(offset, None, all=generator.choice([None, 3_000])))
        elif offset == 50:
            made.append(record(offset, b"poor", **{"n": 1, "raise": True}))
        elif generator.random() < 0.2:
            made.append(record(offset, key, n=1, due=1_000 + 10 * (offset + generator.randrange(60))))
        else:
            made.append(record(offset, key, n=generator.randrange(9)))
    return made


def folder(decoded_clients_max: int = 3) -> Folder[Any, Any]:
    fold = CountingFold()
    made: Folder[Any, Any] = Folder(
        fold, States(fold, decoded_clients_max), fold.shared_new(), partition=0, partitions=1, held_bytes_max=10_000
    )
    made.apart = {b"poor"}
    return made


def folded(records: list[KeptRecord], step: int, decoded_clients_max: int = 3) -> Folder[Any, Any]:
    made = folder(decoded_clients_max)
    for n, begin in enumerate(range(0, len(records), step), 1):
        made.records(n, records[begin : begin + step])
        made.states.trim()
    return made


def digest(made: Folder[Any, Any]) -> bytes:
    return made.states.digest(made.shared, made.at)


@pytest.mark.parametrize("seed", range(10))
def test_chunk_borders_and_memory_do_not_show(seed: int) -> None:
    records = history(seed)
    wanted = digest(folded(records, 1))
    assert digest(folded(records, 7)) == wanted
    assert digest(folded(records, 1_000, 100)) == wanted


@pytest.mark.parametrize("decoded_clients_max", [0, 1, 3])
def test_clients_encoded_within_a_chunk_do_not_show(decoded_clients_max: int) -> None:
    """Where hardly a client comes back, none stays decoded, not even until the end of its chunk."""
    many = [record(offset, b"client-%d" % (offset * 7 % 101), n=1) for offset in range(400)]
    least, outputs = folder(decoded_clients_max), []
    for n, begin in enumerate(range(0, 400, 50), 1):
        outputs += least.records(n, many[begin : begin + 50]).here
        least.states.trim()
    assert not least.states.live
    whole = folder(1_000)
    assert whole.records(1, many).here == outputs
    assert digest(least) == digest(whole)


@pytest.mark.parametrize("seed", range(5))
def test_hashing_changes_nothing(seed: int) -> None:
    made = folded(history(seed), 10)
    assert digest(made) == digest(made)


def test_every_record_every_client_and_every_broadcast_shows() -> None:
    records = history(1)
    wanted = digest(folded(records, 10))
    assert digest(folded(records[:-1], 10)) != wanted
    assert digest(folded([*records, record(120, b"another", n=1)], 10)) != wanted
    assert digest(folded([*records, record(120, None, all=0)], 10)) != wanted, "it reaches nobody, and was heard"
    twice = [*records, records[-1]]
    assert digest(folded(twice, 10)) != wanted


def test_what_is_due_by_the_partition_s_instant_counts_as_taken() -> None:
    """One fold has fired the deadline by a chunk of time, the other has not come to it: both are at one instant."""
    records = [record(0, b"a", n=1, due=1_050), record(20, b"b", n=1)]
    fired, waiting = folded(records, 2), folded(records, 2)
    fired.fire_again(3, fired.at, (1_050, b"a"))
    assert [made.states.live[b"a"].fired for made in (fired, waiting)] == [1, 0]
    assert digest(fired) == digest(waiting)


def test_the_order_of_clients_and_partitions_does_not_show_but_their_places_do() -> None:
    fold = CountingFold()
    one, other = (
        folded([record(0, b"a", n=1), record(1, b"b", n=2)], 2),
        folded([record(0, b"b", n=2), record(1, b"a", n=1)], 2),
    )
    hashes = [client_hashes(made.states, made.shared, made.at) for made in (one, other)]
    assert hashes[0] == hashes[1]
    shared = fold.shared_new()
    assert partition_hash(fold, dict(reversed(hashes[0].items())), shared) == partition_hash(fold, hashes[1], shared)
    left, right = HashedPartition("clients", 0, b"x" * 32), HashedPartition("clients", 1, b"y" * 32)
    assert combined_hash([left, right]) == combined_hash([right, left])
    assert combined_hash([left._replace(number=1), right._replace(number=0)]) != combined_hash([left, right])
    assert combined_hash([left._replace(fold="importance"), right]) != combined_hash([left, right])
