"""Requests to ship in few words: `asking_company` asks before it ships, and its client is past the first deal."""

from typing import Any

from schemas.policy import Policy
from tests.domain.decisions.driver import Company, Published
from tests.domain.decisions.signing import KEYS, set_limit

FAST_A: dict[str, Any] = {
    "sku": "A1", "quantity": "1", "price": "1.00", "rrp": "10.00", "product_category": "A", "fast_moving": True
}  # fmt: skip


def asking_company(limit: str | None = None, since: str = "2026-02-01", **policy: Any) -> Company:
    """A company that asks before it ships; its client c1 is active, with a credit limit when one is given."""
    company = Company(Policy.from_document({"version": 1, "keys": KEYS, **policy}))
    company.trade(since)
    if limit is not None:
        set_limit(company, "L1", limit, since, valid_from=since)
    return company


def ask(company: Company, shipment: str, amount: str, at: str, **more: Any) -> list[Published]:
    """`shipment.requested` of this shipment, under an id of its own unless `number` says another."""
    number, arrives = more.pop("number", f"R-{shipment}"), more.pop("arrives", at)
    body: dict[str, Any] = {"shipment_id": shipment, "at": _time(at), "currency": "USD", "amount": amount}
    body |= {"payment_term_days": 10, "lines": [FAST_A]} | more
    if "instalments" in more:
        del body["payment_term_days"]
    return company.send("shipment.requested", number, arrives, **body)


def cancel(company: Company, shipment: str, at: str, **more: Any) -> list[Published]:
    """`shipment.cancelled` of this shipment."""
    return company.send("shipment.cancelled", f"X-{shipment}", at, shipment_id=shipment, at=_time(at), **more)


def leave(company: Company, shipment: str, amount: str, at: str, **more: Any) -> list[Published]:
    """`shipment.dispatched` of this shipment, due in ten days."""
    number, arrives = more.pop("number", f"D-{shipment}"), more.pop("arrives", at)
    body: dict[str, Any] = {"shipment_id": shipment, "at": _time(at), "currency": "USD", "amount": amount}
    return company.send("shipment.dispatched", number, arrives, **body | {"payment_term_days": 10} | more)


def _time(text: str) -> str:
    return text if "T" in text else f"{text}T09:00:00+03:00"
