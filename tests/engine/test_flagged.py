"""Clients that the fold flags are counted without decoding them: through changes, encoding, snapshots and a restore."""

from schemas.records import NEVER
from streams.engine.deadlines import Deadlines
from streams.engine.restoring import Restoring
from streams.engine.snapshot_records import HeldClient, headers_of, key_of
from streams.engine.states import States
from tests.engine.counting import CountingFold, CountShared, CountState

_TOP, _LOW = 3, 2
"""Groups: the fold flags a client in the topmost."""


def _states(decoded_clients_max: int = 100) -> States[CountState, CountShared]:
    return States(CountingFold(), decoded_clients_max)


def _fold(states: States[CountState, CountShared], **groups: int) -> None:
    """Clients come to be in these groups."""
    touched = {}
    for client, group in groups.items():
        key = client.encode()
        state = states.load(key) or states.live.setdefault(key, CountState(client))
        state.group, state.count = group, 1
        touched[key] = state
    states.changed(touched)


class _Snapshot:
    """A record of the snapshot topic."""

    def __init__(self, key: bytes, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        self.key, self.value, self.headers = key, value, headers


def _restored(states: States[CountState, CountShared]) -> States[CountState, CountShared]:
    """What the next owner has, when all of them were written."""
    restoring = Restoring(_states(1))
    for client in [*states.live, *states.held]:
        header, data = states.snapshot(client, 5)
        restoring.load([_Snapshot(key_of(client, 3), data, headers_of(header))])
    restoring.finish()
    return restoring.states


def test_decoded_clients_are_asked() -> None:
    states = _states()
    _fold(states, a=_TOP, b=_TOP, c=_LOW)
    assert states.flagged() == 2
    _fold(states, a=_LOW)
    assert states.flagged() == 1


def test_clients_that_are_bytes_are_known() -> None:
    states = _states(1)
    _fold(states, a=_TOP, b=_TOP, c=_LOW)
    states.trim()
    assert len(states.live) == 1
    assert states.flagged() == 2
    _fold(states, a=_LOW, b=_LOW, c=_TOP)
    states.trim()
    assert states.flagged() == 1


def test_the_next_owner_counts_what_the_snapshots_say() -> None:
    states = _states()
    _fold(states, a=_TOP, b=_TOP, c=_LOW)
    after = _restored(states)
    assert not after.live
    assert after.flagged() == 2
    after.load(b"a")  # looked at, not changed: it is bytes and decoded
    assert after.flagged() == 2
    _fold(after, a=_LOW)
    assert after.flagged() == 1


def test_a_held_client_is_counted_as_held_alone() -> None:
    states = _states()
    _fold(states, a=_TOP, b=_TOP)
    states.hold(b"a", HeldClient(states.fold.encode(states.live[b"a"]), [], "counting-1", "rules"))
    assert states.flagged() == 1
    after = _restored(states)
    assert (after.flagged(), len(after.held)) == (1, 1)


def test_those_due_are_counted_up_to_a_limit() -> None:
    deadlines = Deadlines()
    for number in range(100):
        deadlines.set(f"c{number}".encode(), 1000 + number)
    deadlines.set(b"c0", 5000)  # moved: its first entry no longer counts
    deadlines.set(b"c1", NEVER)
    assert deadlines.count(999, 50) == 0
    assert deadlines.count(1009, 50) == 8  # c2 … c9
    assert deadlines.count(NEVER - 1, 50) == 50
