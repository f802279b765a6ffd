"""A worker's log: every line about a partition names it, its epoch and its chunk; as JSON when that is wanted."""

import json
from collections.abc import Callable

import pytest

from tests.engine.world import World, keys_of, value

pytestmark = pytest.mark.kafka


def test_lines_are_json_objects_that_name_partition_epoch_and_chunk(world: Callable[..., World]) -> None:
    one = world(log_format="json", log_level="debug").create()
    first, second = keys_of(0, 1)[0], keys_of(1, 1)[0]
    with one.worker():
        one.send(0, [(first, value()), (second, value(due=1))])
        one.send(0, [(first, b"{}")])
        one.wait_folded()
    lines = [json.loads(line) for line in one.log.read_text().splitlines() if line.startswith("{")]
    owners = {record["partition"]: record["offset"] for record in one.journal() if record["type"] == "owner"}
    told = {
        name: [line for line in lines if line["event"] == name]
        for name in ("partition_taken", "chunk", "chunk_of_time", "dead_letters", "partition_closed")
    }
    assert all(told.values()), told
    for line in [line for of_name in told.values() for line in of_name]:
        assert line["epoch"] == owners[line["partition"]]
        assert isinstance(line["chunk"], int)
        assert {"timestamp", "level"} <= line.keys()
    assert sum(line["records"] for line in told["chunk"]) == 3
    assert [line["clients"] for line in told["chunk_of_time"]] == [1]


def test_a_failure_names_the_chunk_in_which_it_came(world: Callable[..., World]) -> None:
    one = world(log_format="json", bad_records_max=2, bad_records_window=10).create()
    process = one.start()
    one.send(0, [(keys_of(1, 1)[0], value())])
    one.wait_folded()
    one.send(0, [(keys_of(1, 1)[0], b"{}")] * 3)
    assert one.ended(process) == 1
    lines = [json.loads(line) for line in one.log.read_text().splitlines() if line.startswith("{")]
    stopped = next(line for line in lines if line["event"] == "stopped")
    owners = {record["partition"]: record["offset"] for record in one.journal() if record["type"] == "owner"}
    assert (stopped["partition"], stopped["epoch"], stopped["code"]) == (1, owners[1], "bad_records")
    assert stopped["chunk"] == 1, "the last one published: the one it stopped in is not journaled"
