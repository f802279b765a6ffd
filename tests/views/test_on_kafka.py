"""The people's side on Apache Kafka and Redis: worker, projector and server as commands, killed and emptied in turn."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis

from tests.conftest import apache_kafka
from tests.harness.beside import CHECKOUT
from tests.harness.ports import answers, free_port
from tests.harness.records import produce
from tests.harness.redis import RedisServer
from tests.harness.server import Server
from tests.harness.waiting import wait_until
from tests.views.test_login import say
from tests.views.test_saying import LINE

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow, pytest.mark.timeout(600)]
_SESSION_MS = "6000"
_SILENCE = "12"


class Company:
    """Its worker, projector and server."""

    def __init__(self, bootstrap: str, redis: RedisServer, folder: Path) -> None:
        self.bootstrap, self.redis, self.folder = bootstrap, redis, folder
        self.port = free_port()
        self.worker = Server("worker", folder / "worker.log")
        self.projector = Server("projector", folder / "projector.log")
        self.server = Server("server", folder / "server.log")
        _run("topics", "create", "--bootstrap", bootstrap, "--partitions", "2")
        token = _run("tokens", "add", "desk", "--role", "manager", "--file", str(folder / "tokens.json"))
        self.desk = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )

    def start_worker(self) -> None:
        environment = {"STOPLIST_SESSION_TIMEOUT_MS": _SESSION_MS, "STOPLIST_HEARTBEAT_INTERVAL_MS": "1000"}
        environment["STOPLIST_SNAPSHOT_INTERVAL_MS"] = "1000"
        self._start(self.worker, lambda: "partition_taken" in self.worker.log.read_text(), environment, "worker")

    def start_projector(self) -> None:
        more = ["project", "--redis", self.redis.url, "--session-timeout-ms", _SESSION_MS]
        self._start(self.projector, lambda: "projection_caught_up" in self.projector.log.read_text(), {}, *more)

    def start_server(self) -> None:
        more = ["serve", "--redis", self.redis.url, "--port", str(self.port), "--silence", _SILENCE]
        self._start(self.server, lambda: answers(self.port), {}, *more, "--tokens", str(self.folder / "tokens.json"))

    def _start(self, server: Server, ready: Any, environment: dict[str, str], *arguments: str) -> None:
        command = [sys.executable, "-m", "streams.cli", *arguments, "--bootstrap", self.bootstrap]
        server.log.unlink(missing_ok=True)
        server.start(command, ready, 120, environment)

    def may_ship(self, shipment: str) -> tuple[str, list[str]]:
        """Decision and reasons about 60.00."""
        told = self.desk.get("/v1/clients/c1/may-ship", params={"amount": "60.00", "shipment_id": shipment}).json()
        return told.get("decision", ""), [one["reason"] for one in told.get("reasons", [])]

    def close(self) -> None:
        self.desk.close()
        for server in (self.worker, self.projector, self.server):
            server.kill()


def _run(*arguments: str) -> str:
    command = [sys.executable, "-m", "streams.cli", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def company(redis_node: RedisServer, tmp_path: Path) -> Iterator[Company]:
    """All of it started, and a client that is registered and has signed."""
    with ExitStack() as stack:
        started = Company(stack.enter_context(apache_kafka()).bootstrap, redis_node, tmp_path)
        stack.callback(started.close)
        started.start_worker()
        started.start_projector()
        started.start_server()
        yield started


def test_nothing_is_lost_and_nothing_is_guessed_when_parts_die(company: Company) -> None:
    today = datetime.now(UTC).date().isoformat()
    facts: list[dict[str, Any]] = [
        {"type": "client.registered", "id": "c1", "name": "First", "registered_on": today, "wholesaler": True}
    ]
    for document in ("cooperation_agreement", "supply_contract"):
        signed = {"type": "document.signed", "id": document, "document": document, "number": "1", "form": "original"}
        facts.append({**signed, "on": today, "accepted_by": "head", "direction": "watches"})
    produce(company.bootstrap, "clients", [(b"c1", json.dumps({"client_id": "c1", **fact}).encode()) for fact in facts])
    wait_until(lambda: company.may_ship("s") == ("unknown", ["request_needed"]), "the first deal needs a request")

    body = {"client_id": "c1", "shipment_id": "s", "amount": "60.00", "payment_term_days": 10, "lines": [LINE]}
    answered = say(company.desk, "/v1/requests?wait=10", body)
    assert answered.json()["decision"]["type"] == "shipment.approved", answered.text
    wait_until(lambda: company.may_ship("s") == ("approve", []), "the approval is in the status")

    company.redis.kill()  # everything in it is gone
    company.redis.start()
    wait_until(lambda: company.may_ship("s") == ("approve", []), "the read model is filled anew")
    history = company.desk.get("/v1/clients/c1/history").json()["items"]
    assert "shipment.approved" in {item["event"]["type"] for item in history}
    assert company.desk.get("/v1/clients?search=fir").json()["items"][0]["client_id"] == "c1"

    company.projector.kill()
    say(company.desk, "/v1/cancellations", {"client_id": "c1", "shipment_id": "s"}, key="cancel")
    wait_until(lambda: company.may_ship("s")[0] == "unknown", "without a projector nobody knows")
    company.start_projector()
    wait_until(lambda: company.may_ship("s") == ("unknown", ["request_needed"]), "it went on where Redis was")

    with Redis.from_url(company.redis.url) as redis:
        redis.flushall()  # emptied while everything runs
    wait_until(lambda: company.may_ship("s") == ("unknown", ["request_needed"]), "the read model is filled anew")

    company.worker.kill()
    wait_until(lambda: company.may_ship("s")[1][:1] == ["worker_silent"], "a dead worker is noticed")
    company.start_worker()
    wait_until(lambda: company.may_ship("s") == ("unknown", ["request_needed"]), "and one that came back")
