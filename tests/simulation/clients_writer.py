"""Writes records of a few clients that fit together, mostly: goods, money, returns, sales, documents, outlets."""

import json
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

from tests.simulation.rules_facts import MOSCOW

HOUR_MS: Final = 3_600_000
PAYMENTS, SHIPMENTS, SALES, CLIENTS, JUDGEMENTS = "payments", "shipments", "sales", "clients", "judgements"
DOCUMENTS: Final = ("cooperation_agreement", "supply_contract")
_LINE: Final = {
    "sku": "A1", "quantity": "1", "price": "1.00", "rrp": "1.00", "product_category": "A", "fast_moving": True
}  # fmt: skip

Written = tuple[str, bytes, bytes]
"""topic, key, value"""


def day_of(instant: int) -> date:
    """In Moscow."""
    return (datetime.fromtimestamp(instant / 1000, UTC) + MOSCOW).date()


def money(cents: int) -> str:
    """As an amount."""
    return f"{cents // 100}.{cents % 100:02d}"


def text_of(instant: int) -> str:
    """RFC 3339."""
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat()


def record(topic: str, kind: str, name: str, client: str, body: dict[str, Any]) -> Written:
    """An event of a client."""
    value = json.dumps({"type": kind, "id": name, "client_id": client, **body}).encode()
    return topic, client.encode(), value


class Writer:
    """Remembers what it wrote, so that payments name shipments and reversals payments."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.clients = [f"c{number}" for number in range(random.choice((1, 2, 3)))]
        self.traded: list[str] = []
        """Clients past their first deal; only they ask before they ship."""
        self.shipments: list[tuple[str, str, list[str], int]] = []
        """(client, shipment, its obligations, cents)"""
        self.payments: list[tuple[str, str]] = []
        self.asked: list[tuple[str, str, int]] = []
        """(client, shipment, cents)"""
        self.outlets: list[tuple[str, str, date]] = []
        self.said: list[Written] = []

    def begin(self, now: int) -> list[Written]:
        """How each client is known first: with a past, with its documents only, or not at all."""
        records: list[Written] = []
        for client in self.clients:
            pick = self.random.random()
            body: dict[str, Any]
            if pick < 0.5:
                self.traded.append(client)
                papers = [{"document": document, "number": "1"} for document in DOCUMENTS]
                body = {"as_of": "2025-12-20", "currency": "USD", "lifecycle": "active", "documents": papers}
                records.append(record(CLIENTS, "client.opened", f"open-{client}", client, body))
            elif pick < 0.95:
                for document in DOCUMENTS:
                    body = {"document": document, "number": "1", "on": "2025-12-01", "form": "original"}
                    body |= {"accepted_by": "boss", "direction": "retail"}
                    records.append(record(CLIENTS, "document.signed", f"{document}-{client}", client, body))
        return records

    def next(self, now: int, number: int) -> Written:
        """One more."""
        random = self.random
        pick = random.random()
        client = random.choice(self.clients)
        day = day_of(now) - timedelta(random.choice((0, 0, 0, 1, 3)))
        if pick < 0.04:
            return random.choice((PAYMENTS, SALES)), client.encode(), random.choice((b"{", b"{}", b'{"type": "x"}'))
        if pick < 0.1 and self.said:
            return random.choice(self.said)
        if pick < 0.16 and self.said:
            return self._revised(random.choice(self.said))
        if pick < 0.24 and client in self.traded:
            return self._asks(client, number, now)
        if pick < 0.28:
            return self._outlet(client, number, day)
        if pick < 0.33 and self.shipments:
            return self._changed(number, day)
        written = self._of_money(client, number, now, day)
        self.said.append(written)
        return written

    def _of_money(self, client: str, number: int, now: int, day: date) -> Written:
        random = self.random
        pick = random.random()
        body: dict[str, Any]
        if pick < 0.38:
            return self._dispatch(client, number, now, day)
        if pick < 0.76:
            return self._payment(client, number, day)
        if pick < 0.86 and self.payments:
            client, payment = random.choice(self.payments)
            body = {"payment_id": payment, "value_date": str(day)}
            if random.random() < 0.5:
                body["amount"] = money(random.choice((50, 100)))
            return record(PAYMENTS, "payment.reversed", f"R{number}", client, body)
        if pick < 0.94 and self.shipments:
            client, shipment, _, _ = random.choice(self.shipments)
            body = {"shipment_id": shipment, "returned_on": str(day), "amount": money(random.choice((50, 100, 300)))}
            body |= {"currency": "USD"} | ({"accepted_by": "boss"} if random.random() < 0.5 else {})
            return record(SHIPMENTS, "goods.returned", f"G{number}", client, body)
        cents = random.choice((4_000, 6_000, 10_000, 50_000, 50_001))
        body = {"amount": money(cents), "currency": "USD", "sold_on": str(day), "direction": "retail"}
        return record(SALES, "sale.recorded", f"V{number}", client, body)

    def _revised(self, written: Written) -> Written:
        """What was said, said otherwise or withdrawn."""
        topic, key, value = written
        told = json.loads(value)
        if told.get("voided"):
            return written
        revision = {"revision": told.get("revision", 1) + 1}
        if self.random.random() < 0.4:
            identity = {name: told[name] for name in ("type", "id", "client_id", "shipment_id") if name in told}
            if told["type"] == "goods.returned":
                del identity["shipment_id"]
            told = identity | revision | {"voided": True}
        else:
            told |= revision
            if told["type"] in ("payment.received", "sale.recorded"):
                told["amount"] = money(self.random.choice((50, 20_000)))
        written = topic, key, json.dumps(told).encode()
        self.said.append(written)
        return written

    def _dispatch(self, client: str, number: int, now: int, day: date) -> Written:
        random = self.random
        at = now - (day_of(now) - day).days * 24 * HOUR_MS
        amounts = [random.choice((50, 100, 150, 300)) for _ in range(random.choice((1, 1, 2)))]
        return self._left(client, f"S{number}", amounts, number, at, day)

    def _left(self, client: str, shipment: str, amounts: list[int], number: int, at: int, day: date) -> Written:
        names = [f"{shipment}/{index}" for index in range(len(amounts))]
        dues = [str(day + timedelta(self.random.choice((-2, 0, 2, 5, 10)))) for _ in names]
        parts = [
            {"obligation_id": name, "due_date": due, "amount": money(cents)}
            for name, due, cents in zip(names, dues, amounts, strict=True)
        ]
        self.shipments.append((client, shipment, names, sum(amounts)))
        body: dict[str, Any] = {"shipment_id": shipment, "at": text_of(at), "currency": "USD"}
        body |= {"amount": money(sum(amounts)), "instalments": parts}
        return record(SHIPMENTS, "shipment.dispatched", f"D{number}", client, body)

    def _payment(self, client: str, number: int, day: date) -> Written:
        random = self.random
        mine = [name for owner, _, names, _ in self.shipments for name in names if owner == client]
        named = random.sample(mine, min(len(mine), random.choice((0, 0, 1, 2))))
        if random.random() < 0.1:
            named.append(f"S{number + random.randrange(1, 4)}/0")  # not there yet, perhaps never
        cents = random.choice((50, 100, 150, 400))
        if random.random() < 0.25 and mine:  # everything at once, which closes a first deal
            cents, named = sum(amount for owner, _, _, amount in self.shipments if owner == client), []
        body: dict[str, Any] = {"amount": money(cents), "currency": "USD"}
        body |= {"value_date": str(day)} | ({"obligations": named} if named else {})
        self.payments.append((client, f"P{number}"))
        return record(PAYMENTS, "payment.received", f"P{number}", client, body)

    def _asks(self, client: str, number: int, now: int) -> Written:
        """Asks, asks again, cancels, or sends what was asked for."""
        random = self.random
        mine = [one for one in self.asked if one[0] == client]
        pick = random.random()
        if mine and pick < 0.5:
            _, shipment, cents = asked = random.choice(mine)
            self.asked.remove(asked)
            if pick < 0.15:
                body: dict[str, Any] = {"shipment_id": shipment, "at": text_of(now)}
                return record(SHIPMENTS, "shipment.cancelled", f"X{number}", client, body)
            return self._left(client, shipment, [cents], number, now, day_of(now))
        shipment, cents = f"S{number}", random.choice((50, 100, 300))
        body = {"shipment_id": shipment, "at": text_of(now), "currency": "USD", "amount": money(cents)}
        body |= {"payment_term_days": 5, "lines": [_LINE]}
        outlets = [name for owner, name, _ in self.outlets if owner == client]
        if random.random() < 0.5:
            body["outlet_id"] = random.choice([*outlets, "nowhere"])
        self.asked.append((client, shipment, cents))
        return record(SHIPMENTS, "shipment.requested", f"A{number}", client, body)

    def _outlet(self, client: str, number: int, day: date) -> Written:
        mine = [one for one in self.outlets if one[0] == client]
        if mine and self.random.random() < 0.3:
            self.outlets.remove(gone := self.random.choice(mine))
            body = {"outlet_id": gone[1], "on": str(max(day, gone[2] + timedelta(1)))}
            return record(CLIENTS, "outlet.closed", f"Z{number}", client, body)
        self.outlets.append((client, f"o{number}", day))
        body = {"outlet_id": f"o{number}", "on": str(day), "territory": "north"}
        return record(CLIENTS, "outlet.opened", f"Y{number}", client, body)

    def _changed(self, number: int, day: date) -> Written:
        """People change an obligation; what is written off closes no first deal, so only of others."""
        random = self.random
        client, _, names, _ = random.choice(self.shipments)
        kinds = [
            "rescheduled",
            "rescheduled",
            "disputed",
            "resolved",
            *(["written_off"] if client in self.traded else []),
        ]
        kind = random.choice(kinds)
        body: dict[str, Any] = {"obligation_id": random.choice(names), "on": str(day), "author": "boss", "reason": "so"}
        if kind == "rescheduled":
            body["due_date"] = str(day + timedelta(random.choice((-3, 0, 3, 12))))
        return record(CLIENTS, f"obligation.{kind}", f"C{number}", client, body)
