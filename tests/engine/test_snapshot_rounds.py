"""A round of snapshots encodes a few states at a time and writes many together; no broker."""

import asyncio
from typing import Any

from aiokafka import TopicPartition

from streams.engine.snapshot_records import split_key
from streams.engine.snapshotting import SnapshotRound
from streams.engine.states import States
from tests.engine.counting import CountingFold, CountShared, CountState

_OWNER = 3


class _Written:
    """Takes what a round writes; each call is a request."""

    def __init__(self) -> None:
        self.requests: list[list[bytes]] = []

    async def write(self, topic: str, partition: int, records: Any) -> list[tuple[int, int]]:
        self.requests.append([split_key(key)[0] for key, _, _ in records])
        return [(0, 1)]


def _states(clients: int) -> States[CountState, CountShared]:
    states: States[CountState, CountShared] = States(CountingFold(), 10_000)
    for number in range(clients):
        key = b"client-%d" % number
        states.live[key] = CountState(key.decode())
    states.changed(dict(states.live))
    return states


def _round(states: States[CountState, CountShared], written: _Written, state_bytes_max: int = 1000) -> SnapshotRound:
    return SnapshotRound(
        states, written, TopicPartition("clients", 0), _OWNER, c=1, positions={}, at=1, shared=b"",  # type: ignore[arg-type]
        state_bytes_max=state_bytes_max, wake=asyncio.Event(),
    )  # fmt: skip


def test_a_few_states_at_a_time_are_written_together() -> None:
    states, written = _states(600), _Written()

    async def run() -> None:
        current = _round(states, written)
        while not current.all_taken:
            current.take(1, 10)
            assert not current.finished, "what is encoded and not written holds the checkpoint back"
        while current.pending():
            await current.wait()
        assert current.finished

    asyncio.run(run())
    assert [len(request) for request in written.requests] == [250, 250, 100]
    assert sorted(client for request in written.requests for client in request) == sorted(states.live)


def test_an_oversized_client_of_the_last_slice_is_written_before_the_round_is_finished() -> None:
    """The checkpoint says that every client changed before it has its snapshot."""
    states, written = _states(3), _Written()
    states.live[b"client-1"].filling = "x" * 5000

    async def run() -> None:
        current = _round(states, written)
        current.take(1, 250)  # a slice is longer than what is left
        assert current.oversized == [b"client-1"]
        states.live[b"client-1"].filling = ""  # stands for: it is held by a chunk now
        current.oversized.clear()
        current.again([b"client-1"])
        assert not current.finished
        current.take(2, 250)
        while current.pending():
            await current.wait()
        assert current.finished

    asyncio.run(run())
    assert sorted(client for request in written.requests for client in request) == sorted(states.live)
