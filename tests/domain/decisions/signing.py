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


TERMS = ((), ("2026-01-12", "2026-03-25"), ("2026-03-20", "2026-04-10"))
"""First and last day of a limit beside a random history (12 January to 13 March 2026): none, through it, after it."""


def limit_beside(company: Company, terms: tuple[str, ...]) -> None:
    """A small limit before the history, so that it is soon exceeded; random ones alone rarely are."""
    if terms:
        set_limit(company, "beside", "20.00", "2026-01-12T00:05:00+03:00", valid_from=terms[0], valid_until=terms[1])
