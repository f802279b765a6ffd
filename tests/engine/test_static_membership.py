"""A worker restarted under its instance id, elsewhere or with other settings, takes its partitions back."""

from collections.abc import Callable

import pytest

from tests.engine.counting import GROUPS
from tests.engine.world import World, keys_of, value
from tests.harness.ports import free_port
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka


def test_a_restart_at_another_port_takes_the_partitions_back(world: Callable[..., World]) -> None:
    """The group remembers the member as it was first seen; what it says of itself must not depend on the port."""
    one = world().create()
    key = keys_of(0, 1)[0]
    one.send(0, [(key, value())] * 8)
    with one.worker(metrics_port=free_port(), instance_id="w 1/ü"):
        one.wait_folded()
    with one.worker(metrics_port=free_port(), instance_id="w 1/ü"):
        one.send(0, [(key, value())] * 8)
        wait_until(lambda: len(one.outputs(GROUPS)) == 2, "the second group", every_seconds=0.1)


def test_two_workers_under_one_id_do_not_both_live_on(world: Callable[..., World]) -> None:
    """Each takes the other's membership; whoever finds that, or a stranger's record in the journal, ends."""
    one = world().create()
    one.send(0, [(keys_of(0, 1)[0], value())] * 8)
    workers = [one.start()]
    one.wait_folded()
    workers.append(one.start())
    wait_until(lambda: any(worker.poll() is not None for worker in workers), "one of them ends", every_seconds=0.1)
    assert {worker.poll() for worker in workers} <= {None, 1}, one.tail()
    assert "another worker" in one.tail() or "another owner" in one.tail()
