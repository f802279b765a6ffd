"""One chunk of several topics: journaled as one, folded again as one."""

import signal
from collections.abc import Callable

import pytest

from tests.engine.counting import GROUPS
from tests.engine.world import World, keys_of, value
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka


def test_a_chunk_of_two_topics_is_folded_again_whole(world: Callable[..., World]) -> None:
    one = world().create()
    (key,) = keys_of(0, 1)
    for topic in (0, 1):
        one.send(topic, [(key, value())] * 8)
    assert one.ended(one.start(fault="journal:1")) == -signal.SIGKILL
    (chunk,) = [record for record in one.journal() if record["type"] == "chunk"]
    first, (more,) = (chunk["topic"], chunk["first"], chunk["last"]), chunk["more"]
    assert sorted([first, tuple(more[:3])]) == [(one.inputs[0], 0, 7), (one.inputs[1], 0, 7)]
    ids = [f"{key.decode()}:1", f"{key.decode()}:2"]  # sixteen records, a change with every eighth
    with one.worker():
        wait_until(lambda: len(one.outputs(GROUPS)) >= 2, "the group changes", 30, 0.1)
        one.send(1, [(key, value())] * 8)
        wait_until(lambda: len(one.outputs(GROUPS)) >= 3, "the next change", 30, 0.1)
    assert [dict(read.headers)["ce_id"].decode() for read in one.outputs(GROUPS)] == [*ids, f"{key.decode()}:3"]
