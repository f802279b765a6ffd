"""A worker killed between any two steps of a chunk, started again: the same state and outputs as without it."""

import random
import signal
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.engine.counting import GROUPS, STATUS
from tests.engine.reference import Fact, expected
from tests.engine.world import World, keys_of, value
from tests.harness.components import Broker
from tests.harness.records import Sent, end_offsets
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka

CREATE_TIME = {
    "message.timestamp.type": "CreateTime",
    "message.timestamp.before.max.ms": str(2**62),
    "retention.ms": "-1",  # their timestamps are years old
}
SETTINGS: dict[str, Any] = {"simulated_time": True, "simulated_idle_ms": 300, "chunk_records_max": 40}
_CLIENTS = 40
_RECORDS = 1200
_START = 1_700_000_000_000


def history(seed: int = 7) -> list[Fact]:
    """Records for the two inputs at distinct instants; some set a deadline that time alone must fire."""
    random_ = random.Random(seed)
    facts = []
    for number in range(_RECORDS):
        timestamp = _START + number * 1000
        key = f"client-{random_.randrange(_CLIENTS)}".encode()
        more = {"due": timestamp + random_.randrange(1, 90_000)} if number % 5 == 0 else {}
        facts.append(Fact(random_.randrange(2), timestamp, key, value(number, **more)))
    return facts


def send(world: World, facts: list[Fact]) -> None:
    """Append the facts with their own timestamps."""
    for topic in (0, 1):
        mine = [fact for fact in facts if fact.topic == topic]
        world.send(topic, [Sent(fact.value, fact.key, timestamp_ms=fact.timestamp) for fact in mine])


def wait_outputs(world: World, bodies: dict[str, bytes]) -> None:
    """Until the outputs are the expected ones."""
    try:
        wait_until(lambda: len(world.by_id(GROUPS)) >= len(bodies), "outputs", every_seconds=0.2)
    except TimeoutError as error:
        raise AssertionError(f"{error}\n{world.tail()}") from error
    assert world.by_id(GROUPS) == bodies


def _owned_since(world: World, ends: dict[int, int]) -> bool:
    """Whether somebody took every partition after its journal ended there; owners of before may be cut off by then."""
    owners = {record["partition"]: record["offset"] for record in world.journal() if record["type"] == "owner"}
    return all(owners.get(number, -1) >= end for number, end in ends.items())


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    return history()


@pytest.fixture(scope="module")
def bodies(facts: list[Fact]) -> dict[str, bytes]:
    return expected(facts)


@pytest.fixture
def simulated(world: Callable[..., World]) -> Callable[[], World]:
    """A world whose time follows the records, so that the order between topics is given by them."""
    return lambda: world(**SETTINGS).create(input_config=CREATE_TIME)


@pytest.fixture(scope="module")
def uninterrupted_hashes(
    kafka: Broker, tmp_path_factory: pytest.TempPathFactory, facts: list[Fact], bodies: dict[str, bytes]
) -> list[str]:
    log = tmp_path_factory.mktemp("calm") / "log"
    calm = World(kafka.bootstrap, f"calm{uuid4().hex[:8]}", log, **SETTINGS).create(input_config=CREATE_TIME)
    send(calm, facts)
    with calm.worker():
        wait_outputs(calm, bodies)
    return calm.hashes()


@pytest.mark.parametrize(
    "fault",
    ["fence:2", "recovered:2", "fold:5", "journal:5", "publish:5", "commit:5", "snapshot", "checkpoint", "journal:20"],
)
def test_a_kill_at_any_step_changes_neither_state_nor_outputs(
    simulated: Callable[[], World],
    facts: list[Fact],
    bodies: dict[str, bytes],
    uninterrupted_hashes: list[str],
    fault: str,
) -> None:
    killed = simulated()
    send(killed, facts)
    process = killed.start(fault=fault)
    assert killed.ended(process) == -signal.SIGKILL, killed.tail()
    ends = end_offsets(killed.bootstrap, killed.settings["journal_topic"])
    with killed.worker():
        wait_until(lambda: _owned_since(killed, ends), "the partitions are taken again", 30, 0.1)
        wait_outputs(killed, bodies)
    assert killed.hashes() == uninterrupted_hashes
    assert killed.by_id(STATUS) == bodies, "the compacted topic has the same records"


@pytest.mark.parametrize(("fault", "copies"), [("fold:1", 1), ("journal:1", 1), ("publish:1", 2), ("commit:1", 2)])
def test_the_last_journaled_chunk_is_published_again_by_the_next_owner(
    world: Callable[..., World], fault: str, copies: int
) -> None:
    """Nothing but a further chunk or a checkpoint shows that it was published (rule 8)."""
    one = world().create()
    (key,) = keys_of(0, 1)
    one.send(0, [(key, value())] * 8)
    assert one.ended(one.start(fault=fault)) == -signal.SIGKILL
    with one.worker():
        wait_until(lambda: len(one.outputs(GROUPS)) == copies, "the group change", every_seconds=0.1)
    assert list(one.by_id(GROUPS)) == [f"{key.decode()}:1"]
    with one.worker():  # a checkpoint names the chunk now: nothing is published again
        one.send(0, [(key, value())] * 8)
        wait_until(lambda: f"{key.decode()}:2" in one.by_id(GROUPS), "the next change", every_seconds=0.1)
    assert len(one.outputs(GROUPS)) == copies + 1


def test_a_new_owner_s_snapshots_replace_those_of_the_old_ones(world: Callable[..., World]) -> None:
    one = world().create()
    (key,) = keys_of(0, 1)
    for count in (1, 2, 3):
        one.send(0, [(key, value())] * 8)
        with one.worker():
            wait_until(lambda count=count: len(one.outputs(GROUPS)) == count, "a group change", every_seconds=0.1)  # type: ignore[misc]
    alive: dict[bytes, bytes] = {}
    for read in sorted(one.read(one.settings["snapshot_topic"]), key=lambda r: r.offset):
        alive.pop(read.key or b"", None)
        if read.value is not None:
            alive[read.key or b""] = read.value
    assert len(alive) == 1, "the keys of former owners are deleted (rule 15)"
    assert min(record["offset"] for record in one.journal() if record["partition"] == 0) > 0, "the journal is cut"
