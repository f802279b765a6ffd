"""Feeds events to the fold in few words, as a worker would, and keeps what it publishes.

Times are given as `2026-03-05` (09:00 Moscow) or RFC 3339. With `daily=True` the company looks at its deadlines every
midnight and noon; otherwise only when a record comes, so that both can be compared.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from schemas.catalogue import TURNOVER
from schemas.envelope import cloud_event_headers
from schemas.outputs import validate_output
from schemas.policy import Policy
from schemas.records import NEVER, Output, Rejected
from streams.domain.fold import ClientFold
from streams.domain.shared import Shared
from streams.domain.state import Client
from tests.schemas.examples import TOPICS

TOPIC = TOPICS
NEVER_ASKS: dict[str, Any] = {"requests": {"required": False}}
DOCUMENTS = ("cooperation_agreement", "supply_contract")


class Record(NamedTuple):
    """A record as Kafka gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Any = ()


def instant(text: str) -> int:
    """Milliseconds of `2026-03-05` (09:00 in Moscow) or of an RFC 3339 time."""
    full = text if "T" in text else f"{text}T09:00:00+03:00"
    return round(datetime.fromisoformat(full).timestamp() * 1000)


@dataclass
class Published:
    """One output, its value decoded."""

    output: Output

    @property
    def topic(self) -> str:
        return self.output.topic

    @property
    def body(self) -> dict[str, Any]:
        assert self.output.value is not None
        return dict(json.loads(self.output.value))

    @property
    def headers(self) -> dict[str, str]:
        return {name: value.decode() for name, value in self.output.headers}

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


@dataclass
class Company:
    """One partition of clients, folded without a broker."""

    policy: Policy = field(default_factory=lambda: Policy.from_document({"version": 1, **NEVER_ASKS}))
    """Of a company that does not ask before it ships, unless a test is about requests."""
    fold: ClientFold = field(init=False)
    shared: Shared = field(init=False)
    clients: dict[str, Client] = field(default_factory=dict)
    published: list[Published] = field(default_factory=list)
    told: list[Output] = field(default_factory=list)
    """What went to the fold of scopes."""
    offsets: dict[str, int] = field(default_factory=dict)
    signs: bool = True
    """Both documents of a client are told before its first event: work with it may start."""
    signed: list[str] = field(default_factory=list)
    """Clients whose documents were told so."""
    at: int = 0
    records: list[tuple[Record, Rejected | None]] = field(default_factory=list)
    """Every record and why it does not count."""

    def __post_init__(self) -> None:
        self.fold = ClientFold(self.policy)
        self.shared = self.fold.shared_new()

    # ----------------------------------------------------------------- events
    def dispatch(
        self,
        number: str,
        amount: str,
        due: str,
        on: str,
        *,
        client: str = "c1",
        arrives: str | None = None,
        **more: Any,
    ) -> list[Published]:
        """A shipment of one instalment named `number`."""
        body: dict[str, Any] = {"shipment_id": f"S-{number}", "at": _time(on), "currency": "USD", "amount": amount}
        if "instalments" not in more and "payment_term_days" not in more:
            body["instalments"] = [{"obligation_id": number, "due_date": due, "amount": amount}]
        return self.send("shipment.dispatched", f"D-{number}", arrives or on, client, **body, **more)

    def pay(
        self, number: str, amount: str, on: str, *, client: str = "c1", arrives: str | None = None, **more: Any
    ) -> list[Published]:
        """A payment with value date `on`, arriving that day unless `arrives` says otherwise."""
        body = {"amount": amount, "currency": "USD", "value_date": on[:10]}
        return self.send("payment.received", number, arrives or on, client, **body, **more)

    def reverse(
        self, number: str, payment: str, on: str, *, arrives: str | None = None, **more: Any
    ) -> list[Published]:
        """The reversal of a payment, in full unless `amount` is given."""
        return self.send("payment.reversed", number, arrives or on, payment_id=payment, value_date=on[:10], **more)

    def give_back(
        self, number: str, shipment: str, amount: str, on: str, *, arrives: str | None = None, **more: Any
    ) -> list[Published]:
        """Goods of a shipment returned."""
        body = {"shipment_id": shipment, "returned_on": on[:10], "amount": amount, "currency": "USD"}
        return self.send("goods.returned", number, arrives or on, **body, **more)

    def sell(self, number: str, amount: str, on: str, *, arrives: str | None = None, **more: Any) -> list[Published]:
        """A sale, booked to the month of `on`."""
        body = {"amount": amount, "currency": "USD", "sold_on": on[:10], "direction": "retail"}
        return self.send("sale.recorded", number, arrives or on, **(body | more))

    def sign(
        self, document: str, on: str, *, client: str = "c1", arrives: str | None = None, **more: Any
    ) -> list[Published]:
        """A document signed, the original of number 1 unless `more` says otherwise."""
        body = {"document": document, "number": "1", "on": on[:10], "form": "original"}
        body |= {"accepted_by": "boss", "direction": "retail", **more}
        return self._tell("document.signed", f"{document}-{on}", arrives or on, client, body)

    def end(
        self, document: str, on: str, *, client: str = "c1", arrives: str | None = None, **more: Any
    ) -> list[Published]:
        """A document ended, that of number 1 unless `more` says otherwise."""
        self._sign_first(arrives or on, client)
        body = {"document": document, "number": "1", "on": on[:10], **more}
        return self._tell("document.ended", f"{document}-ends-{on}", arrives or on, client, body)

    def send(self, kind: str, number: str, arrives: str, client: str | None = "c1", **body: Any) -> list[Published]:
        """Any event of `client`, under its key."""
        if self.signs and client and kind == "client.opened":
            self.signed.append(client)
            body.setdefault("documents", [{"document": document, "number": "1"} for document in DOCUMENTS])
        elif client:
            self._sign_first(arrives, client)
        return self._tell(kind, number, arrives, client, body)

    def _sign_first(self, arrives: str, client: str) -> None:
        if self.signs and client not in self.signed:
            self.signed.append(client)
            for document in DOCUMENTS:
                self.sign(document, "2020-01-01", arrives=arrives, client=client)

    def _tell(self, kind: str, number: str, arrives: str, client: str | None, body: dict[str, Any]) -> list[Published]:
        document = {"type": kind, "id": number, **({"client_id": client} if client else {}), **body}
        return self.send_bytes(TOPIC[kind], json.dumps(document).encode(), arrives, client)

    def send_bytes(self, topic: str, value: bytes | None, arrives: str, client: str | None = "c1") -> list[Published]:
        """A record of these bytes; returns what it and the deadlines before it published."""
        offset = self.offsets.get(topic, 0)
        self.offsets[topic] = offset + 1
        key = None if client is None else client.encode()
        return self.take(Record(topic, 0, offset, instant(arrives), key, value))

    def complete(self, through: str, arrives: str, number: str = "", **more: Any) -> list[Published]:
        """Accounting has posted everything through a day."""
        return self.send("payments.completed", number or f"done-{through}", arrives, None, through=through, **more)

    def activate(self, version: int, arrives: str, **changes: Any) -> list[Published]:
        """A policy that differs from the default in `changes`."""
        document = {**Policy(version=1).to_document(), "requests": self.policy.to_document()["requests"], **changes}
        document["version"] = version
        return self.send("policy.activated", f"policy-{version}", arrives, None, version=version, policy=document)

    def trade(self, since: str, client: str = "c1", **more: Any) -> list[Published]:
        """A client that traded before: past its first deal, its documents in force."""
        body = {"as_of": since, "currency": "USD", "lifecycle": "active", **more}
        return self.send("client.opened", f"open-{since}", since, client, **body)

    # ------------------------------------------------------------- the worker
    def take(self, record: Record) -> list[Published]:
        """Fold one record; a rejected one becomes a dead letter."""
        self.at = max(self.at, record.timestamp)
        out: list[Output] = []
        if record.key is None:
            answer = self.fold.broadcast(self.shared, record, self.at)
            why = answer if isinstance(answer, Rejected) else None
        else:
            name = record.key.decode()
            if name not in self.clients:
                self.clients[name] = self.fold.create(self.shared, record.key)
            why = self.fold.record(self.shared, self.clients[name], record, self.at, out)
            if self.fold.empty(self.clients[name]):
                del self.clients[name]
        self.records.append((record, why))
        if why is not None:
            out.append(self.fold.rejected(record, why, self.at))
        return self._keep(out)

    def wait(self, until: str) -> list[Published]:
        """Let time pass: everybody's deadlines and broadcasts up to `until`."""
        return self.wait_until(instant(until))

    def wait_until(self, until: int) -> list[Published]:
        self.at = max(self.at, until)
        out: list[Output] = []
        for client in self.clients.values():
            self.fold.fire(self.shared, client, until, out)
        return self._keep(out)

    def restart(self) -> None:
        """Everything through bytes and back, in a new fold."""
        self.fold, before = ClientFold(self.policy), self.fold
        self.shared = self.fold.shared_decode(before.shared_encode(self.shared))
        self.clients = {name: self.fold.decode(before.encode(client)) for name, client in self.clients.items()}

    def twin(self) -> "Company":
        """Another that goes on from here by itself; through bytes, far quicker than copying policies deeply."""
        other = Company(self.policy)
        other.shared = other.fold.shared_decode(self.fold.shared_encode(self.shared))
        other.clients = {name: other.fold.decode(self.fold.encode(client)) for name, client in self.clients.items()}
        other.offsets, other.at = dict(self.offsets), self.at
        return other

    # -------------------------------------------------------------- questions
    def status(self, client: str = "c1") -> dict[str, Any]:
        """The last published status."""
        found = [item for item in self.published if item.topic == "client-status" and item["client_id"] == client]
        return found[-1].body

    def current(self, client: str = "c1") -> dict[str, Any]:
        """The status as of the last instant, though nothing was published since."""
        return dict(json.loads(self.fold.status_as_of(self.shared, self.clients[client], self.at)))

    def moves(self, dimension: str) -> list[Published]:
        """What was published of the moves of one category."""
        return [item for item in self.published if item.topic == "category-changes" and item["dimension"] == dimension]

    def deadline(self, client: str = "c1") -> int:
        return self.fold.deadline(self.clients[client]) if client in self.clients else NEVER

    def _keep(self, out: list[Output]) -> list[Published]:
        self.told += [output for output in out if output.topic == TURNOVER]
        new = [Published(output) for output in out if output.topic != TURNOVER]
        for item in new:
            if item.topic != "dead-letters":
                _assert_contract(item)
        self.published.extend(new)
        return new


_TOPIC_OF = {
    "category.changed": "category-changes",
    "client.status": "client-status",
    "shipment.blocked": "shipment-blocks",
    "shipment.released": "shipment-blocks",
    "shipment.approved": "shipment-decisions",
    "shipment.refused": "shipment-decisions",
    "shipment.approval_expired": "shipment-decisions",
    "shipment.approval_withdrawn": "shipment-decisions",
    "shipment.shipped_while_blocked": "shipment-alerts",
    "shipment.shipped_without_approval": "shipment-alerts",
}


def _assert_contract(item: Published) -> None:
    """Every output keeps the contract: its fields, its headers, its key."""
    assert item.output.value is not None
    common = validate_output(item.output.value)
    assert item.topic == _TOPIC_OF[common.type]
    assert item.output.key == common.client_id.encode()
    headers = cloud_event_headers(common.client_id, common.sequence, common.type, common.effective_at)
    assert item.output.headers == headers


def _time(text: str) -> str:
    return text if "T" in text else f"{text}T09:00:00+03:00"


def kinds(published: list[Published]) -> list[str]:
    """What was published, in order: types, and `dead-letter:REASON`."""
    return [
        f"dead-letter:{item.headers['stoplist-reason']}" if item.topic == "dead-letters" else str(item["type"])
        for item in published
    ]
