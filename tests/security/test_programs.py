"""Our programs, with no more rights than the access lists give them: what they need is in there."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import redis
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from tests.harness.ports import free_port
from tests.harness.redis import RedisServer
from tests.harness.server import Server
from tests.harness.waiting import wait_until
from tests.security.secured import SecuredKafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

_DISPATCHED: dict[str, Any] = {
    "type": "shipment.dispatched",
    "id": "dn-1",
    "client_id": "romashka",
    "shipment_id": "dn-1",
    "at": "2026-01-10T10:00:00+03:00",
    "territory": "north",
    "direction": "watches",
    "currency": "USD",
    "amount": "180.00",
    "lines": [
        {
            "sku": "w-1",
            "quantity": "1",
            "price": "180.00",
            "rrp": "195.00",
            "product_category": "A",
            "fast_moving": True,
        }
    ],
    "payment_term_days": 10,
}
"""To a client that has signed nothing: blocked, whatever the day is."""

_REQUESTED = {
    "client_id": "romashka",
    "shipment_id": "dn-2",
    "amount": "60.00",
    "payment_term_days": 10,
    "lines": _DISPATCHED["lines"],
}


class Worker:
    """`stoplist worker` as a user of the broker, ready."""

    def __init__(self, kafka: SecuredKafka, fold: str, user: str, folder: Path) -> None:
        port = free_port()
        self.server = Server(user, folder / f"{user}.log")
        environment = {
            **os.environ,
            **kafka.environment(user),
            "STOPLIST_INSTANCE_ID": f"{user}-0",
            "STOPLIST_METRICS_PORT": str(port),
            "STOPLIST_DATA_DIRECTORY": str(folder / f"{user}.data"),
        }
        command = [sys.executable, "-m", "streams.cli", "worker", "--fold", fold]
        self.server.start(command, lambda: _ready(port), seconds=90, environment=environment)

    def stop(self) -> str:
        """End it in order; its log."""
        os.kill(self.server.pid, signal.SIGTERM)
        assert self.server.wait(60) == 0, self.server.log_tail()
        return self.server.log.read_text()


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=6) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _refused(log: str) -> list[str]:
    """Lines that tell of a right that is missing; some of them only warn."""
    return [
        line
        for line in log.splitlines()
        if "uthoriz" in line or "journal_not_cut" in line or "committed_offsets_unknown" in line
    ]


def _of_client(polled: Mapping[Any, list[Any]]) -> list[Any]:
    """Other tests write, under another key, what is no output."""
    return [record for records in polled.values() for record in records if record.key == b"romashka"]


class Page:
    """`stoplist serve` as the user of the broker that it has, and somebody who may do everything there."""

    def __init__(self, kafka: SecuredKafka, model: str, folder: Path, user: str = "server") -> None:
        self._port = free_port()
        tokens = folder / "tokens.json"
        command = [sys.executable, "-m", "streams.cli"]
        made = subprocess.run(
            [*command, "tokens", "add", "petrova", "--role", "director", "--file", tokens],
            capture_output=True,
            text=True,
            check=True,
        )
        self._token = made.stdout.strip()
        self.server = Server("server", folder / "server.log")
        serve: list[str | Path] = [*command, "serve", "--redis", model, "--tokens", tokens, "--port", str(self._port)]
        environment = {**os.environ, **kafka.environment(user)}
        self.server.start(serve, lambda: self.status("/healthz") == 200, environment=environment)

    def problem(self, path: str) -> tuple[int, str]:
        """Status and detail of a call that is answered with a problem document, within thirty seconds."""
        call = urllib.request.Request(
            f"http://127.0.0.1:{self._port}{path}", headers={"Authorization": f"Bearer {self._token}"}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(call, timeout=30)
        assert refused.value.headers["Content-Type"] == "application/problem+json"
        return refused.value.code, json.loads(refused.value.read())["detail"]

    def status(self, path: str, said: dict[str, Any] | None = None) -> int | None:
        """Of a call that looks, or of one that says something; None: nobody listens yet."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        body = None if said is None else json.dumps(said).encode()
        if said is not None:
            headers["Idempotency-Key"] = path
        call = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", body, headers)
        try:
            with urllib.request.urlopen(call, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None


def test_projector_and_server_need_no_more_than_their_access_lists(
    secured: SecuredKafka, redis_node: RedisServer, tmp_path: Path
) -> None:
    worker = Worker(secured, "clients", "worker", tmp_path)
    projector = Server("projector", tmp_path / "projector.log")
    page = None
    try:
        with closing(KafkaProducer(**secured.client("warehouse"))) as producer:
            producer.send("shipments", json.dumps(_DISPATCHED).encode(), key=b"romashka").get(timeout=30)
        with redis.Redis.from_url(redis_node.url) as model:
            # it tells how far a worker is only when it reads the journal, the group and its offsets
            projector.start(
                [sys.executable, "-m", "streams.cli", "project", "--redis", redis_node.url],
                lambda: bool(model.keys("stoplist:alive:*")),
                seconds=90,
                environment={**os.environ, **secured.environment("projector")},
            )
        page = Page(secured, redis_node.url, tmp_path)
        timeline = "/v1/desk/clients/romashka/timeline"
        wait_until(lambda: page.status(timeline) == 200, "a client's page, made of what senders wrote", 60)
        assert page.status("/v1/payments", {"client_id": "romashka", "amount": "1.00"}) == 202
        assert page.status("/v1/requests", _REQUESTED) == 202
        wait_until(lambda: page.status("/v1/desk/find?code=dn-2") == 200, "whose shipment was decided about", 60)
        for program in (page.server, projector):
            os.kill(program.pid, signal.SIGTERM)
            assert program.wait(60) == 0, program.log_tail()
        worker.stop()
    finally:
        for program in (projector, worker.server, *(() if page is None else (page.server,))):
            program.kill()
    assert [line for program in (page.server, projector) for line in _refused(program.log.read_text())] == []


def test_a_server_that_may_not_read_says_so_instead_of_a_picture(
    secured: SecuredKafka, redis_node: RedisServer, tmp_path: Path
) -> None:
    with redis.Redis.from_url(redis_node.url) as model:
        model.flushdb()
        model.set("stoplist:partitions", 2)
        model.hset("stoplist:client:romashka", "name", "Romashka")
    page = Page(secured, redis_node.url, tmp_path, user="warehouse")
    try:
        timeline = "/v1/desk/clients/romashka/timeline"
        known = "The server may not read"
        wait_until(lambda: known in page.problem(timeline)[1], "the server has heard of the partitions", 30)
        status, detail = page.problem(timeline)
        assert status == 503
        assert "payments" in detail
    finally:
        page.server.kill()


def test_workers_need_no_more_than_their_access_lists(secured: SecuredKafka, tmp_path: Path) -> None:
    logs = []
    workers = [
        Worker(secured, "clients", "worker", tmp_path),
        Worker(secured, "importance", "importance", tmp_path),
    ]
    try:
        with closing(KafkaProducer(**secured.client("warehouse"))) as producer:
            producer.send("shipments", json.dumps(_DISPATCHED).encode(), key=b"romashka").get(timeout=30)
        with closing(KafkaConsumer(**secured.client("warehouse"), auto_offset_reset="earliest")) as consumer:
            consumer.assign([TopicPartition("shipment-blocks", number) for number in (0, 1)])
            found = wait_until(lambda: _of_client(consumer.poll(200)), "a block")
        block = json.loads(found[0].value)
        assert block["type"] == "shipment.blocked"
        assert "documents_missing" in {condition["reason"] for condition in block["conditions"]}
        logs += [worker.stop() for worker in workers]
        # taking the partitions again reads snapshots, repairs and cuts the journal
        workers = [Worker(secured, "clients", "worker", tmp_path)]
        logs += [worker.stop() for worker in workers]
    finally:
        for worker in workers:
            worker.server.kill()
    assert [line for log in logs for line in _refused(log)] == []
    proven = subprocess.run(
        [sys.executable, "-m", "streams.cli", "verify", "--json"],
        env={**os.environ, **secured.environment("auditor")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert proven.returncode in (0, 1), proven.stderr  # 1: other tests forge what nobody published
    # a journal that may not be seen would be left out in silence
    assert {one["fold"] for one in json.loads(proven.stdout)["partitions"]} == {"clients", "importance"}
