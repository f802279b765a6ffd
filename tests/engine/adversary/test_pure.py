"""Schedules that need no broker: what the folder, the inbox and the journal's reader must hold."""

import asyncio
from typing import Any

from schemas.records import NEVER
from streams.engine.bad_records import BadRecords
from streams.engine.folding import Folder
from streams.engine.inbox import Inbox
from streams.engine.snapshot_records import HeldClient, SnapshotHeader, decode_held, encode_held, kept, key_of
from streams.engine.snapshotting import SnapshotRound
from streams.engine.states import States
from streams.engine.stored import pack
from tests.engine.counting import CountingFold, CountShared, CountState
from tests.engine.reference import Fact
from tests.engine.world import value

KEY = b"client-1"
OTHER = b"client-2"


def _folder(fold: CountingFold | None = None, **how: Any) -> Folder[CountState, CountShared]:
    fold = fold or CountingFold()
    states: States[CountState, CountShared] = States(fold, 100)
    return Folder(
        fold, states, fold.shared_new(), partition=0, partitions=1, held_bytes_max=how.get("held_bytes_max", 1000)
    )


def _fact(offset: int, key: bytes | None, body: bytes, at: int, headers: Any = ()) -> Any:
    return Fact(0, at, key, body, offset=offset, headers=headers)  # type: ignore[arg-type]


def test_records_put_back_are_expected_from_where_the_topic_stood() -> None:
    """Offset 10 is a transaction's marker: the position is 10, the first record 11."""
    inbox = Inbox(("a",), {"a": 10}, 100, 0)
    inbox.put("a", [_fact(11, KEY, value(), 1), _fact(12, KEY, value(), 2)], None)
    taken = inbox.take()
    assert taken is not None
    inbox.put_back(taken)
    assert inbox.folded_to == {"a": 10}
    again = inbox.take()
    assert again is not None
    assert [record.offset for record in again.records] == [11, 12]
    assert inbox.folded_to == {"a": 13}


def test_a_rejected_record_of_a_busy_partition_does_not_stop_a_quiet_one() -> None:
    """Five rejected among the last ten are allowed; here two partitions have one among a hundred."""
    fold = CountingFold()
    busy, quiet = _folder(fold), _folder(fold)
    bad = BadRecords(10, 5)
    busy.bad = quiet.bad = bad
    many = [_fact(offset, KEY, value(), offset) for offset in range(2000)]
    busy.records(1, many)
    busy.records(2, [_fact(2000, KEY, b"{", 2000)])
    offset = 0
    for n in range(1, 12):
        batch = [_fact(offset + index, KEY, value(), offset + index) for index in range(99)]
        quiet.records(n, [*batch, _fact(offset + 99, KEY, b"{", offset + 99)])
        offset += 100
    assert bad.total == 12


def test_a_held_client_keeps_records_with_empty_headers() -> None:
    """A header of Kafka may have no value."""
    record = _fact(0, KEY, value(), 1, headers=(("trace", None),))._replace(topic="in")
    held = HeldClient(b"", [kept(record, 1)], "1", "rules")
    assert decode_held(encode_held(held)).records[0].offset == 0


def test_the_headers_of_kept_records_count_against_the_limit() -> None:
    folder = _folder(held_bytes_max=10_000)
    folder.apart.add(KEY)
    folder.records(1, [_fact(0, KEY, value(**{"raise": True}), 1)])
    headers = (("padding", b"x" * 4000),)
    folder.records(2, [_fact(offset, KEY, value(), 2, headers) for offset in range(1, 50)])
    assert len(encode_held(folder.states.held[KEY])) < 20_000


class _Written:
    """Takes what a snapshot round writes."""

    def __init__(self) -> None:
        self.records: list[tuple[bytes | None, bytes | None]] = []

    async def write(self, topic: str, partition: int, records: Any) -> list[tuple[int, int]]:
        self.records.extend((key, data) for key, data, _ in records)
        return [(0, 1)]


def test_a_round_never_deletes_the_key_it_has_just_written() -> None:
    """A journal made anew gives offsets that were names of owners before: ours may be one of them."""
    folder = _folder()
    folder.records(1, [_fact(0, KEY, value(), 1)])
    folder.states.others[KEY] = (0, 5)
    written = _Written()

    async def run() -> None:
        from aiokafka import TopicPartition

        current = SnapshotRound(
            folder.states, written, TopicPartition("clients", 0), 0, c=1, positions={}, at=1, shared=b"",  # type: ignore[arg-type]
            state_bytes_max=1000, wake=asyncio.Event(),
        )  # fmt: skip
        current.take(1, 10)
        while current.pending():
            await current.wait()

    asyncio.run(run())
    last = dict(written.records)
    assert last[key_of(KEY, 0)] is not None
    assert last[key_of(KEY, 5)] is None


class Patient(CountingFold):
    """Takes no broadcast before its instant, as the real rules do."""

    def fire(self, shared: CountShared, state: CountState, until: int, out: list[Any]) -> None:
        for number, instant, deadline_until in shared.open:
            if number <= state.seen:
                continue
            if instant > until:
                return self._due(state, until, out)
            self._due(state, instant, out)
            if state.due <= deadline_until:
                state.heard += 1
            state.seen = number
        state.seen = shared.number
        return self._due(state, until, out)


def _tried_again(folder: Folder[CountState, CountShared], n: int) -> CountState:
    folder.fold.forgiving = True  # type: ignore[attr-defined]
    folder.retry(n, [KEY])
    state = folder.states.load(KEY)
    assert state is not None
    first = folder.states.deadlines.first()
    if first is not None and first[0] <= folder.at:
        folder.fire_again(n + 1, folder.at, (folder.at, b"\xff"))
        state = folder.states.load(KEY)
        assert state is not None
    return state


def test_a_held_client_takes_the_broadcasts_that_came_meanwhile() -> None:
    """Held at 10, a broadcast to everybody at 20, tried again at 30: it hears it, at its place among its records."""
    folder = _folder(Patient())
    folder.apart.add(KEY)
    folder.records(1, [_fact(0, KEY, value(), 5), _fact(1, KEY, value(**{"raise": True}), 10)])
    assert KEY in folder.states.held
    folder.records(2, [_fact(2, None, value(all=None), 20)])
    folder.records(3, [_fact(3, OTHER, value(), 25)])
    folder.records(4, [_fact(4, KEY, value(), 30)])
    state = _tried_again(folder, 5)
    assert state.count == 3
    assert state.heard == 1


def test_what_a_held_client_hears_does_not_depend_on_the_snapshots_of_others() -> None:
    """A neighbour who has not taken the broadcast, or whose newer snapshot has: the held client hears the same."""
    heard = []
    for neighbour_is_newer in (False, True):
        folder = _folder(Patient())
        folder.apart.add(KEY)
        folder.records(1, [_fact(0, KEY, value(**{"raise": True}), 5), _fact(1, OTHER, value(), 6)])
        if neighbour_is_newer:
            state = folder.states.load(OTHER)
            assert state is not None
            folder.states.live.pop(OTHER)
            folder.states.stored[OTHER] = pack(folder.fold.encode(state), SnapshotHeader(9, NEVER, 1, 1, False), 0)
        folder.records(2, [_fact(2, None, value(all=None), 20)])
        heard.append(_tried_again(folder, 3).heard)
    assert heard == [1, 1]


def test_a_broadcast_on_which_the_rules_raise_stops_nobody() -> None:
    class Raising(CountingFold):
        def broadcast(self, shared: CountShared, source: Any, at: int) -> Any:
            raise ValueError("a bug")

    folder = _folder(Raising())
    made = folder.records(1, [_fact(0, None, value(all=None), 20), _fact(1, KEY, value(), 21)])
    assert len(made.here) == 1, "a dead letter"
    assert folder.states.deadlines.due == {KEY: NEVER}
