"""The engine on the embedded broker: fold, kill, recover; what that broker lacks must not matter."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.reference import expected
from tests.engine.test_crashes import CREATE_TIME, SETTINGS, history, send, wait_outputs
from tests.engine.world import World
from tests.harness.embedded import Embedded


@pytest.fixture
def one(embedded: Embedded, unique: str, tmp_path: Path) -> Iterator[World]:
    world = World(embedded.bootstrap, unique, tmp_path / "log", **SETTINGS).create(input_config=CREATE_TIME)
    yield world
    world.close()


def test_a_killed_worker_recovers_on_the_embedded_broker(one: World) -> None:
    facts = history()
    send(one, facts)
    assert one.ended(one.start(fault="journal:20")) == -signal.SIGKILL, one.tail()
    with one.worker():
        wait_outputs(one, expected(facts))
