"""Through Apache Kafka: what workers did, killed in between, is proven by folding their journal again."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from schemas.catalogue import CATEGORY_CHANGES, CLIENT_STATUS, DEAD_LETTERS, JOURNAL, SNAPSHOTS
from schemas.partitioning import partition_of
from streams.cli.main import run
from streams.cli.simulator.wholesaler import Wholesaler
from streams.engine import journal
from streams.engine.snapshot_records import header_of, headers_of
from tests.harness.orphans import kill_with_us
from tests.harness.records import Read, Sent, produce, read_all
from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(280)]
ROOT = Path(__file__).parents[2]
PARTITIONS = 3
# in this order: the later, the less is left to fold
FAULTS = ("fold:9", "journal:4", "publish:3", "snapshot:1", "checkpoint:1", "recovered:2")
Capture = pytest.CaptureFixture[str]
Topics = Callable[..., str]


class Installation:
    """A worker of each fold, small chunks, frequent snapshots."""

    def __init__(self, bootstrap: str, log: Path) -> None:
        self.bootstrap, self.log = bootstrap, log
        self.group = f"proof-{uuid4().hex}"
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, fold: str, fault: str = "", **settings: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "STOPLIST_APPLICATION_ID": self.group,
            "STOPLIST_INSTANCE_ID": "only",
            "STOPLIST_SNAPSHOT_INTERVAL_MS": "300",
            "STOPLIST_CHUNK_RECORDS_MAX": "20",
            "STOPLIST_KEEP_JOURNAL": "true",
            "STOPLIST_FAULT": fault,
            **settings,
        }
        command = [sys.executable, "-m", "streams.cli", "worker", "--fold", fold, "--bootstrap", self.bootstrap]
        with self.log.open("ab") as out:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        kill_with_us(process.pid)
        self._running.append(process)
        return process

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
        assert [process.wait(60) for process in self._running if process.returncode is None] != [1], self.tail()
        self._running.clear()

    def kill(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()

    def tail(self) -> str:
        return self.log.read_text()[-4000:]


def sends(bootstrap: str, clients: int = 40, days: int = 40) -> None:
    """Some weeks of a wholesaler: some records twice, some in the wrong partition, some no events at all."""
    generator = random.Random(7)
    day = (datetime.now(UTC) - timedelta(days=days)).date()
    by_topic: dict[str, list[Sent]] = {}
    for event in Wholesaler(clients, seed=7, first_day=day, mistakes=0.03).events(days):
        records = by_topic.setdefault(event.topic, [])
        if event.key is None:
            records += [Sent(event.value, partition=number) for number in range(PARTITIONS)]
            continue
        right = partition_of(event.key.encode(), PARTITIONS)
        wrong = generator.random() < 0.02
        sent = Sent(event.value, event.key.encode(), (right + wrong) % PARTITIONS)
        records += [sent] * (1 + (generator.random() < 0.05))
    for topic in sorted(by_topic):
        produce(bootstrap, topic, by_topic[topic])


def verified(capfd: Capture, bootstrap: str, *flags: str) -> dict[str, Any]:
    capfd.readouterr()
    code = run(["verify", "--json", "--bootstrap", bootstrap, *flags])
    told: dict[str, Any] = json.loads(capfd.readouterr().out)
    assert code == (0 if told["verified"] else 1)
    return told


def hash_of(bootstrap: str, hash_seed: str, *flags: str) -> str:
    """The state hash that another process prints."""
    command = [sys.executable, "-m", "streams.cli", "replay", "--from-kafka", "--bootstrap", bootstrap, "--hash"]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([*command, *flags], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return str(json.loads(done.stdout)["state_hash"])


def everything_is_folded(one: Installation, capfd: Capture) -> None:
    """By a worker of each fold, which then end."""
    one.start("clients")
    one.start("importance")
    wait_until(lambda: verified(capfd, one.bootstrap)["total"]["waiting"] == 0, "everything is folded", 120, 0.5)
    one.stop()


def killed(one: Installation, fault: str, *records: Sent) -> None:
    """A worker that dies at a step, after these records were sent."""
    process = one.start("clients", fault)
    if records:
        produce(one.bootstrap, "payments", records)
    wait_until(lambda: process.poll() is not None, f"killed at {fault}\n{one.tail()}", every_seconds=0.1)


@pytest.fixture
def installed(topics: Topics, tmp_path: Path) -> Iterator[Installation]:
    """Topics with everything in them that is sent, and no worker yet."""
    one = Installation(topics("--partitions", str(PARTITIONS)), tmp_path / "workers.log")
    try:
        sends(one.bootstrap)
        yield one
    finally:
        one.kill()


def test_what_killed_workers_did_is_proven_in_one_go_and_on_top_of_the_snapshots(
    installed: Installation, capfd: Capture
) -> None:
    bootstrap = installed.bootstrap
    installed.start("importance", "journal:5")
    for fault in FAULTS:
        killed(installed, fault)
    everything_is_folded(installed, capfd)
    told = verified(capfd, bootstrap, "--complete")
    assert told["verified"], told["differences"]
    assert told["not_verified"] == []
    assert all(row["from_the_beginning"] for row in told["partitions"])
    assert {row["fold"] for row in told["partitions"]} == {"clients", "importance"}
    total = told["total"]
    assert total["outputs"] > 1_000 and total["snapshots"] >= 40 and total["chunks"] > 50
    assert len(read_all(bootstrap, DEAD_LETTERS)) > 10

    killed(installed, "publish:1", Sent(b"{}", b"C-0001"))  # a chunk that no checkpoint covers
    wanted = verified(capfd, bootstrap, "--complete")["state_hash"]
    assert wanted != told["state_hash"], "one more record was rejected, and its client says so"
    assert hash_of(bootstrap, "1", "--chunk-records", "1") == wanted
    assert hash_of(bootstrap, "2", "--chunk-records", "7") == wanted

    installed.start("clients", STOPLIST_KEEP_JOURNAL="false")
    wait_until(lambda: verified(capfd, bootstrap)["not_verified"], "the journal is cut", 60, 0.5)
    installed.stop()
    told = verified(capfd, bootstrap, "--complete")
    assert told["verified"], told["differences"]
    assert told["state_hash"] == wanted, "on top of the snapshots it is the same state"
    said = [item["what"] for item in told["not_verified"] if item["fold"] == "clients"]
    assert any(what.startswith("the journal was cut and begins ") for what in said)
    assert any(what.endswith(" outputs were made before the journal begins or after it was read") for what in said)


def test_what_is_tampered_with_is_named(installed: Installation, capfd: Capture) -> None:
    bootstrap = installed.bootstrap
    everything_is_folded(installed, capfd)
    status, move = first_of(bootstrap, CLIENT_STATUS, 0), first_of(bootstrap, CATEGORY_CHANGES, 0)
    another = (status.value or b"").replace(b'"blocked":', b'"blocked" :')
    again(bootstrap, status, another)
    body = msgspec.json.decode(move.value or b"")
    more = msgspec.json.encode({**body, "sequence": 10_000, "id": f"{body['client_id']}:10000"})
    again(bootstrap, move, more, ce_id=f"{body['client_id']}:10000".encode())
    snapshot = first_of(bootstrap, SNAPSHOTS, 2)
    again(bootstrap, snapshot, snapshot.value, stoplist=later(snapshot))
    forged_chunk(bootstrap)

    told = verified(capfd, bootstrap)
    assert not told["verified"]
    found = {(item["where"].rpartition("/")[0], item["what"]) for item in told["differences"]}
    assert (
        f"client-status/{status.partition}",
        f"{dict(status.headers)['ce_id'].decode()}: published with another body than is made",
    ) in found
    name = f"category-changes/{move.partition}"
    assert (name, f"{body['client_id']}:10000: nothing in the journal makes it") in found
    assert any("a snapshot is of chunk" in what for _, what in found)
    assert ("sales/1/0", "was folded twice, by the journal") in {(i["where"], i["what"]) for i in told["differences"]}
    assert ("payments/1", "was never folded, by the journal") in found
    assert run(["verify", "--bootstrap", bootstrap]) == 1
    assert "published with another body than is made" in capfd.readouterr().out


def first_of(bootstrap: str, topic: str, partition: int) -> Read:
    return next(read for read in read_all(bootstrap, topic) if read.partition == partition)


def forged_chunk(bootstrap: str) -> None:
    """A chunk that the last owner never wrote: of two new payments it names the second, and the first sale again."""
    first, second = produce(bootstrap, "payments", [Sent(b"{}", b"C-0001", 1)] * 2)
    entries = [journal.decode(read.value or b"") for read in read_all(bootstrap, JOURNAL) if read.partition == 1]
    chunks = [entry for entry in entries if not isinstance(entry, journal.Owner | journal.Checkpoint)]
    owner, n, rules = chunks[-1].owner, chunks[-1].n + 1, chunks[-1].rules_version
    chunk = journal.Chunk(owner, n, "payments", second, second, 0, rules, [journal.Range("sales", 0, 0, 0)])
    assert second == first + 1
    produce(bootstrap, JOURNAL, [Sent(journal.encode(chunk), partition=1)])


def again(bootstrap: str, record: Read, value: bytes | None, **headers: bytes) -> None:
    """Append a record once more, with another value or headers."""
    kept = [(name, headers.get(name, data)) for name, data in record.headers]
    produce(bootstrap, record.topic, [Sent(value, record.key, record.partition, headers=kept)])


def later(snapshot: Read) -> bytes:
    """The header of a snapshot of a chunk that never was."""
    (_, packed), *_ = headers_of(header_of(snapshot.headers)._replace(chunk=1_000_000))
    return packed
