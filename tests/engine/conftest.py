"""A world of its own for each test."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.world import World
from tests.harness.components import Broker


@pytest.fixture
def world(kafka: Broker, unique: str, tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Makes applications: `world(**settings)`; topics are not created yet."""
    made: list[World] = []

    def make(**settings: Any) -> World:
        name = unique + "x" * len(made)
        made.append(World(kafka.bootstrap, name, tmp_path / f"{name}.log", **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()
        sys.stdout.write(f"--- end of the workers' log, {one.prefix}\n{one.tail()}\n")  # pytest shows it on a failure
