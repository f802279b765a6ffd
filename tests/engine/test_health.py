"""What a worker says over HTTP of its health, its readiness and its metrics, while it really works."""

import json
import re
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.metrics import WORKER_METRICS
from tests.engine.counting import GROUPS
from tests.engine.world import World, keys_of, value
from tests.harness.components import Broker
from tests.harness.embedded import Embedded
from tests.harness.kafka import KafkaNode
from tests.harness.ports import free_port
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.kafka


def _get(port: int, path: str) -> tuple[int, str, bytes]:
    """Status, content type and body; status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()
    except OSError:
        return 0, "", b""


def _problem(port: int, path: str) -> dict[str, Any]:
    status, kind, body = _get(port, path)
    assert status in (0, 200) or kind == "application/problem+json"
    return json.loads(body) if status == 503 else {}


def _metrics(port: int) -> dict[str, dict[tuple[str, ...], float]]:
    """By name of the sample, by the values of its labels in the order of their names."""
    text = _get(port, "/metrics")[2].decode()
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def _conditions(partition: str, **conditions: int) -> dict[tuple[str, str], int]:
    return {(condition, partition): count for condition, count in {**conditions, "held": 0}.items()}


def _is_ready(port: int) -> bool:
    return _get(port, "/readyz")[0] == 200


def test_a_worker_is_ready_when_its_partitions_fold_and_its_metrics_say_what_it_did(
    world: Callable[..., World],
) -> None:
    one, port = world().create(), free_port()
    first, second = keys_of(0, 1)[0], keys_of(1, 1)[0]
    one.send(0, [(first, value())] * 24 + [(second, value())] * 8)
    one.send(1, [(first, b"{not json"), (first, b"{}"), (first, b"{}")])
    with one.worker(metrics_port=port):
        wait_until(lambda: _is_ready(port), "readiness")
        assert json.loads(_get(port, "/readyz")[2]) == {"status": "ready", "partitions": [0, 1]}
        assert _get(port, "/healthz")[0] == 200
        one.wait_folded()
        wait_until(lambda: sum(_metrics(port)["stoplist_records_total"].values()) == 35, "all counted")
        wait_until(lambda: set(_metrics(port)["stoplist_snapshot_lag_chunks"].values()) == {0}, "checkpoints")
        metrics = _metrics(port)
    assert metrics["stoplist_ready"] == {(): 1}
    assert metrics["stoplist_records_total"] == {("0",): 27, ("1",): 8}
    assert metrics["stoplist_chunk_records_sum"] == {(): 35}
    assert metrics["stoplist_dead_letters_total"] == {("invalid_json",): 1, ("missing_field",): 2}
    # a group changes at every eighth record up to the third time: 3 + 1 changes, each told to two topics
    assert metrics["stoplist_outputs_total"][(f"{one.prefix}{GROUPS}",)] == 4
    clients = metrics["stoplist_clients"]
    assert {place: clients[place] for place in clients if place[1] == "0"} == _conditions("0", known=1, topped=1)
    assert {place: clients[place] for place in clients if place[1] == "1"} == _conditions("1", known=1, topped=0)
    assert set(metrics["stoplist_lag_records"].values()) == {0}
    assert metrics["stoplist_lag_seconds"] == {("0",): 0, ("1",): 0}
    assert metrics["stoplist_partitions"] == {("folding",): 2, ("restoring",): 0}
    assert metrics["stoplist_restore_progress_ratio"] == {("0",): 1, ("1",): 1}
    assert metrics["stoplist_restore_seconds_count"] == {(): 2}
    assert metrics["process_resident_memory_bytes"][()] > 0


def test_every_metric_of_the_catalogue_is_served_and_none_beside(world: Callable[..., World]) -> None:
    one, port = world().create(), free_port()
    one.send(0, [(keys_of(0, 1)[0], b"{}"), *[(keys_of(0, 1)[0], value(due=1))] * 8])
    with one.worker(metrics_port=port):
        one.wait_folded()
        wait_until(lambda: "stoplist_checkpoints_total" in _metrics(port), "a checkpoint")
        text = _get(port, "/metrics")[2].decode()
    served = {line.split()[2]: line.split()[3] for line in text.splitlines() if line.startswith("# TYPE stoplist_")}
    assert served == {metric.name: metric.kind for metric in WORKER_METRICS}


def test_a_producer_turned_bad_stops_the_worker_and_readiness_says_so(world: Callable[..., World]) -> None:
    one, port = world(bad_records_window=100, bad_records_max=50).create(), free_port()
    key = keys_of(0, 1)[0]
    process = one.start(metrics_port=port, failure_shown_ms=60_000)
    wait_until(lambda: _is_ready(port), "readiness")
    one.send(0, [(key, b"{}" if number % 5 < 3 else value()) for number in range(200)])  # 60 %
    wait_until(lambda: _problem(port, "/readyz").get("code") == "bad_records", "the reason")
    for path in ("/readyz", "/healthz"):
        problem = _problem(port, path)
        assert problem["title"] == "Stopped by a failure"
        assert "51 of the last 100 records were rejected, the latest as missing_field" in problem["detail"]
    process.send_signal(signal.SIGTERM)  # whoever ends it need not wait until all have read the reason
    assert one.ended(process) == 1


@pytest.fixture
def apache(kafka: Broker) -> None:
    """The embedded broker makes topics that are missing, and keeps a dead worker's membership."""
    if isinstance(kafka, Embedded):
        pytest.skip("needs Apache Kafka")


@pytest.mark.usefixtures("apache")
def test_a_failed_append_stops_the_worker_and_health_says_why(world: Callable[..., World]) -> None:
    one, port = world(request_timeout_ms=2000).create(), free_port()
    process = one.start(metrics_port=port, failure_shown_ms=60_000, fold={"prefix": "no-such-"})
    wait_until(lambda: _is_ready(port), "readiness")
    one.send(0, [(keys_of(0, 1)[0], value())] * 8)  # the eighth raises the group: something to publish
    wait_until(lambda: _problem(port, "/healthz").get("code") == "append_failed", "the reason")
    assert re.match("publishing to no-such-(groups|status)/0 failed: ", _problem(port, "/readyz")["detail"])
    process.send_signal(signal.SIGTERM)
    assert one.ended(process) == 1


@pytest.mark.usefixtures("apache")
def test_a_worker_that_waits_for_its_partitions_is_not_ready(world: Callable[..., World]) -> None:
    """A killed worker's membership goes on until the session times out: its successor, without a name, waits."""
    one, port = world(session_timeout_ms=6000).create(), free_port()
    process = one.start(instance_id=None)
    one.send(0, [(keys_of(0, 1)[0], value())] * 8)
    one.wait_folded()
    process.kill()
    process.wait()
    with one.worker(instance_id=None, metrics_port=port):
        wait_until(lambda: _problem(port, "/readyz").get("code") == "unassigned", "it waits")
        assert _get(port, "/healthz")[0] == 200
        wait_until(lambda: _is_ready(port), "readiness")


def test_workers_whose_broker_is_away_say_so(kafka_node: KafkaNode, unique: str, tmp_path: Path) -> None:
    """One has nothing to ask: it lives and goes on once the broker is back. The other asks, and stops for no answer."""
    settings: dict[str, Any] = {"session_timeout_ms": 60_000, "failure_shown_ms": 60_000}
    waiting = World(kafka_node.bootstrap, f"{unique}a", tmp_path / "a.log", snapshot_interval_ms=600_000, **settings)
    asking = World(kafka_node.bootstrap, f"{unique}b", tmp_path / "b.log", **settings)
    ports = {waiting: free_port(), asking: free_port()}
    try:
        process, other = (one.create().start(metrics_port=port) for one, port in ports.items())
        wait_until(lambda: all(_is_ready(port) for port in ports.values()), "readiness")
        kafka_node.stop()
        wait_until(
            lambda: {_problem(port, "/readyz").get("code") for port in ports.values()} == {"broker_away"}, "said"
        )
        assert _get(ports[waiting], "/healthz")[0] == 200
        wait_until(lambda: _get(ports[asking], "/healthz")[0] == 503, "the other stops")
        assert _problem(ports[asking], "/healthz")["detail"].startswith("no broker answers")
        other.send_signal(signal.SIGTERM)
        assert asking.ended(other) == 1
        assert "Traceback" not in asking.tail()
        kafka_node.start()
        wait_until(lambda: _is_ready(ports[waiting]), "readiness again")
        waiting.send(0, [(keys_of(0, 1)[0], value())])
        waiting.wait_folded()
        assert waiting.stop(process) == 0, waiting.tail()
    finally:
        waiting.close()
        asking.close()


def test_the_default_port_gives_way_and_a_chosen_one_does_not(world: Callable[..., World]) -> None:
    one = world().create()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert one.ended(one.start(metrics_port=port)) == 2
    assert f"health and metrics cannot be served at 127.0.0.1:{port}" in one.tail()
    assert "set STOPLIST_METRICS_PORT to a free port" in one.tail()


def test_other_paths_and_methods_are_refused_with_a_problem_document(world: Callable[..., World]) -> None:
    one, port = world().create(), free_port()
    with one.worker(metrics_port=port):
        wait_until(lambda: _is_ready(port), "readiness")
        status, kind, body = _get(port, "/")
        assert (status, kind) == (404, "application/problem+json")
        assert json.loads(body)["detail"] == "There is /healthz, /readyz and /metrics."
        request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", b"{}", method="POST")
        with pytest.raises(urllib.error.HTTPError, match="405"):
            urllib.request.urlopen(request, timeout=10)
