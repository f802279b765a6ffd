"""A client flooded past its limits is held, or refused, alone: the others are what they would be without it."""

import asyncio
from random import Random
from typing import Any

import pytest
from aiokafka import TopicPartition

from schemas.policy import Policy
from schemas.records import Rejected
from streams.engine.failures import ClientFailed
from streams.engine.snapshotting import SnapshotRound
from tests.fuzz.fates import APPLIED, DEAD, HELD, Broken, Fates
from tests.fuzz.run import World
from tests.fuzz.sent import Sent
from tests.fuzz.stream import PARTITIONS, Stream
from tests.fuzz.valid import START_MS
from tests.schemas.examples import record

FLOODED = "C-flood"
END_MS = START_MS + 40 * 86_400_000


def neighbours() -> list[Sent]:
    """Half of them spoilt; policies are left out, so that the limits stay."""
    return [one for one in Stream(Random("neighbours")).records(600) if one.topic != "policies"]


def flood(count: int, partition: int) -> list[Sent]:
    """So many valid payments of one client."""
    return [
        Sent(
            "payments", partition, 10_000_000 + number, START_MS, FLOODED.encode(),
            record("payment.received", id=f"P{number}", client_id=FLOODED, value_date="2026-03-01"),
        )
        for number in range(count)
    ]  # fmt: skip


def mixed(one: list[Sent], other: list[Sent]) -> list[Sent]:
    """Each flooding record between two of the others, at their time."""
    found: list[Sent] = []
    for index, record_ in enumerate(one):
        found.append(record_)
        found += [extra._replace(timestamp=record_.timestamp) for extra in other[index :: len(one)]]
    return found


class _Written:
    """Takes what a snapshot round writes."""

    async def write(self, topic: str, partition: int, records: Any) -> list[tuple[int, int]]:
        return [(0, 1)]


def oversized(world: World, partition: int, state_bytes_max: int) -> list[bytes]:
    """What the worker's own round of snapshots finds too large."""
    folder = world.folders[partition]

    async def look() -> list[bytes]:
        round_ = SnapshotRound(
            folder.states, _Written(), TopicPartition("clients", partition), 0, c=1, positions={}, at=1, shared=b"",  # type: ignore[arg-type]
            state_bytes_max=state_bytes_max, wake=asyncio.Event(),
        )  # fmt: skip
        round_.take(1, 10_000)
        while round_.pending():
            await round_.wait()
        return round_.oversized

    return asyncio.run(look())


def home() -> int:
    from streams.engine.misrouting import partition_of

    return partition_of(FLOODED.encode(), PARTITIONS)


def facts_of_others(world: World) -> dict[bytes, Any]:
    found = world.facts(END_MS)
    found.pop(FLOODED.encode(), None)
    assert len(found) > 3
    return found


def test_a_client_whose_state_grows_too_large_is_held_alone() -> None:
    policy, partition = Policy(version=1), home()
    fates = Fates()
    world, quiet = World(policy, fates, held_bytes_max=20_000), World(policy, Fates())
    before, after = neighbours()[:300], neighbours()[300:]
    world.take(mixed(before, flood(400, partition)))
    quiet.take(before)
    assert oversized(world, partition, 20_000) == [FLOODED.encode()]
    world.folders[partition].hold(10_000, [FLOODED.encode()])
    more = [one._replace(offset=one.offset + 5_000_000) for one in flood(400, partition)]
    world.take(mixed(after, more))
    quiet.take(after)
    held = world.folders[partition].states.held
    assert list(held) == [FLOODED.encode()]
    for one in held[FLOODED.encode()].records:
        fates.held(f"{one.topic}/{one.partition}/{one.offset}")
    counts = fates.close()
    mine = {place: fate for place, fate in fates.of.items() if fates.sent[place].key == FLOODED.encode()}
    kept = len(held[FLOODED.encode()].records)
    assert 20 < kept < 200, "about a hundred bytes each"
    assert list(mine.values()).count(APPLIED) == 400
    assert list(mine.values()).count(HELD) == kept == counts[HELD]
    assert list(mine.values()).count(DEAD) == 400 - kept
    assert fates.reasons["limit_exceeded"] == 400 - kept
    assert facts_of_others(world) == facts_of_others(quiet)


def test_a_client_with_all_the_facts_it_may_have_is_refused_alone() -> None:
    policy = Policy.from_document({"version": 1, "limits": {"facts_max": 50}})
    fates = Fates()
    world, quiet = World(policy, fates), World(policy, Fates())
    world.take(mixed(neighbours(), flood(500, home())))
    quiet.take(neighbours())
    fates.close()
    mine = [fate for place, fate in fates.of.items() if fates.sent[place].key == FLOODED.encode()]
    assert (mine.count(APPLIED), mine.count(DEAD)) == (50, 450)
    assert facts_of_others(world) == facts_of_others(quiet)
    assert not any(folder.states.held for folder in world.folders)


def test_a_client_on_which_a_rule_raises_is_held_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker folds the chunk again with that client apart; here the folder is told at once."""
    policy, partition = Policy(version=1), home()
    fates = Fates()
    world, quiet = World(policy, fates), World(policy, Fates())
    rightly = world.fold.record

    def record_(shared: Any, state: Any, source: Any, at: int, out: Any) -> Rejected | None:
        if state.id == FLOODED and source.offset >= 10_000_010:
            raise ZeroDivisionError
        return rightly(shared, state, source, at, out)

    monkeypatch.setattr(world.fold, "record", record_)
    world.folders[partition].apart.add(FLOODED.encode())
    world.take(mixed(neighbours(), flood(100, partition)))
    quiet.take(neighbours())
    (key,) = world.folders[partition].states.held
    for one in world.folders[partition].states.held[key].records:
        fates.held(f"{one.topic}/{one.partition}/{one.offset}")
    assert fates.close()[HELD] == 90
    assert facts_of_others(world) == facts_of_others(quiet)


def test_a_rule_that_raises_unasked_is_no_quiet_end(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(Policy(version=1), Fates())
    monkeypatch.setattr(world.fold, "record", lambda *_: 1 // 0)
    with pytest.raises(Broken, match="the rules raised on b'C-flood': ZeroDivisionError") as caught:
        world.take(flood(1, home()))
    assert isinstance(caught.value.__cause__, ClientFailed)
