"""The harness itself: what other tests rely on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from tests.conftest import apache_kafka
from tests.harness.beside import CHECKOUT
from tests.harness.components import Broker, Existing, Missing, broker, lack, not_tried
from tests.harness.embedded import Embedded
from tests.harness.kafka import KafkaCluster, KafkaNode
from tests.harness.kafka.jars import jars
from tests.harness.orphans import PROCESSES, started_at
from tests.harness.records import Sent, consume, create_topics, delete_topics, end_offsets, produce, read_all
from tests.harness.redis import RedisServer
from tests.harness.server import Server, ServerFailed
from tests.harness.waiting import SECONDS_MAX, wait_until


@pytest.mark.kafka
def test_records_go_through_the_broker_and_back(kafka: Broker, unique: str) -> None:
    create_topics(kafka.bootstrap, {unique: 2}, {"message.timestamp.type": "CreateTime"})
    assert produce(kafka.bootstrap, unique, [(b"k", b"a")] * 2 + [Sent(b"b", None, 1, 77, (("h", b"x"),))]) != []
    read = consume(kafka.bootstrap, unique, 3)
    ours = next(record for record in read if record.value == b"b")
    assert (ours.key, ours.partition, ours.timestamp_ms, ours.headers) == (None, 1, 77, (("h", b"x"),))
    assert sorted(read) == sorted(read_all(kafka.bootstrap, unique))
    assert sum(end_offsets(kafka.bootstrap, unique).values()) == 3
    with pytest.raises(TimeoutError, match=f"{unique}: 0 records in 0 s"):  # no time at all: whatever the machine does
        consume(kafka.bootstrap, unique, 4, seconds=0)
    delete_topics(kafka.bootstrap, [unique])
    wait_until(lambda: _gone(kafka.bootstrap, unique), "the topic is gone")


def _gone(bootstrap: str, topic: str) -> bool:
    try:
        end_offsets(bootstrap, topic)
    except LookupError:
        return True
    return False


@pytest.mark.kafka
def test_the_embedded_broker_serves_the_same_helpers(embedded: Embedded, unique: str) -> None:
    create_topics(embedded.bootstrap, [unique])
    assert produce(embedded.bootstrap, unique, [(b"k", b"a"), (b"k", None)]) == [0, 1]
    assert [record.value for record in read_all(embedded.bootstrap, unique)] == [b"a", None]
    assert Redis.from_url(embedded.url).ping()


@pytest.mark.kafka
@pytest.mark.slow
def test_a_node_keeps_its_records_and_address_when_killed(kafka_node: KafkaNode) -> None:
    bootstrap = kafka_node.bootstrap
    create_topics(bootstrap, ["t"])
    produce(bootstrap, "t", [(None, b"kept")])
    kafka_node.kill()
    assert not kafka_node.server.running
    kafka_node.start()
    assert kafka_node.bootstrap == bootstrap
    assert [record.value for record in consume(bootstrap, "t", 1)] == [b"kept"]


@pytest.mark.kafka
@pytest.mark.slow
def test_a_cluster_goes_on_without_one_of_its_nodes() -> None:
    apache_kafka().close()  # skips where it cannot run
    with KafkaCluster(3) as cluster:
        create_topics(cluster.bootstrap, ["t"], {"min.insync.replicas": "2"}, replication_factor=3)
        produce(cluster.bootstrap, "t", [(None, b"1")])
        cluster.nodes[0].kill()
        others = ",".join(node.bootstrap for node in cluster.nodes[1:])
        produce(others, "t", [(None, b"2")])
        assert [record.value for record in consume(others, "t", 2)] == [b"1", b"2"]


@pytest.mark.redis
def test_redis_restarts_empty_at_the_same_address(redis_node: RedisServer) -> None:
    Redis.from_url(redis_node.url).set("k", "v")
    redis_node.kill()
    redis_node.start()
    assert Redis.from_url(redis_node.url).get("k") is None


def test_a_server_that_ends_at_once_is_a_failure_with_its_log(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = Server("echo", tmp_path_factory.mktemp("log") / "out.log")
    with pytest.raises(ServerFailed, match="no such luck"):
        server.start(["sh", "-c", "echo no such luck; exit 3"], lambda: False)


@pytest.mark.skipif(not PROCESSES.exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("end", ["os._exit(1)", "os.kill(os.getpid(), 9)"])
def test_a_server_does_not_outlive_the_tests_however_they_end(end: str, tmp_path: Path) -> None:
    code = f"""
import os, pathlib
from tests.harness.server import Server
server = Server("sleeper", pathlib.Path({str(tmp_path)!r}) / "log")
server.start(["sleep", "1000"], lambda: True)
print(server.pid, flush=True)
{end}
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    pid = int(run.stdout)
    wait_until(lambda: started_at(pid) is None or _zombie(pid), "the server is gone")


def _zombie(pid: int) -> bool:
    """Whether it has ended and only nobody has asked for its exit code: its parent is gone."""
    return ") Z " in (PROCESSES / str(pid) / "stat").read_text()


def test_an_existing_kafka_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOPLIST_TEST_KAFKA", "127.0.0.1:9")
    with broker() as found:
        assert found == Existing("127.0.0.1:9")


def test_the_processes_of_a_run_share_one_kafka(request: pytest.FixtureRequest, kafka: Broker) -> None:
    process = getattr(request.config, "workerinput", {"kafka": None})  # of a run in one process nothing is told here
    assert kafka.bootstrap == (process["kafka"] or kafka.bootstrap)


def test_what_is_missing_is_noted_and_in_ci_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("tests.harness.components.not_tried", noted := dict[str, str]())
    lack("Apache Kafka", "java")
    assert noted == {"Apache Kafka": "java"}
    assert not_tried is not noted
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Missing, match="java is missing"):
        lack("Apache Kafka", "java")


def test_what_one_of_several_processes_did_not_try_is_in_the_report() -> None:
    here = "tests/harness/test_harness.py::test_redis_restarts_empty_at_the_same_address"
    environment = {"PATH": "/nowhere", "HOME": os.environ.get("HOME", "/")}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--numprocesses=2", here],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert "!!! NOT TRIED: Redis. Missing: redis-server." in run.stdout


def _maven(folder: Path, failures: int) -> None:
    """A stand-in for Maven that fails so many times."""
    script = folder / "mvn"
    script.write_text(
        f"""#!/bin/sh
echo "$@" >> {folder}/calls
[ "$(wc -l < {folder}/calls)" -gt {failures} ] || {{ echo no route to the repository; exit 1; }}
for argument; do case "$argument" in -DoutputDirectory=*) mkdir -p "${{argument#*=}}";; esac; done
"""
    )
    script.chmod(0o755)


@pytest.fixture
def fetching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for a stand-in for Maven, found before the real one, and for what it fetches."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("tests.harness.kafka.jars.FETCH_PAUSE_SECONDS", 0.0)
    return tmp_path


def test_a_failed_fetch_of_the_jars_is_tried_again(fetching: Path) -> None:
    _maven(fetching, failures=2)
    assert jars.__wrapped__().is_dir()
    assert len((fetching / "calls").read_text().splitlines()) == 3


def test_jars_that_cannot_be_fetched_are_a_failure_with_maven_s_words(fetching: Path) -> None:
    _maven(fetching, failures=99)
    with pytest.raises(RuntimeError, match="no route to the repository"):
        jars.__wrapped__()
    assert not list((fetching / "cache").rglob("lib")), "nothing half fetched stays"
