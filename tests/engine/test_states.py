"""Clients go from decoded to bytes and back: what is encoded, how often, and that the bytes are never out of date."""

from streams.engine.states import States
from tests.engine.counting import CountingFold, CountShared, CountState

_OWNER = 9


class _Encoding(CountingFold):
    """Counts how often a state is encoded."""

    encoded = 0

    def encode(self, state: CountState) -> bytes:
        self.encoded += 1
        return super().encode(state)


def _fold(states: States[CountState, CountShared], *clients: str) -> None:
    """One more record of each."""
    touched = {}
    for client in clients:
        key = client.encode()
        state = states.load(key) or states.live.setdefault(key, CountState(client))
        state.count += 1
        touched[key] = state
    states.changed(touched)


def _snapshots(states: States[CountState, CountShared], chunk: int) -> dict[bytes, int]:
    """A round: how many records each snapshot counts."""
    counts = {}
    for key in list(states.dirty):
        header, data = states.snapshot(key, chunk)
        states.snapshotted(key, header, data, _OWNER)
        counts[key] = states.fold.decode(data).count
    return counts


def _several(decoded_clients_max: int) -> tuple[_Encoding, States[CountState, CountShared]]:
    fold = _Encoding()
    states: States[CountState, CountShared] = States(fold, decoded_clients_max)
    _fold(states, "a", "b", "c")
    return fold, states


def test_a_snapshot_is_encoded_once_and_its_bytes_are_what_is_kept() -> None:
    fold, states = _several(1)
    assert _snapshots(states, 4) == {b"a": 1, b"b": 1, b"c": 1}
    states.trim()
    assert (list(states.live), fold.encoded) == ([b"c"], 3)
    assert [states.taken(key) for key in (b"a", b"b", b"c")] == [4, 4, 4]


def test_a_client_encoded_before_its_snapshot_is_not_encoded_again() -> None:
    fold, states = _several(1)
    states.trim()
    assert fold.encoded == 2
    assert states.load(b"a") is not None
    assert _snapshots(states, 4) == {b"a": 1, b"b": 1, b"c": 1}
    assert fold.encoded == 3


def test_what_changes_after_its_snapshot_is_in_the_next() -> None:
    _, states = _several(1)
    _snapshots(states, 4)
    _fold(states, "a")
    assert states.taken(b"a") == 0
    assert _snapshots(states, 5) == {b"a": 2}
    states.trim()
    _fold(states, "a")
    assert _snapshots(states, 6) == {b"a": 3}


def test_where_all_stay_decoded_no_bytes_are_kept_beside() -> None:
    fold, states = _several(3)
    _snapshots(states, 4)
    states.trim()
    assert (len(states.live), states.stored, fold.encoded) == (3, {}, 3)
