"""Requests to ship and what was answered, and the blocks as they were published: decisions, kept as facts."""

import msgspec

from streams.domain.fact import Fact, Instant

ASKED = "asked"
APPROVED = "approved"
REFUSED = "refused"
CANCELLED = "cancelled"
EXPIRED = "expired"
WITHDRAWN = "withdrawn"
DISPATCHED = "dispatched"


class RequestedLine(msgspec.Struct, array_like=True, gc=False):
    """What the rules look at in a line; quantity in thousandths, price in minor units of the request's currency."""

    quantity_milli: int
    rrp: int
    product_category: str
    fast_moving: bool


class Request(Fact, array_like=True, kw_only=True, gc=False):
    """A request to ship by its shipment id. Amounts in minor units of the policy's currency; `day` is that of `at`."""

    id: str
    """Of the event."""
    shipment_id: str
    at: Instant
    amount: int
    """Payable."""
    rrp: int
    outlet_id: str = ""
    deal_id: str = ""
    term_days_max: int = 0
    """Days from `at` to the due date of the last instalment."""
    lines: list[RequestedLine] = []
    """Only until it is answered."""
    state: str = ASKED
    decided: Instant = 0
    """When it was answered."""
    reserved_until: Instant = 0
    """When the approval expires; 0: it never was approved."""
    ended: Instant = 0
    """When an approval ended, by dispatch, cancellation, expiry or withdrawal; 0: it is open."""
    answer: bytes = b""
    """The reasons, grounds and sentences of the recorded answer, as published; only of the last ones."""
    reasons: list[str] = []
    """Why it was refused, once `answer` is forgotten."""
    cancelled_by: list[str] = []
    """Ids of the last cancellations of this shipment: one told twice does not end what was asked anew."""
    stated: tuple[int, str] = (0, "")
    """(payable amount in minor units, currency) as the sender said it."""
    earlier: list[tuple[Instant, Instant, int]] = []
    """(from, until, amount) of the last approvals of lower revisions: goods may have left under one of them."""


class BlockPublished(msgspec.Struct, array_like=True, gc=False):
    """One record `shipment.blocked`: the conditions it said, while it was the last word."""

    since: Instant
    until: Instant
    """When the next record of `shipment-blocks` said otherwise; 0: it still holds."""
    blocked_from: Instant
    """When the block began of which this is a part."""
    sequence: int
    reasons: list[str]


class Requests(msgspec.Struct, array_like=True, gc=False):
    """Everything about asking before shipping."""

    asked: dict[str, Request] = {}
    """By shipment id."""
    open: list[str] = []
    """Shipment ids of the approvals that hold a reservation, the earliest to expire first."""
    to_answer: list[tuple[str, bool]] = []
    """(shipment id, whether it is a repeat): answered with the next decision, which follows at once."""
    to_check: list[Request] = []
    """What was just dispatched, in the words of a request: checked with the next decision, which follows at once."""
    blocks: list[BlockPublished] = []
    """In order; kept as long as a correction may take."""
