"""The clients of a scope: turnover by month, and the place in the order that follows from it."""

from typing import Final

import msgspec

from schemas.importance import ScopeKind
from schemas.records import NEVER, Instant
from streams.domain.importance.order import Place
from streams.domain.importance.ranking import NONE
from streams.domain.state import Days

_UNREGISTERED: Final = 2**31
"""Later than any day: a client whose registration is not known comes after those with as much turnover."""


class Member(msgspec.Struct, array_like=True, gc=False):
    """One client, as the scope knows it."""

    registered: Days
    """0: not known."""
    sequence: int
    """Of its last record that was taken: those not above are repeats."""
    first: int
    """The month (year * 12 + month - 1) of `months[0]`."""
    months: list[int | None]
    """Turnover of each month from `first` on; None: no sales."""
    turnover: int = 0
    """Of the months that count."""
    sold: bool = False
    """It has sales in the months that count, so it has a place in the order."""
    importance: int = NONE
    """What the client was told."""

    def book(self, month: int, amount: int | None) -> None:
        """From here on this is the turnover of a month."""
        if not self.months:
            self.first = month
        elif month < self.first:
            self.months[:0] = [None] * (self.first - month)
            self.first = month
        missing = month - self.first + 1 - len(self.months)
        if missing > 0:
            self.months += [None] * missing
        self.months[month - self.first] = amount

    def forget_before(self, month: int) -> None:
        """Months before this one never count again."""
        gone = month - self.first
        if gone > 0:
            del self.months[:gone]
            self.first = month

    def count(self, last: int) -> None:
        """Derive what follows from the months through `last`, those before have been forgotten."""
        self.turnover, self.sold = 0, False
        for amount in self.months[: last + 1 - self.first]:
            if amount is not None:
                self.turnover += amount
                self.sold = True

    def place(self, client_id: str) -> Place:
        """Where it stands in the order."""
        turnover = self.turnover
        return -turnover if turnover > 0 else 0, self.registered or _UNREGISTERED, client_id


class Stored(msgspec.Struct, array_like=True):
    """The bytes of a scope's snapshot."""

    scope: tuple[ScopeKind, str] | None
    """Kind and id; None when the key is none of a scope: then nothing is taken."""
    month: int = 0
    """The running month; 0 before the first record."""
    window: int = 0
    """How many months count, the running one included."""
    sequence: int = 0
    """Of the last change told."""
    deadline: Instant = NEVER
    """When the running month ends."""
    seen: int = 0
    """Broadcasts taken."""
    members: dict[str, Member] = {}
