"""Reading snapshots in bulk (rule 6): which of a client's counts, under which owners it has keys, what refuses."""

from itertools import permutations
from typing import Any, NamedTuple

import pytest

from schemas.records import NEVER
from streams.engine.failures import Refusal
from streams.engine.restoring import Restored, Restoring
from streams.engine.snapshot_records import HeldClient, SnapshotHeader, encode_held, headers_of, key_of
from streams.engine.states import States
from tests.engine.counting import CountingFold, CountShared, CountState

A, B = b"client-a", b"client-b"


class Snapshot(NamedTuple):
    """A record of the snapshot topic, as far as a recovery looks at it."""

    key: bytes
    value: bytes | None
    headers: list[tuple[str, bytes]]


def _state(count: int) -> bytes:
    return CountingFold().encode(CountState("x", count=count))


def _snapshot(client: bytes, owner: int, chunk: int, count: int = 1, deadline: int = NEVER, **more: Any) -> Snapshot:
    header = SnapshotHeader(chunk, deadline, more.get("seen", 0), more.get("version", 1), more.get("held", False))
    return Snapshot(key_of(client, owner), more.get("value", _state(count)), headers_of(header))


def _deleted(client: bytes, owner: int) -> Snapshot:
    return Snapshot(key_of(client, owner), None, [])


def _restore(*records: Snapshot) -> tuple[States[CountState, CountShared], Restored]:
    states: States[CountState, CountShared] = States(CountingFold(), 100)
    restoring = Restoring(states)
    for record in records:
        restoring.load([record])
    return states, restoring.finish()


def _owners(states: States[CountState, CountShared], client: bytes) -> set[int]:
    """Under which owners a snapshot of ours would delete keys: forced out by a change of the client."""
    state = states.load(client)
    assert state is not None
    states.changed({client: state})
    return set(states.others.get(client, ()))


def test_the_highest_chunk_counts_wherever_it_lies() -> None:
    written = [_snapshot(A, 3, 7, 70), _snapshot(A, 9, 8, 80, 500, seen=2), _snapshot(A, 3, 5, 50)]
    for order in permutations(written):
        states, restored = _restore(*order)
        assert states.taken(A) == 8
        assert states.seen(A) == 2
        assert states.deadlines.due == {A: 500}
        assert restored.chunk_max == 8
        state = states.peek(A)
        assert state is not None and state.count == 80
        assert _owners(states, A) == {3, 9}


def test_a_snapshot_belongs_to_one_client() -> None:
    states, restored = _restore(_snapshot(A, 3, 7, 70, 900), _snapshot(B, 4, 2, 20))
    assert (states.taken(A), states.taken(B), restored.chunk_max) == (7, 2, 7)
    assert (restored.records, len(states)) == (2, 2)
    assert states.deadlines.first() == (900, A)
    assert states.deadlines.due[B] == NEVER
    assert states.taken(b"client-c") == 0
    assert states.load(b"client-c") is None
    assert (_owners(states, A), _owners(states, B)) == ({3}, {4})


def test_a_deleted_key_is_not_deleted_again() -> None:
    written = [_snapshot(A, 3, 5), _snapshot(A, 9, 8, 80), _deleted(A, 3)]
    states, _ = _restore(*written)
    assert states.taken(A) == 8
    assert _owners(states, A) == {9}
    states, _ = _restore(*written, _snapshot(A, 3, 9))  # the owner of a journal made anew has an old one's name
    assert _owners(states, A) == {3, 9}
    states, _ = _restore(_snapshot(A, 3, 5), _deleted(A, 3), _snapshot(A, 3, 6))
    assert _owners(states, A) == {3}


def test_what_a_deleted_key_said_still_counts_until_something_newer_comes() -> None:
    states, _ = _restore(_snapshot(A, 3, 8, 80), _deleted(A, 3), _deleted(B, 3))
    assert states.taken(A) == 8
    assert _owners(states, A) == set()
    assert states.load(B) is None


def test_a_client_folded_since_is_as_if_it_had_no_snapshot() -> None:
    states, _ = _restore(_snapshot(A, 3, 8, 80, seen=4))
    state = states.load(A)
    assert state is not None
    assert (states.taken(A), states.seen(A)) == (8, 4), "only looked at"
    state.due = 77
    states.changed({A: state})
    assert (states.taken(A), states.seen(A)) == (0, -1)
    assert states.deadlines.first() == (77, A)


def test_a_changed_client_encoded_again_keeps_its_owners_and_its_header() -> None:
    states, _ = _restore(_snapshot(A, 3, 8, 80))
    state = states.load(A)
    assert state is not None
    state.due = 77
    states.changed({A: state})
    states.decoded_clients_max = 0
    states.trim()
    assert not states.live
    assert states.taken(A) == 0
    header, data = states.snapshot(A, 12)
    assert header == SnapshotHeader(12, 77, 0, 1, False)
    assert CountingFold().decode(data).count == 80
    assert _owners(states, A) == {3}


def test_a_held_client_is_held_and_has_no_deadline() -> None:
    held = encode_held(HeldClient(_state(80), [], "counting-1", "rules"))
    states, _ = _restore(_snapshot(B, 3, 1), _snapshot(A, 3, 8, held=True, value=held), _snapshot(A, 2, 7, deadline=5))
    assert states.held[A].state == _state(80)
    assert states.load(A) is None
    assert states.taken(A) == 8
    assert states.deadlines.due == {A: NEVER, B: NEVER}
    assert not states.dirty
    assert set(states.others[A]) == {2, 3}


def test_a_held_client_that_was_let_go_is_not_held() -> None:
    held = encode_held(HeldClient(_state(80), [], "counting-1", "rules"))
    states, _ = _restore(_snapshot(A, 3, 8, held=True, value=held), _snapshot(A, 3, 9, 81))
    assert not states.held
    assert states.taken(A) == 9


def test_a_state_of_a_newer_version_is_refused_when_it_counts() -> None:
    with pytest.raises(Refusal, match="client-a") as refusal:
        _restore(_snapshot(B, 3, 1), _snapshot(A, 3, 8, version=2))
    assert refusal.value.code == "state_version"
    states, _ = _restore(_snapshot(A, 3, 8, version=2), _snapshot(A, 4, 9, 90))
    assert states.taken(A) == 9
