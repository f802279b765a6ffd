"""Writes what people decide, each signed: limits, breaches of conduct, overrides; and the policies they activate."""

import json
from random import Random
from typing import Any, Final

from schemas.signatures import public_key_of, sign
from tests.simulation.clients_writer import HOUR_MS, JUDGEMENTS, Writer, Written, day_of, money, text_of
from tests.simulation.rules_oracle import days_off

_SECRET: Final = bytes(range(32))
POLICY: Final[dict[str, Any]] = {
    "version": 1,
    "requests": {"required": False},
    "non_working_days": list(days_off()),
    "keys": [
        {"key_id": "k1", "public_key": public_key_of(_SECRET), "holder": "boss", "roles": ["manager", "director"]}
    ],
}
_CHANGES: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"conditions": {"risk_group": {"group_min": 2}}},
    {"conditions": {"risk_group": {"requires_overdue": False}}},
    {"conditions": {"credit_limit": {"enabled": False}}},
    {"volume": {"a_above": "90.00", "b_from": "50.00"}},
    {
        "risk_groups": [
            {"group": 0, "violations_max": 0, "overdue_days_max": 1},
            {"group": 1, "violations_max": 1, "overdue_days_max": 2},
            {"group": 2, "violations_max": 2, "overdue_days_max": 4},
            {"group": 3, "violations_max": None, "overdue_days_max": None},
        ]
    },
)
_LIFTED: Final = (["risk_group"], ["credit_limit"], ["conduct"], ["credit_limit", "risk_group"])
_HOURS: Final = (1, 12, 24, 80, 300)


def policy(random: Random, version: int) -> bytes:
    """Other numbers come into force."""
    document = {**POLICY, **random.choice(_CHANGES), "version": version}
    told = {"type": "policy.activated", "id": f"policy-{version}", "version": version, "policy": document}
    return json.dumps(told).encode()


class People:
    """Decides about the clients of a writer."""

    def __init__(self, random: Random, writer: Writer) -> None:
        self.random, self.writer = random, writer
        self.breaches: list[tuple[str, str]] = []

    def next(self, now: int, number: int) -> Written:
        """One more decision."""
        random, day = self.random, day_of(now)
        client = random.choice(self.writer.clients)
        pick = random.random()
        if pick < 0.4:
            amount = random.choice((None, money(100), money(200), money(400)))
            body: dict[str, Any] = {"amount": amount, "currency": "USD", "valid_from": str(day)}
            if random.random() < 0.3:
                body["valid_until"] = str(day_of(now + random.choice((0, 48, 200)) * HOUR_MS))
            return self._signed("credit_limit.set", f"L{number}", client, body)
        if pick < 0.55:
            self.breaches.append((client, f"B{number}"))
            body = {"kind": "ethics", "at": text_of(now), "evidence": "a letter"}
            return self._signed("conduct.recorded", f"B{number}", client, body)
        if pick < 0.7 and self.breaches:
            client, breach = random.choice(self.breaches)
            body = {"conduct_id": breach, "at": text_of(now), "reason": "settled"}
            return self._signed("conduct.cleared", f"K{number}", client, body)
        until = now + random.choice(_HOURS) * HOUR_MS
        body = {"granted_at": text_of(now), "expires_at": text_of(until), "reason": "agreed"}
        body["conditions"] = random.choice(_LIFTED)
        if self.writer.asked and random.random() < 0.3:
            client, body["shipment_id"], _ = random.choice(self.writer.asked)
        return self._signed("override.granted", f"G{number}", client, body)

    def _signed(self, kind: str, name: str, client: str, body: dict[str, Any]) -> Written:
        told = {"type": kind, "id": name, "client_id": client, "author": "boss", "role": "director", **body}
        return JUDGEMENTS, client.encode(), json.dumps(sign(told, "k1", _SECRET)).encode()
