"""What has come about one client, read from the records: the facts that hold, by id. Shares no code with
`streams.domain`.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from tests.domain.core.oracle import World

MOSCOW: Final = timedelta(hours=3)


def cents(text: str) -> int:
    """Of an amount."""
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])


@lru_cache(4096)
def day_number(text: str) -> int:
    """Ordinal of a date."""
    return date.fromisoformat(text).toordinal()


def local(instant: int) -> datetime:
    """In Moscow, without saying so."""
    return datetime.fromtimestamp(instant / 1000, UTC) + MOSCOW


def milliseconds(text: str) -> int:
    """Of an RFC 3339 instant."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def is_ahead(told: dict[str, Any], came: int) -> bool:
    """Dated more than 24 hours after it came."""
    limit = local(came) + timedelta(hours=24)
    day = next((told[name] for name in ("value_date", "returned_on", "sold_on") if name in told), None)
    if day is not None:
        return datetime.fromisoformat(day).replace(tzinfo=UTC) > limit
    return "at" in told and datetime.fromisoformat(told["at"]) + MOSCOW > limit


@dataclass
class Facts:
    """What holds now."""

    world: World = field(default_factory=World)
    at: dict[str, tuple[int, str]] = field(default_factory=dict)
    """When each shipment left, to find the first."""
    sold: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    """sale: (day as text, cents, scope in which it counts)"""
    registered: dict[str, int] = field(default_factory=dict)
    traded: int = 0
    """The day of the opening balances; 0: none."""
    papers: dict[str, int] = field(default_factory=dict)
    """document: the day it was signed"""
    limits: list[tuple[int, int, int, int | None]] = field(default_factory=list)
    """(first day, order of coming, last day or a day that never comes, cents or None for no limit)"""
    breaches: dict[str, int] = field(default_factory=dict)
    clearings: list[tuple[str, int]] = field(default_factory=list)
    """(breach, instant)"""
    overrides: dict[str, tuple[int, int, list[str], str]] = field(default_factory=dict)
    """(from, until, conditions, shipment or empty)"""
    outlets: dict[str, int] = field(default_factory=dict)
    closed: dict[str, int] = field(default_factory=dict)
    """outlet: the day it was opened, closed"""
    revisions: dict[tuple[str, str], int] = field(default_factory=dict)

    def take(self, value: bytes, came: int) -> dict[str, Any] | None:
        """One more record; None: it is no event of ours, or dated ahead, or here already, and changes nothing."""
        try:
            told: dict[str, Any] = json.loads(value)
            kind, name = told["type"], told["id"]
        except (ValueError, KeyError, TypeError):
            return None
        if is_ahead(told, came) or told.get("revision", 1) <= self.revisions.get((kind, name), 0):
            return None
        if kind == "conduct.cleared" and told["conduct_id"] not in self.breaches:
            return None
        if kind == "sale.recorded" and self._is_closed(told.get("sold_on") or self.sold.get(name, ("",))[0], came):
            return None
        self.revisions[kind, name] = told.get("revision", 1)
        if told.get("voided"):
            self._withdraw(kind, name, told)
        elif not self._of_money(kind, name, told):
            self._of_people(kind, name, told)
        return told

    @staticmethod
    def _is_closed(sold_on: str, came: int) -> bool:
        """The month of a sale ended more than 90 days before."""
        if not sold_on:
            return False
        later = date.fromisoformat(sold_on).replace(day=1) + timedelta(31)
        ended = datetime.combine(later.replace(day=1), datetime.min.time(), UTC)
        return local(came) > ended + timedelta(90)

    def _of_money(self, kind: str, name: str, told: dict[str, Any]) -> bool:
        world = self.world
        match kind:
            case "shipment.dispatched":
                rows = [
                    (p["obligation_id"], day_number(p["due_date"]), cents(p["amount"])) for p in told["instalments"]
                ]
                left = milliseconds(told["at"])
                world.dispatches[told["shipment_id"]] = local(left).date().toordinal(), rows
                self.at[told["shipment_id"]] = left, told["shipment_id"]
            case "payment.received":
                named = told.get("obligations", [])
                world.payments[name] = day_number(told["value_date"]), cents(told["amount"]), named
            case "payment.reversed":
                part = cents(told["amount"]) if "amount" in told else None
                world.reversals[name] = told["payment_id"], day_number(told["value_date"]), part
            case "goods.returned":
                on, accepted = day_number(told["returned_on"]), "accepted_by" in told
                world.returns[name] = told["shipment_id"], on, cents(told["amount"]), accepted
            case "sale.recorded":
                scope = (
                    f"territory/{told['territory']}" if told.get("territorial") else f"direction/{told['direction']}"
                )
                self.sold[name] = told["sold_on"], cents(told["amount"]), scope
            case _:
                return False
        return True

    def _of_people(self, kind: str, name: str, told: dict[str, Any]) -> None:
        world = self.world
        match kind:
            case "client.opened":
                self.traded = day_number(told["as_of"])
                self.papers |= {paper["document"]: self.traded for paper in told["documents"]}
            case "client.registered":
                self.registered[name] = day_number(told["registered_on"])
            case "document.signed":
                self.papers[told["document"]] = day_number(told["on"])
            case "obligation.rescheduled":
                new = day_number(told["on"]), day_number(told["due_date"])
                world.rescheduled[name] = told["obligation_id"], *new
            case "obligation.disputed":
                world.disputed[name] = told["obligation_id"], day_number(told["on"])
            case "obligation.resolved":
                world.resolved[name] = told["obligation_id"], day_number(told["on"])
            case "obligation.written_off":
                world.written_off[name] = told["obligation_id"], day_number(told["on"])
            case "credit_limit.set":
                last = day_number(told["valid_until"]) if "valid_until" in told else date.max.toordinal()
                amount = None if told["amount"] is None else cents(told["amount"])
                self.limits.append((day_number(told["valid_from"]), len(self.limits), last, amount))
            case "conduct.recorded":
                self.breaches[name] = milliseconds(told["at"])
            case "conduct.cleared":
                self.clearings.append((told["conduct_id"], milliseconds(told["at"])))
            case "override.granted":
                term = milliseconds(told["granted_at"]), milliseconds(told["expires_at"])
                self.overrides[name] = *term, told["conditions"], told.get("shipment_id", "")
            case "outlet.opened":
                self.outlets[told["outlet_id"]] = day_number(told["on"])
            case "outlet.closed":
                self.closed[told["outlet_id"]] = day_number(told["on"])

    def _withdraw(self, kind: str, name: str, told: dict[str, Any]) -> None:
        if kind == "shipment.dispatched":
            self.world.dispatches.pop(told["shipment_id"], None)
            self.at.pop(told["shipment_id"], None)
            return
        world = self.world
        kept: dict[str, dict[str, Any]] = {
            "payment.received": world.payments, "payment.reversed": world.reversals, "goods.returned": world.returns,
            "sale.recorded": self.sold,
        }  # fmt: skip
        kept[kind].pop(name, None)
