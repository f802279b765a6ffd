"""Entries of docs/runbook.md that nothing else goes through, on Apache Kafka: as the page says, with its commands."""

import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.partitioning import partition_of
from streams.cli.main import run
from tests.cli.installation import Capture, Installation, everything_is_folded, hash_of, sends, stop_list, verified
from tests.engine.counting import STATUS
from tests.engine.world import World, keys_of, value
from tests.harness.components import Broker
from tests.harness.kafka import KafkaNode
from tests.harness.ports import free_port
from tests.harness.records import Sent, produce
from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(280)]

UNPAID = (
    b'{"type":"shipment.dispatched","id":"D-1","client_id":"L-1","shipment_id":"S-1","at":"2026-03-02T10:00:00+03:00",'
    b'"currency":"USD","amount":"100.00","payment_term_days":3}'
)
"""Of a client who has signed nothing and paid nothing: blocked for several reasons."""


@pytest.fixture
def first(kafka_node: KafkaNode, tmp_path: Path) -> Iterator[Installation]:
    """An installation on a broker that can be left."""
    assert run(["topics", "create", "--bootstrap", kafka_node.bootstrap, "--partitions", "3"]) == 0
    with Installation(kafka_node.bootstrap, tmp_path / "workers.log") as one:
        sends(one.bootstrap, 10, 15)
        produce(one.bootstrap, "shipments", [Sent(UNPAID, b"L-1", partition_of(b"L-1", 3))])
        yield one


def test_moved_with_its_data_folders_an_installation_goes_on_where_it_was(
    first: Installation, kafka_node: KafkaNode, tmp_path: Path, capfd: Capture
) -> None:
    """`Move to a new cluster`, 2: stopped in order, the folders copied, the same hash before a worker starts there."""
    everything_is_folded(first, capfd)
    before, blocked = hash_of(first.bootstrap, "1"), stop_list(capfd, first.bootstrap)
    assert blocked
    kafka_node.stop()
    with closing(kafka_node.copied()) as moved:
        moved.start()
        assert moved.bootstrap != first.bootstrap
        assert hash_of(moved.bootstrap, "2") == before
        with Installation(moved.bootstrap, tmp_path / "moved.log") as second:
            second.group = first.group
            sends(moved.bootstrap, 10, 15)  # once more: it counts once
            everything_is_folded(second, capfd)
            told = verified(capfd, moved.bootstrap, "--complete")
        assert told["verified"], told["differences"]
        assert stop_list(capfd, moved.bootstrap) == blocked


def test_a_second_worker_takes_half_of_the_partitions_and_the_lag_goes(
    kafka: Broker, unique: str, tmp_path: Path
) -> None:
    """`Lag grows`: a worker that has all it can use is joined by another; both say so by their metrics."""
    one = World(kafka.bootstrap, unique, tmp_path / "worker.log", chunk_records_max=20, decoded_clients_max=50)
    one.create()
    ports = free_port(), free_port()
    keys = [key for partition in (0, 1) for key in keys_of(partition, 40)]
    one.send(0, [(key, value(due=1)) for key in keys * 20])
    with one.worker(metrics_port=ports[0], instance_id="first"):
        wait_until(lambda: _sum(ports[0], "stoplist_records_total") > 0, "the first folds")
        with one.worker(metrics_port=ports[1], instance_id="second"):
            wait_until(lambda: [_folding(port) for port in ports] == [1, 1], "a partition each", 60)
            one.send(1, [(key, value()) for key in keys])
            wait_until(lambda: _sum(ports[1], "stoplist_records_total") > 0, "the second folds")
            for name in ("stoplist_lag_records", "stoplist_deadlines_due"):
                wait_until(lambda: [_sum(port, name) for port in ports] == [0, 0], f"{name} is 0")  # noqa: B023
    assert len(one.by_id(STATUS)) >= len(keys)


def _folding(port: int) -> float:
    return _sum(port, "stoplist_partitions", "folding")


def _sum(port: int, name: str, label: str | None = None) -> float:
    """Of a worker's samples of a name, with this value of a label."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
    except OSError:
        return -1
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return sum(one.value for one in samples if one.name == name and (label is None or label in one.labels.values()))
