"""Requests through Apache Kafka: answered once whatever dies, the reservation kept, what left without one said."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
LINE = {"sku": "A1", "quantity": "1", "price": "1.00", "rrp": "10.00", "product_category": "A", "fast_moving": True}


class Warehouse:
    """A worker, and the side that asks and reads."""

    def __init__(self, bootstrap: str, log: Path) -> None:
        self.bootstrap, self.log = bootstrap, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, fault: str = "") -> None:
        environment = {**os.environ, "STOPLIST_INSTANCE_ID": "only", "STOPLIST_FAULT": fault}
        environment["STOPLIST_SNAPSHOT_INTERVAL_MS"] = "500"
        command = [sys.executable, "-m", "streams.cli", "worker", "--bootstrap", self.bootstrap]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def send(self, topic: str, **body: Any) -> None:
        producer = KafkaProducer(bootstrap_servers=self.bootstrap)
        producer.send(topic, json.dumps({"client_id": "c1", **body}).encode(), b"c1").get(30)
        producer.close()

    def ask(self, shipment: str, amount: str) -> None:
        what = {"shipment_id": shipment, "at": now(), "currency": "USD", "amount": amount, "lines": [LINE]}
        self.send("shipments", type="shipment.requested", id=f"R-{shipment}", payment_term_days=10, **what)

    def leave(self, shipment: str, amount: str) -> None:
        what = {"shipment_id": shipment, "at": now(), "currency": "USD", "amount": amount}
        self.send("shipments", type="shipment.dispatched", id=f"D-{shipment}", payment_term_days=10, **what)

    def read(self, topic: str) -> list[dict[str, Any]]:
        """Each output once, in order; the same id with two bodies fails."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, group_id=None, auto_offset_reset="earliest")
        try:
            partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
            consumer.assign(partitions)
            wanted, found = sum(consumer.end_offsets(partitions).values()), list[Any]()
            while len(found) < wanted:
                for batch in consumer.poll(1_000).values():
                    found += batch
        finally:
            consumer.close()
        by_id: dict[str, dict[str, Any]] = {}
        for record in found:
            body = json.loads(record.value)
            assert by_id.setdefault(body["id"], body) == body
        return sorted(by_id.values(), key=lambda body: int(body["sequence"]))

    def wait_for(self, topic: str, *wanted: tuple[str, str]) -> list[dict[str, Any]]:
        """Until exactly these (type, shipment) were published on a topic."""

        def there() -> bool:
            return [(body["type"], body["shipment_id"]) for body in self.read(topic)] == list(wanted)

        try:
            wait_until(there, f"{topic}: {wanted}", 60, 0.3)
        except TimeoutError as error:
            raise AssertionError(f"{error}: {self.read(topic)}\n{self.log.read_text()[-4000:]}") from error
        return self.read(topic)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def test_asked_answered_and_shipped_though_the_worker_dies(topics: Callable[..., str], tmp_path: Path) -> None:
    """A new client may take 200.00 in recommended prices, one shipment of its only outlet, paid in ten days."""
    place = Warehouse(topics("--partitions", "4"), tmp_path / "worker.log")
    try:
        place.start(fault="journal:1")
        for document in ("cooperation_agreement", "supply_contract"):
            signed = {"document": document, "number": "1", "on": now()[:10], "form": "original", "accepted_by": "boss"}
            place.send("clients", type="document.signed", id=document, direction="retail", **signed)
        place.ask("S1", "100.00")
        place.ask("S2", "50.00")
        place.leave("S3", "10.00")
        wait_until(place.died, "the worker dies with a chunk journaled and nothing of it published", 60)
        place.start()
        place.wait_for("shipment-decisions", ("shipment.approved", "S1"), ("shipment.refused", "S2"))
        (alert,) = place.wait_for("shipment-alerts", ("shipment.shipped_without_approval", "S3"))
        assert [reason["reason"] for reason in alert["reasons"]] == ["first_deal_unpaid"]
        place.kill()
        place.leave("S1", "100.00")
        place.ask("S1", "100.00")  # the same body but for its instant: a conflict, not an answer
        place.start()
        wait_until(
            lambda: (place.read("client-status") or [{}])[-1].get("outstanding") == "110.00", "both dispatches", 60
        )
        last = place.read("client-status")[-1]
        assert (last["reserved"], last["reservations_count"]) == ("0.00", 0)
        place.wait_for("shipment-alerts", ("shipment.shipped_without_approval", "S3"))  # S1 had its approval
    finally:
        place.kill()
