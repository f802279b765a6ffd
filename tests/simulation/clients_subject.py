"""Histories for the real rules: shipments, money, returns and sales of a few clients over weeks and months."""

import json
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

from schemas.policy import Policy
from streams.domain.fold import ClientFold
from tests.simulation.plan import Event
from tests.simulation.rules_check import RulesCheck
from tests.simulation.rules_oracle import days_off
from tests.simulation.standing_in import START_MS
from tests.simulation.subject import Subject

_POLICY: Final = Policy.from_document(
    {"version": 1, "requests": {"required": False}, "non_working_days": list(days_off())}
)
_HOUR_MS: Final = 3_600_000
_MOSCOW: Final = timedelta(hours=3)
PAYMENTS, SHIPMENTS, SALES, CLIENTS = "payments", "shipments", "sales", "clients"
DOCUMENTS: Final = ("cooperation_agreement", "supply_contract")


def day_of(instant: int) -> date:
    """In Moscow."""
    return (datetime.fromtimestamp(instant / 1000, UTC) + _MOSCOW).date()


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


class _Writer:
    """Writes records that fit together, mostly."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.clients = [f"c{number}" for number in range(random.choice((1, 2, 3)))]
        self.shipments: list[tuple[str, str, list[str]]] = []
        """(client, shipment, its obligations)"""
        self.payments: list[tuple[str, str]] = []
        self.said: list[tuple[str, bytes, bytes]] = []

    def begin(self, now: int) -> list[tuple[str, bytes, bytes]]:
        """How each client is known first: with a past, with its documents only, or not at all."""
        records: list[tuple[str, bytes, bytes]] = []
        for client in self.clients:
            pick = self.random.random()
            body: dict[str, Any]
            if pick < 0.5:
                papers = [{"document": document, "number": "1"} for document in DOCUMENTS]
                body = {"as_of": "2025-12-20", "currency": "USD", "lifecycle": "active", "documents": papers}
                records.append(self._record(CLIENTS, "client.opened", f"open-{client}", client, body))
            elif pick < 0.95:
                for document in DOCUMENTS:
                    body = {"document": document, "number": "1", "on": "2025-12-01", "form": "original"}
                    body |= {"accepted_by": "boss", "direction": "retail"}
                    records.append(self._record(CLIENTS, "document.signed", f"{document}-{client}", client, body))
        return records

    def _record(self, topic: str, kind: str, name: str, client: str, body: dict[str, Any]) -> tuple[str, bytes, bytes]:
        value = json.dumps({"type": kind, "id": name, "client_id": client, **body}).encode()
        return topic, client.encode(), value

    def next(self, now: int, number: int) -> tuple[str, bytes, bytes]:
        """One more."""
        random = self.random
        pick = random.random()
        client = random.choice(self.clients)
        day = day_of(now) - timedelta(random.choice((0, 0, 0, 1, 3)))
        if pick < 0.04:
            return random.choice((PAYMENTS, SALES)), client.encode(), random.choice((b"{", b"{}", b'{"type": "x"}'))
        if pick < 0.12 and self.said:
            return random.choice(self.said)
        if pick < 0.18 and self.said:
            return self._revised(random.choice(self.said))
        if pick < 0.45:
            record = self._dispatch(client, number, now, day)
        elif pick < 0.75:
            record = self._payment(client, number, day)
        elif pick < 0.82 and self.payments:
            client, payment = random.choice(self.payments)
            body: dict[str, Any] = {"payment_id": payment, "value_date": str(day)}
            if random.random() < 0.5:
                body["amount"] = _money(random.choice((50, 100)))
            record = self._record(PAYMENTS, "payment.reversed", f"R{number}", client, body)
        elif pick < 0.89 and self.shipments:
            client, shipment, _ = random.choice(self.shipments)
            body = {"shipment_id": shipment, "returned_on": str(day), "amount": _money(random.choice((50, 100, 300)))}
            body |= {"currency": "USD"} | ({"accepted_by": "boss"} if random.random() < 0.5 else {})
            record = self._record(SHIPMENTS, "goods.returned", f"G{number}", client, body)
        else:
            cents = random.choice((4_000, 6_000, 10_000, 50_000, 50_001))
            body = {"amount": _money(cents), "currency": "USD", "sold_on": str(day), "direction": "retail"}
            record = self._record(SALES, "sale.recorded", f"V{number}", client, body)
        self.said.append(record)
        return record

    def _revised(self, record: tuple[str, bytes, bytes]) -> tuple[str, bytes, bytes]:
        """What was said, said otherwise or withdrawn."""
        topic, key, value = record
        told = json.loads(value)
        if told.get("voided"):
            return record
        revision = {"revision": told.get("revision", 1) + 1}
        if self.random.random() < 0.4:
            identity = {name: told[name] for name in ("type", "id", "client_id", "shipment_id") if name in told}
            if told["type"] == "goods.returned":
                del identity["shipment_id"]
            told = identity | revision | {"voided": True}
        else:
            told |= revision
            if told["type"] in ("payment.received", "sale.recorded"):
                told["amount"] = _money(self.random.choice((50, 20_000)))
        record = topic, key, json.dumps(told).encode()
        self.said.append(record)
        return record

    def _dispatch(self, client: str, number: int, now: int, day: date) -> tuple[str, bytes, bytes]:
        shipment, random = f"S{number}", self.random
        at = now - (day_of(now) - day).days * 24 * _HOUR_MS
        amounts = [random.choice((50, 100, 150, 300)) for _ in range(random.choice((1, 1, 2)))]
        names = [f"{shipment}/{index}" for index in range(len(amounts))]
        dues = [str(day + timedelta(random.choice((-2, 0, 2, 5, 10)))) for _ in names]
        parts = [
            {"obligation_id": name, "due_date": due, "amount": _money(cents)}
            for name, due, cents in zip(names, dues, amounts, strict=True)
        ]
        self.shipments.append((client, shipment, names))
        body: dict[str, Any] = {"shipment_id": shipment, "at": datetime.fromtimestamp(at / 1000, UTC).isoformat()}
        body |= {"currency": "USD", "amount": _money(sum(amounts)), "instalments": parts}
        return self._record(SHIPMENTS, "shipment.dispatched", f"D{number}", client, body)

    def _payment(self, client: str, number: int, day: date) -> tuple[str, bytes, bytes]:
        random = self.random
        mine = [name for owner, _, names in self.shipments for name in names if owner == client]
        named = random.sample(mine, min(len(mine), random.choice((0, 0, 1, 2))))
        if random.random() < 0.1:
            named.append(f"S{number + random.randrange(1, 4)}/0")  # not there yet, perhaps never
        body: dict[str, Any] = {"amount": _money(random.choice((50, 100, 150, 400))), "currency": "USD"}
        body |= {"value_date": str(day)} | ({"obligations": named} if named else {})
        self.payments.append((client, f"P{number}"))
        return self._record(PAYMENTS, "payment.received", f"P{number}", client, body)


def events(random: Random, partitions: int, simulated_time: bool) -> tuple[list[Event], int]:
    """See `Subject.events`. Days pass by leaps, or by the records' own timestamps."""
    writer = _Writer(random)
    made: list[Event] = []
    at, leapt = 100, 0

    def say(record: tuple[str, bytes, bytes]) -> None:
        topic, key, value = record
        misrouted = random.randrange(partitions) if random.random() < 0.02 else None
        stamp = START_MS + at + leapt if simulated_time else None
        made.append(Event(at, "send", (topic, key, value, stamp, misrouted)))

    for record in writer.begin(START_MS + at):
        say(record)
    for number in range(random.choice((4, 10, 25))):
        at += random.choice((1, 30, 150, 400))
        leap = random.choice((0, 0, 1, 12, 24, 24, 80, 80, 400)) * _HOUR_MS
        if leap:
            leapt += leap
            if not simulated_time:
                made.append(Event(at, "leap", (leap,)))
        now = START_MS + at + leapt
        if random.random() < 0.06:
            through = str(day_of(now) - timedelta(random.choice((1, 1, 2))))
            value = json.dumps({"type": "payments.completed", "id": f"done-{number}", "through": through}).encode()
            made.append(Event(at, "broadcast", (PAYMENTS, value, now if simulated_time else None)))
            continue
        say(writer.next(now, number))
    return made, at + 1


REAL: Final = Subject(
    "clients",
    lambda: ClientFold(_POLICY),
    (PAYMENTS, SHIPMENTS, SALES, CLIENTS),
    (
        "shipment-blocks", "category-changes", "shipment-decisions", "shipment-alerts", "client-status", "dead-letters",
        "stoplist-turnover",
    ),
    "dead-letters",
    ("shipment-blocks", "client-status"),
    events,
    keyed=("stoplist-turnover",),
    check=RulesCheck,
)  # fmt: skip
