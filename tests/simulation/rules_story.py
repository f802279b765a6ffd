"""One client's story by the obvious program: what must become visible, when and in which order.

It looks at every midnight and noon, at every instant at which something that people decided begins or ends, and at
every record; what differs from the look before is a move, a block, a decision about a request.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from tests.simulation.rules_facts import MOSCOW, Facts, cents, local
from tests.simulation.rules_oracle import Books, Standing, Terms, standing

_RESERVED_MS: Final = 72 * 3_600_000
_HALF_DAY_MS: Final = 12 * 3_600_000


@dataclass
class Partition:
    """What holds for every client of a partition."""

    completed: int = 0
    terms: Terms = field(default_factory=Terms)


@dataclass
class Story:
    """Of one client; `now` never goes back."""

    common: Partition
    facts: Facts = field(default_factory=Facts)
    now: int = 0
    moves: list[tuple[int, str, Any, Any]] = field(default_factory=list)
    """(instant, dimension, from, to)"""
    blocks: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    """(instant, conditions that block from then on)"""
    decisions: list[tuple[int, str, str, tuple[str, ...]]] = field(default_factory=list)
    """(instant, type, shipment, reasons)"""
    open: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Approvals: (cents, until)"""
    tells: bool = True
    """False once a client asked of whom it is not known that it is past its first deal: its rules are not told here."""
    _last: dict[str, Any] = field(default_factory=lambda: {
        "risk_group": 0, "volume": "C", "lifecycle": "potential", "sales_type": None
    })  # fmt: skip
    _books: Books | None = None

    def take(self, value: bytes, at: int, came: int) -> None:
        """A record, folded at the partition's instant `at`."""
        self.advance(at)
        told = self.facts.take(value, came)
        if told is None:
            return
        self._books = None
        shipment = told.get("shipment_id", "")
        if told["type"] in ("shipment.dispatched", "shipment.cancelled"):
            self.open.pop(shipment, None)
        elif told["type"] == "shipment.requested":
            self._answer(told, at)
        self.look(at)

    def advance(self, until: int) -> None:
        """Time passes; everything up to `until` takes effect."""
        if self.now and (instants := self._instants(until)):
            self._tell(until)
            for at in instants:
                self.look(at)
        self.now = max(self.now, until)

    def _instants(self, until: int) -> list[int]:
        facts = self.facts
        found = [end for _, end in self.open.values()] + [at for _, at in facts.clearings] + [*facts.breaches.values()]
        found += [at for begins, ends, _, _ in facts.overrides.values() for at in (begins, ends)]
        midnight = datetime.combine(local(self.now).date(), datetime.min.time(), UTC) - MOSCOW
        half = round(midnight.timestamp() * 1000)
        while (half := half + _HALF_DAY_MS) <= until:
            found.append(half)
        return sorted({at for at in found if self.now < at <= until})

    def standing(self, at: int) -> Standing:
        """What holds at an instant."""
        books = self._tell(at)
        reserved = sum(amount for amount, _ in self.open.values())
        return standing(self.facts, books, at, self.common.completed, self.common.terms, reserved)

    def _tell(self, until: int) -> Books:
        """The books through the day of an instant, told again when something has come since."""
        today = local(until).date().toordinal()
        if self._books is None or self._books.today < today:
            self._books = Books(self.facts.world, today)
        return self._books

    def look(self, at: int) -> None:
        """Note what is another than before."""
        for shipment, (_, until) in sorted(self.open.items(), key=lambda item: (item[1][1], item[0])):
            if until <= at:
                del self.open[shipment]
                self.decisions.append((at, "shipment.approval_expired", shipment, ()))
        found = self._note(at)
        while self._withdraw(found, at):
            found = self._note(at)

    def _note(self, at: int) -> Standing:
        found = self.standing(at)
        for dimension, value in (
            ("risk_group", found.group), ("volume", found.volume), ("lifecycle", found.lifecycle),
            ("sales_type", found.sales_type),
        ):  # fmt: skip
            if self._last[dimension] != value:
                self.moves.append((at, dimension, self._last[dimension], value))
                self._last[dimension] = value
        blocking = tuple(found.blocking(self.facts, at))
        if blocking != (self.blocks[-1][1] if self.blocks else ()):
            self.blocks.append((at, blocking))
        return found

    def _withdraw(self, found: Standing, at: int) -> bool:
        blocking, any_gone = self.open and found.blocking(self.facts, at), False
        for shipment in sorted(self.open, key=lambda name: (self.open[name][1], name)) if blocking else ():
            if against := found.blocking(self.facts, at, shipment):
                del self.open[shipment]
                self.decisions.append((at, "shipment.approval_withdrawn", shipment, tuple(against)))
                any_gone = True
        return any_gone

    def _answer(self, told: dict[str, Any], at: int) -> None:
        if not self.facts.traded:
            self.tells = False
            return
        shipment, amount = told["shipment_id"], cents(told["amount"])
        left = self.facts.world.dispatches.pop(shipment, None)  # judged as if it had not left, and nothing is reserved
        self._books = None if left else self._books
        found = self.standing(at)
        against = [reason for reason in found.active if reason != "credit_limit"]
        if self.common.terms.credit_limit and found.limit is not None and found.exposure + amount > found.limit:
            against.append("credit_limit")
        against += self._of_outlet(told.get("outlet_id", ""), local(at).date().toordinal())
        found.active = against
        reasons = tuple(sorted(found.blocking(self.facts, at, shipment)))
        if left is not None:
            self.facts.world.dispatches[shipment], self._books = left, None
        elif not reasons:
            self.open[shipment] = amount, at + _RESERVED_MS
        self.decisions.append((at, "shipment.refused" if reasons else "shipment.approved", shipment, reasons))

    def _of_outlet(self, outlet: str, today: int) -> list[str]:
        facts = self.facts
        opened = [name for name, on in facts.outlets.items() if on <= today]
        if not outlet or not opened:
            return []
        if outlet not in opened:
            return ["outlet_unknown"]
        return ["outlet_closed"] if facts.closed.get(outlet, today + 1) <= today else []
