"""A worker starts on what is only just there: a directory to be made, topics that are still being made."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.world import World, keys_of, value

pytestmark = pytest.mark.kafka


def test_the_data_directory_is_made_with_all_that_leads_to_it(world: Callable[..., World], tmp_path: Path) -> None:
    one = world().create()
    one.send(0, [(keys_of(0, 1)[0], value())] * 8)
    with one.worker(data_directory=str(tmp_path / "not" / "there" / "yet")):
        one.wait_folded()


@pytest.mark.skipif(os.name == "nt", reason="wants /dev/null")
def test_a_data_directory_that_cannot_be_made_is_one_sentence(world: Callable[..., World]) -> None:
    one = world()
    assert one.ended(one.start(data_directory="/dev/null/data")) == 2
    assert "the data directory /dev/null/data cannot be made" in one.tail()
    assert "Traceback" not in one.tail()
