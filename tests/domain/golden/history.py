"""One history of a few clients; a later version of the state adds events, so that what it added has a content.

Only what every version offered is used here, so that an older tree can run it.
"""

import json
from datetime import datetime
from typing import Any, Final, NamedTuple

from schemas.signatures import public_key_of, sign

_SECRET: Final = bytes(range(32))
_DOCUMENTS: Final = ("cooperation_agreement", "supply_contract")
_LINE: Final = {
    "sku": "A1", "quantity": "1", "price": "40.00", "rrp": "10.00", "product_category": "A", "fast_moving": True
}  # fmt: skip

POLICY: Final[dict[str, Any]] = {
    "version": 1,
    "keys": [
        {
            "key_id": "k1",
            "public_key": public_key_of(_SECRET),
            "holder": "A. Director",
            "roles": ["manager", "director"],
        }
    ],
}
AT: Final = "2026-03-02T09:00:00+03:00"
"""The states are as of this instant."""
GONE_ON: Final = "2026-03-11T09:00:00+03:00"
"""Up to here a test goes on with them."""


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
    """Milliseconds."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


class _Telling:
    """Writes the records, in the order of their coming."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def say(self, topic: str, kind: str, client: str | None, comes: str, number: str, /, **body: Any) -> None:
        told = {"type": kind, "id": number, **({"client_id": client} if client else {}), **body}
        self.add(topic, client, comes, told)

    def judge(self, kind: str, client: str, comes: str, number: str, /, **body: Any) -> None:
        told = {"type": kind, "id": number, "client_id": client, "author": "A. Director", "role": "director", **body}
        self.add("judgements", client, comes, sign(told, "k1", _SECRET))

    def add(self, topic: str, client: str | None, comes: str, told: dict[str, Any]) -> None:
        key = None if client is None else client.encode()
        value = json.dumps(told).encode()
        self.records.append(Record(topic, 0, len(self.records), instant(_full(comes)), key, value))

    def opened(self, client: str, **body: Any) -> None:
        papers = [{"document": document, "number": "1"} for document in _DOCUMENTS]
        body |= {"as_of": "2026-01-05", "currency": "USD", "lifecycle": "active", "documents": papers}
        self.say("clients", "client.opened", client, "2026-01-05", f"open-{client}", **body)

    def dispatched(self, client: str, shipment: str, amount: str, on: str, due: str) -> None:
        part = {"obligation_id": f"{shipment}/1", "due_date": due, "amount": amount}
        body = {"shipment_id": shipment, "at": _full(on), "currency": "USD", "amount": amount, "instalments": [part]}
        self.say("shipments", "shipment.dispatched", client, on, f"D-{shipment}", **body)

    def paid(self, client: str, number: str, amount: str, on: str, *names: str) -> None:
        body: dict[str, Any] = {"amount": amount, "currency": "USD", "value_date": on[:10]}
        body |= {"obligations": list(names)} if names else {}
        self.say("payments", "payment.received", client, on, number, **body)


def _full(text: str) -> str:
    return text if "T" in text else f"{text}T09:00:00+03:00"


def told(state_version: int) -> list[Record]:
    """What comes up to `AT`."""
    tell = _Telling()
    past = {"obligation_id": "O-0", "first_day": "2025-11-01", "last_day": "2025-11-03"}
    owed = {"obligation_id": "O-1", "due_date": "2026-01-10", "amount": "100.00"}
    tell.opened("late", obligations=[owed], violations=[past])
    tell.opened("money")
    limit = {"amount": "50.00", "currency": "USD", "valid_from": "2026-01-10"}
    tell.judge("credit_limit.set", "money", "2026-01-10", "L-1", **limit)
    tell.dispatched("late", "S-1", "50.00", "2026-01-20", "2026-02-10")
    tell.paid("money", "M-1", "80.00", "2026-02-01", "S-9/1")
    tell.dispatched("money", "S-2", "60.00", "2026-02-03", "2026-04-10")
    tell.paid("late", "P-1", "30.00", "2026-02-05")
    tell.say("payments", "payments.completed", None, "2026-02-10", "done-2026-02-09", through="2026-02-09")
    tell.paid("money", "M-2", "25.00", "2026-02-10")
    back = {"payment_id": "M-2", "value_date": "2026-02-12", "amount": "10.00"}
    tell.say("payments", "payment.reversed", "money", "2026-02-12", "R-1", **back)
    if state_version >= 2:
        _judged(tell)
    sale = {"amount": "120.00", "currency": "USD", "sold_on": "2026-02-20", "direction": "retail"}
    tell.say("sales", "sale.recorded", "late", "2026-02-20", "V-1", **sale)
    tell.dispatched("fresh", "S-3", "90.00", "2026-02-20", "2026-02-25")
    if state_version >= 3:
        _asked(tell)
    return sorted(tell.records, key=lambda record: record.timestamp)


def _judged(tell: _Telling) -> None:
    """Version 2: documents, changes of obligations, decisions of people."""
    for document in _DOCUMENTS:
        body = {"document": document, "number": "1", "on": "2026-02-19", "form": "original", "accepted_by": "boss"}
        tell.say("clients", "document.signed", "fresh", "2026-02-19", document, direction="retail", **body)
    tell.opened("judged", obligations=[{"obligation_id": "J-1", "due_date": "2026-02-10", "amount": "10.00"}])
    later = {"obligation_id": "J-1", "on": "2026-02-11", "due_date": "2026-03-20", "author": "boss", "reason": "agreed"}
    tell.say("clients", "obligation.rescheduled", "judged", "2026-02-11", "C-1", **later)
    breach = {"kind": "ethics", "evidence": "a letter", "at": "2026-02-15T09:00:00+03:00"}
    tell.judge("conduct.recorded", "judged", "2026-02-15", "B-1", **breach)
    until = {"granted_at": "2026-02-25T09:00:00+03:00", "expires_at": "2026-03-10T09:00:00+03:00"}
    lifted: dict[str, Any] = {**until, "conditions": ["conduct"], "reason": "agreed by telephone"}
    tell.judge("override.granted", "judged", "2026-02-25", "G-1", **lifted)


def _asked(tell: _Telling) -> None:
    """Version 3: requests to ship."""
    tell.opened("asked")
    at = "2026-03-01T12:00:00+03:00"
    body: dict[str, Any] = {"shipment_id": "S-5", "at": at, "currency": "USD", "amount": "40.00"}
    body |= {"payment_term_days": 10, "lines": [_LINE]}
    tell.say("shipments", "shipment.requested", "asked", at, "A-1", **body)


def goes_on() -> list[Record]:
    """What comes from `AT` to `GONE_ON`, whatever the version."""
    tell = _Telling()
    tell.paid("late", "P-2", "120.00", "2026-03-03")
    tell.dispatched("money", "S-9", "100.00", "2026-03-03", "2026-04-20")
    return [record._replace(offset=1000 + record.offset) for record in tell.records]


def dispatched(client: str, shipment: str, amount: str, on: str, due: str) -> Record:
    """One more shipment."""
    tell = _Telling()
    tell.dispatched(client, shipment, amount, on, due)
    return tell.records[0]


SCOPE: Final = b"direction/watches"


def turnover(client: str, sequence: int, cents: int, comes: str) -> Record:
    """What a client tells its scope."""
    cause = {"kind": "deadline", "at": _full(comes)}
    body = {"client_id": client, "sequence": sequence, "months": {comes[:7]: cents}, "registered_on": "2020-01-01"}
    value = json.dumps({**body, "cause": cause}).encode()
    return Record("stoplist-turnover", 0, sequence, instant(_full(comes)), SCOPE, value)


def scope_told() -> list[Record]:
    """A has 100.00, B 60.00, C 40.00."""
    said = (("A", 10_000), ("B", 6_000), ("C", 4_000))
    return [turnover(client, 7, cents, "2026-02-20") for client, cents in said]
