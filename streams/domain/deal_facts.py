"""What is kept of a first deal: its goods and reports while a fact can open it, and the decision that it started."""

import msgspec

from streams.domain.fact import Days, Fact, Instant

Line = tuple[str, int, int]
"""(article, quantity in thousandths, recommended retail price per unit in minor units of the shipment's currency)."""


class Goods(msgspec.Struct, array_like=True, gc=False):
    """What a dispatch held."""

    outlet_id: str
    rrp: int
    """Of all of it, in minor units of the policy's currency; the payable amount when the dispatch names no lines."""
    lines: list[Line] = []
    """Empty: nobody said."""


class Report(Fact, array_like=True, kw_only=True, gc=False):
    """`sell_through.reported`."""

    shipment_id: str = ""
    at: Instant = 0
    lines: list[tuple[str, int]] = []
    """(article, thousandths sold so far)."""


class DealFacts(msgspec.Struct, array_like=True, gc=False):
    """Kept until the first deal is closed for good; of what leaves after the closing only its own."""

    goods: dict[str, Goods] = {}
    """By shipment id."""
    returned: dict[str, list[tuple[str, int]]] = {}
    """By id of the return: (article, thousandths)."""
    reports: dict[str, Report] = {}


class Approval(msgspec.Struct, array_like=True, gc=False):
    """An approved shipment of the first deal, from day to day. Amounts in minor units of the policy's currency."""

    outlet_id: str
    amount: int
    rrp: int
    covered: int
    """What of the amount was covered by money not yet applied."""
    since: Days
    expires: Instant
    until: Days = 0
    """The day it was dispatched, cancelled, withdrawn or expired; 0: none of these yet."""

    def open_at(self, day: Days, instant: Instant) -> bool:
        """Whether it is open at an instant of `day`, its end included."""
        return self.since <= day and self.expires > instant and (not self.until or self.until > day)


class Start(msgspec.Struct, array_like=True, gc=False):
    """The decision that a first deal has started, and what it may take: frozen from here on."""

    deal_id: str
    at: Instant
    """Of its first approval, or of its earliest dispatch."""
    approved: bool
    """By an approval: a correction no longer moves it to another deal."""
    outlet_rrp_max: int
    entitlement: int
    pooled: bool
    """A chain spreads the entitlement freely; else no outlet takes more than `outlet_rrp_max`."""
    approvals: dict[str, Approval] = {}
    """By shipment id, those that have ended too."""
    said: bytes = b""
    """What the status says of it once it is closed, as JSON."""
