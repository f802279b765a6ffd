"""Everything the page needs, as users run it: broker, worker, Redis, projector and server, each its own process."""

import os
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Self

import httpx
import msgspec
from kafka import KafkaProducer

from streams.cli.connection import admin_client
from streams.cli.demo.people import write_papers
from streams.cli.topic_setup import create
from streams.views.serving import tokens
from tests.harness.embedded import Embedded
from tests.harness.ports import LOOPBACK, free_port
from tests.harness.server import Server
from tests.harness.starting import Started
from tests.harness.waiting import wait_until

PARTITIONS = 2
ROLES = ("viewer", "warehouse", "accountant", "manager", "director")
MOSCOW = timezone(timedelta(hours=3))
_ROOT = Path(__file__).parents[2]


class Stack(Started):
    """`with Stack(redis_url, folder) as stack:`; `stack.tokens["manager"]` logs in as one."""

    def __init__(self, redis_url: str, folder: Path) -> None:
        self._redis_url = redis_url
        self._folder = folder
        self.port = free_port()
        self._broker = Embedded()
        self._papers = write_papers(folder)
        made = {role: tokens.new(role, (role,), None) for role in ROLES} | {"all": tokens.new("all", ROLES, None)}
        self.tokens = {role: secret for role, (secret, _) in made.items()}
        tokens.write(self._papers.tokens, [token for _, token in made.values()])
        self.worker = Server("worker", folder / "worker.log")
        self.projector = Server("projector", folder / "projector.log")
        self.server = Server("server", folder / "server.log")
        self._producer: KafkaProducer | None = None
        self._number = 0

    @property
    def address(self) -> str:
        """Of the page."""
        return f"http://{LOOPBACK}:{self.port}/"

    def start(self) -> Self:
        """Start it all; returns when the answers can be relied on."""
        self._broker.start()
        with admin_client(self._broker.bootstrap) as client:
            create(client, PARTITIONS, replication=1, simulated_time=False)
        environment = {"STOPLIST_DATA_DIRECTORY": str(self._folder / "worker"), "STOPLIST_LOG_LEVEL": "warning"}
        self._start(self.worker, "worker", "--policy", str(self._papers.policy), environment=environment)
        self._start(self.projector, "project", "--redis", self._redis_url)
        self.start_server()
        wait_until(self._ready, "every partition is fresh")
        self._producer = KafkaProducer(bootstrap_servers=self._broker.bootstrap, acks="all", linger_ms=2)
        return self

    def start_server(self) -> None:
        """The server, also after it was stopped."""
        papers = self._papers
        options = ["--redis", self._redis_url, "--port", str(self.port), "--tokens", str(papers.tokens)]
        options += ["--key", str(papers.key), "--policy", str(papers.policy)]
        self._start(self.server, "serve", *options, answers=self._answers)

    def send(self, topic: str, kind: str, client_id: str, wait: bool = True, **fields: Any) -> None:
        """An event of a client, acknowledged."""
        self._number += 1
        body = {"type": kind, "id": f"e-{self._number}", "client_id": client_id, **fields}
        assert self._producer is not None
        sent = self._producer.send(topic, msgspec.json.encode(body), client_id.encode())
        if wait:
            sent.get(30)

    def flush(self) -> None:
        """Until everything sent is acknowledged."""
        assert self._producer is not None
        self._producer.flush(60)

    def register(self, client_id: str, name: str, wait: bool = True, documents: bool = True) -> None:
        """A client with both documents in force."""
        on = (today() - timedelta(days=60)).isoformat()
        about = {"wholesaler": False, "activities": ["stationery"], "territory": "tver", "directions": ["watches"]}
        self.send("clients", "client.registered", client_id, wait, name=name, registered_on=on, **about)
        for document in ("cooperation_agreement", "supply_contract") if documents else ():
            said = {"document": document, "number": "1", "on": on, "form": "original", "accepted_by": "head"}
            self.send("clients", "document.signed", client_id, wait, direction="watches", **said)

    def ship(self, client_id: str, shipment_id: str, amount: str, days_ago: int, term_days: int = 10) -> None:
        """Goods that left so many days ago."""
        at = (datetime.now(MOSCOW) - timedelta(days=days_ago)).isoformat(timespec="seconds")
        said: dict[str, Any] = {"shipment_id": shipment_id, "at": at, "territory": "tver", "direction": "watches"}
        said |= {"currency": "USD", "amount": amount, "payment_term_days": term_days}
        self.send("shipments", "shipment.dispatched", client_id, **said)

    def ask(self, client_id: str, shipment_id: str, amount: str) -> None:
        """The sales desk asks for a shipment."""
        at = datetime.now(MOSCOW).isoformat(timespec="seconds")
        said: dict[str, Any] = {"shipment_id": shipment_id, "at": at, "territory": "tver", "direction": "watches"}
        line = {"sku": "w-1", "quantity": "1", "price": amount, "rrp": amount, "product_category": "A"}
        said |= {"currency": "USD", "amount": amount, "payment_term_days": 10, "lines": [{**line, "fast_moving": True}]}
        self.send("shipments", "shipment.requested", client_id, **said)

    def pay(self, client_id: str, amount: str) -> None:
        """Money that came today."""
        self.send(
            "payments", "payment.received", client_id, amount=amount, currency="USD", value_date=today().isoformat()
        )

    def get(self, path: str) -> Any:
        """What the server answers a manager; None: not found."""
        headers = {"Authorization": f"Bearer {self.tokens['manager']}"}
        answer = httpx.get(self.address + path, headers=headers, timeout=30)
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        return answer.json()

    def close(self) -> None:
        """End it all."""
        if self._producer is not None:
            self._producer.close(timeout=5)
        for process in (self.server, self.projector, self.worker):
            process.kill()
        self._broker.close()

    def _start(
        self,
        process: Server,
        *command: str,
        answers: Any = lambda: True,
        environment: dict[str, str] | None = None,
    ) -> None:
        full = [sys.executable, "-m", "streams.cli", *command, "--bootstrap", self._broker.bootstrap]
        paths = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        process.start(full, answers, environment={"PYTHONPATH": paths, **(environment or {})})

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}healthz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def _ready(self) -> bool:
        assert self.worker.running, self.worker.log_tail()
        assert self.projector.running, self.projector.log_tail()
        return httpx.get(f"{self.address}readyz", timeout=10).status_code == 200


def today() -> date:
    """In the company's zone."""
    return datetime.now(MOSCOW).date()
