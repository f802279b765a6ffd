"""An installation on Apache Kafka: topics with weeks in them, workers, and the proof of what they did."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from schemas.partitioning import partition_of
from streams.cli.main import run
from streams.cli.simulator.wholesaler import Wholesaler
from tests.harness.beside import CHECKOUT
from tests.harness.orphans import kill_with_us
from tests.harness.records import Sent, produce
from tests.harness.waiting import wait_until

PARTITIONS = 3
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
            process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=out, stderr=out)
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

    def __enter__(self) -> "Installation":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

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
    done = subprocess.run([*command, *flags], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True)
    return str(json.loads(done.stdout)["state_hash"])


def everything_is_folded(one: Installation, capfd: Capture) -> None:
    """By a worker of each fold, which then end."""
    one.start("clients")
    one.start("importance")
    wait_until(lambda: verified(capfd, one.bootstrap)["total"]["waiting"] == 0, "everything is folded", 120, 0.5)
    one.stop()


def stop_list(capfd: Capture, bootstrap: str) -> list[str]:
    """The blocked clients and why, as the command prints them."""
    capfd.readouterr()
    assert run(["stop-list", "--format", "csv", "--bootstrap", bootstrap]) == 0
    return sorted(capfd.readouterr().out.splitlines()[1:])
