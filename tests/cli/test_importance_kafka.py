"""Importance through Apache Kafka: two workers, two folds, both killed on the way; the same outcome as by hand."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]


class Installation:
    """Both workers and what is published."""

    def __init__(self, bootstrap: str, log: Path) -> None:
        self.bootstrap, self.log = bootstrap, log
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, fold: str, fault: str = "") -> None:
        environment = {
            **os.environ,
            "STOPLIST_INSTANCE_ID": "only",
            "STOPLIST_SNAPSHOT_INTERVAL_MS": "500",
            "STOPLIST_FAULT": fault,
        }
        command = [sys.executable, "-m", "streams.cli", "worker", "--fold", fold, "--bootstrap", self.bootstrap]
        with self.log.open("ab") as out:
            self.workers[fold] = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)

    def kill_all(self) -> None:
        for process in self.workers.values():
            process.kill()
            process.wait()

    def sell(self, client: str, amount: str, number: str) -> None:
        producer = KafkaProducer(bootstrap_servers=self.bootstrap)
        body = {"type": "sale.recorded", "id": number, "client_id": client, "amount": amount, "currency": "USD"}
        body |= {"sold_on": today(), "direction": "watches"}
        producer.send("sales", json.dumps(body).encode(), client.encode()).get(30)
        producer.close()

    def read(self, topic: str) -> list[Any]:
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, group_id=None, auto_offset_reset="earliest")
        try:
            partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
            consumer.assign(partitions)
            wanted, found = sum(consumer.end_offsets(partitions).values()), list[Any]()
            while len(found) < wanted:
                for batch in consumer.poll(1_000).values():
                    found += batch
            return found
        finally:
            consumer.close()

    def importance(self) -> dict[str, str]:
        """By client, as its last status says it."""
        found: dict[str, str] = {}
        for record in self.read("client-status"):  # one partition a client, in order
            body = json.loads(record.value)
            found[body["client_id"]] = "".join(row["importance"] for row in body["categories"]["importance"])
        return found

    def wait_for(self, wanted: dict[str, str]) -> None:
        try:
            wait_until(lambda: self.importance() == wanted, f"importance {wanted}", 60, 0.3)
        except TimeoutError as error:
            raise AssertionError(f"{error}: {self.importance()}\n{self.log.read_text()[-4000:]}") from error


def today() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()


def test_another_client_s_sale_moves_a_client_though_both_workers_die(
    topics: Callable[..., str], tmp_path: Path
) -> None:
    """L 150, X 120, Y 730; then L sells 900 more: 1050, 730, 120; X has 93.7% before it, Y 55.3%."""
    stage = Installation(topics("--partitions", "4"), tmp_path / "workers.log")
    try:
        stage.start("clients")
        stage.start("importance", fault="journal:1")  # dies with a chunk journaled and nothing of it published
        stage.sell("L", "150.00", "SA-1")
        stage.sell("X", "120.00", "SA-2")
        stage.sell("Y", "730.00", "SA-3")
        wait_until(lambda: stage.workers["importance"].poll() is not None, "the worker of importance dies", 60)
        stage.start("importance")
        # Y 0%, L 73%, X 88%
        stage.wait_for({"L": "small", "X": "small", "Y": "key"})
        stage.kill_all()
        stage.sell("L", "900.00", "SA-4")
        stage.start("importance")
        stage.start("clients", fault="journal:1")
        wait_until(lambda: stage.workers["clients"].poll() is not None, "the worker of clients dies", 60)
        stage.start("clients")
        # L 0%, Y 1050 of 1900 = 55.3%, X 1780 of 1900
        stage.wait_for({"L": "key", "X": "small", "Y": "medium"})
    finally:
        stage.kill_all()
    moves: dict[str, dict[str, Any]] = {}
    for record in stage.read("category-changes"):
        body = json.loads(record.value)
        assert moves.setdefault(body["id"], body) == body, "one id has one body"
    (last,) = [m for m in moves.values() if m["client_id"] == "Y" and m["to"] == "medium"]
    assert (last["dimension"], last["from"], last["cause"]["id"], last["cause"]["client_id"]) == (
        "importance",
        "key",
        "SA-4",
        "L",
    )
    assert stage.read("dead-letters") == []
