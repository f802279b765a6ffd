"""Signed judgements for tests: k1 is a manager's key, k2 a director's, k3 that of a service with both roles."""

import json
from typing import Any

from schemas.policy import Policy
from schemas.signatures import public_key_of, sign
from tests.domain.decisions.driver import Company, Published, instant

PRIVATE_KEY = bytes(range(32))
PRIVATE_KEYS = {"k1": PRIVATE_KEY, "k2": bytes(range(1, 33)), "k3": bytes(range(2, 34))}
KEY = {"key_id": "k1", "public_key": public_key_of(PRIVATE_KEY), "holder": "A. Manager", "roles": ["manager"]}
KEYS: list[dict[str, Any]] = [
    KEY,
    {"key_id": "k2", "public_key": public_key_of(PRIVATE_KEYS["k2"]), "holder": "D. Director", "roles": ["director"]},
    {
        "key_id": "k3",
        "public_key": public_key_of(PRIVATE_KEYS["k3"]),
        "holder": "credit desk service",
        "roles": ["manager", "director"],
    },
]
_WHO = {"k1": ("A. Manager", "manager"), "k2": ("D. Director", "director"), "k3": ("credit desk", "director")}


def judged_company(**policy: Any) -> Company:
    """A company whose policy lists the three keys."""
    return Company(Policy.from_document({"version": 1, "keys": KEYS, **policy}))


def statement(kind: str, number: str, on: str, /, key: str = "k1", **body: Any) -> dict[str, Any]:
    """An event of client c1 by the holder of `key`, not signed yet; dated `on` where it has a date of its own."""
    author, role = _WHO[key]
    full = on if "T" in on else f"{on}T09:00:00+03:00"
    dated = {"override.granted": {"granted_at": full}, "credit_limit.set": {}}.get(kind, {"at": full})
    said = {} if kind in ("credit_limit.set", "conduct.recorded") else {"reason": "agreed by telephone"}
    who = {"type": kind, "id": number, "client_id": "c1", "author": author, "role": role}
    return {**who, **dated, **said, **body}


def judge(company: Company, kind: str, number: str, on: str, /, key: str = "k1", **body: Any) -> list[Published]:
    """A statement, signed, and sent on its day or when it `arrives`."""
    arrives = body.pop("arrives", on)
    document = sign(statement(kind, number, on, key, **body), key, PRIVATE_KEYS[key])
    return company.send_bytes("judgements", json.dumps(document).encode(), arrives)


def grant(
    company: Company, number: str, on: str, until: str, *conditions: str, key: str = "k1", **body: Any
) -> list[Published]:
    """An override of these conditions from `on` until the instant `until`."""
    instant(until)
    return judge(
        company, "override.granted", number, on, key, **{"conditions": list(conditions), "expires_at": until, **body}
    )


def set_limit(company: Company, number: str, amount: str | None, on: str, **more: Any) -> list[Published]:
    """A signed limit of client c1."""
    return judge(company, "credit_limit.set", number, on, amount=amount, currency="USD", **more)
