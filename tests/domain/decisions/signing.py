"""Signed credit limits for tests."""

import json
from typing import Any

from schemas.signatures import public_key_of, sign
from tests.domain.decisions.driver import Company, Published

PRIVATE_KEY = bytes(range(32))
KEY = {"key_id": "k1", "public_key": public_key_of(PRIVATE_KEY), "holder": "A. Manager", "roles": ["manager"]}


def set_limit(company: Company, number: str, amount: str | None, on: str, **more: Any) -> list[Published]:
    """A signed limit of client c1."""
    body = {
        "type": "credit_limit.set",
        "id": number,
        "client_id": "c1",
        "amount": amount,
        "currency": "USD",
        "author": "A. Manager",
        "role": "manager",
        **more,
    }
    return company.send_bytes("judgements", json.dumps(sign(body, "k1", PRIVATE_KEY)).encode(), on)
