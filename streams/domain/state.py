"""What is known of one client: facts by business id, and what follows from them.

Money is minor units of the policy's currency (converted once, when the fact is accepted). A *day* is a date's ordinal
(`date.toordinal`), in the company's time zone; 0 means none. An *instant* is milliseconds. Structs are arrays in the
snapshot (`array_like`), so a new field goes to the end and raises `STATE_VERSION`.

Facts are what senders said. What allocation derives stands beside them, so that nothing is stored twice: an
obligation's `outstanding` and `spans` in its dispatch, a payment's `rest` and `allocations` in the payment, all else in
`Position`. Replayed from its beginning or moved on by the newest fact, it comes out the same. `Decided` is what was
decided and published, in the recorded order.
"""

from collections.abc import MutableMapping
from typing import Any

import msgspec
from msgspec import Raw
from msgspec.msgpack import Decoder

from streams.domain.changes import ObligationChanges
from streams.domain.client_facts import ClientFacts
from streams.domain.deal_facts import DealFacts, Start
from streams.domain.fact import Days as Days
from streams.domain.fact import Fact as Fact
from streams.domain.fact import Instant as Instant
from streams.domain.fact import Step as Step
from streams.domain.importance.books import Books
from streams.domain.judgement_facts import Judgements, Proof
from streams.domain.kept import Appended, Kept, kept_facts
from streams.domain.published import PublishedCategories
from streams.domain.request_facts import Requests

Allocation = tuple[str, int, int]
"""(shipment id, index of its instalment, amount); the shipment id is "" for an obligation of the opening balances."""

STATE_VERSION = 4
"""1: what was published last is not packed; 2 and 3: it is deflated. All can still be read."""


class Obligation(msgspec.Struct, array_like=True, gc=False):
    """One instalment to be paid, of a dispatch or of the opening balances."""

    id: str
    due_stated: Days
    """As the sender said it; `due` is in force (a policy may roll it to a working day)."""
    amount: int
    due: Days = 0
    outstanding: int = 0
    moved: Days = 0
    """The last day on which a payment, reversal or return changed `outstanding`."""
    spans: list[int] = []
    """Days at whose end more than the tolerance was outstanding: pairs of first and first no longer (0: open)."""
    unpaid: list[int] = []
    """The same for anything above nothing; kept only when the tolerance is not 0.00."""
    shipment_id: str = ""
    """Of the opening balances only: the shipment it was made by."""
    base: tuple[int, Days, list[int], list[int]] | None = None
    """(outstanding, moved, spans, unpaid) at the beginning of `Facts.folded_before`, when its dispatch is older."""


class Money(Fact, array_like=True, kw_only=True, gc=False):
    """A fact that brings money: what of it is unapplied, and where the rest went, in order."""

    rest: int = 0
    allocations: list[Allocation] = []
    base: tuple[int, list[Allocation]] | None = None
    """(rest, allocations) at the beginning of `Facts.folded_before`, when the fact is older."""


class Dispatch(Fact, array_like=True, kw_only=True, gc=False):
    at: Instant = 0
    deal_id: str = ""
    """"" when the sender named none: the shipment is its own deal."""
    obligations: list[Obligation] = []
    returned: int = 0
    """Accepted returns so far."""
    returned_base: int = 0


class Payment(Money, array_like=True, kw_only=True, gc=False):
    amount: int = 0
    names: list[str] = []
    rate: str = ""


class Reversal(Fact, array_like=True, kw_only=True, gc=False):
    payment_id: str = ""
    amount: int = -1
    """In minor units of the payment's currency, before its rate; -1: all of the payment."""


class GoodsReturn(Money, array_like=True, kw_only=True, gc=False):
    """`rest` and `allocations` are of what exceeded the shipment's outstanding amounts."""

    shipment_id: str = ""
    amount: int = 0
    accepted: bool = False
    """A person accepted it although it came after the payment term."""


class Sale(Fact, array_like=True, kw_only=True, gc=False):
    amount: int = 0
    rate: str = ""
    scope: int = -1
    """Index of the book (`Client.books`) of the direction or territory in which it counts; -1: none."""


class SaleReturn(Fact, array_like=True, kw_only=True, gc=False):
    sale_id: str = ""
    amount: int = 0
    """In minor units of the sale's currency, before its rate."""
    recorded: Instant = 0
    """When it was appended: it decides whether the month of the sale is still open to it."""
    month: int = 0
    """Derived: the month it is booked to; 0 while its sale is not there."""
    booked: int = 0
    """Derived: its amount in the policy's currency."""
    scope: int = -1
    """Derived: that of its sale."""


class Limit(Fact, array_like=True, kw_only=True, gc=False):
    """`day` is the first day of the limit."""

    amount: int = -1
    """-1: no limit."""
    valid_until: Days = 0
    """The last day, included; 0: none."""
    recorded: int = 0
    """Order of recording: of two that start on one day the last recorded holds."""
    proof: Proof | None = None


class Registration(Fact, array_like=True, kw_only=True, gc=False):
    name: str = ""
    wholesaler: bool = False
    activities: list[str] = []
    territory: str = ""
    directions: list[str] = []


class Opening(Money, array_like=True, kw_only=True, gc=False):
    """Balances at the beginning of `day` of a client that existed before the system."""

    name: str = ""
    lifecycle: str = ""
    unapplied: int = 0
    obligations: list[Obligation] = []
    episodes: list[tuple[str, Days, Days]] = []
    """(obligation id, first overdue day, last overdue day)."""
    turnover: list[tuple[int, str, str, int]] = []
    """(month as year * 12 + month - 1, direction, territory, amount)."""
    outlets: list[dict[str, str]] = []
    documents: list[dict[str, str]] = []


class Waiting(msgspec.Struct, array_like=True, gc=False):
    """A reversal or return whose partner has not come: kept with its bytes until `until`, then a dead letter."""

    kind: str
    """The event's type, e.g. `payment.reversed`."""
    id: str
    partner: str
    until: Instant
    topic: str
    partition: int
    offset: int
    timestamp: Instant
    key: bytes | None
    value: bytes


class Facts(msgspec.Struct, array_like=True, gc=False):
    """By business id; a dispatch's is its shipment id. Withdrawn facts stay, `voided`, so that older revisions lose."""

    dispatches_kept: Kept[str, Dispatch] = msgspec.field(name="dispatches", default_factory=dict)
    """`dispatches`, or their bytes while nobody has looked (`kept`)."""
    payments_kept: Kept[str, Payment] = msgspec.field(name="payments", default_factory=dict)
    """`payments`, their bytes, or both (`kept.Appended`); likewise sales."""
    reversals: dict[str, Reversal] = {}
    returns: dict[str, GoodsReturn] = {}
    sales_kept: Kept[str, Sale] = msgspec.field(name="sales", default_factory=dict)
    sale_returns: dict[str, SaleReturn] = {}
    limits: dict[str, Limit] = {}
    registrations: dict[str, Registration] = {}
    openings: dict[str, Opening] = {}
    waiting: list[Waiting] = []
    """In order of `until`."""
    folded_before: Days = 0
    """Facts dated before this day are folded away: what of them still matters is in `base` of the ones that stay."""
    first_deal: str = ""
    """The first deal, once it is closed and folded away."""
    fold_looked: Days = 0
    """The horizon that folding last looked for."""
    count: int = 0
    """Of facts, all kinds together."""
    folded_ids: list[bytes] = []
    """Digests (`lookup.digest_of`) of the obligations folded away: money that names one is not kept for it."""
    changes: ObligationChanges = msgspec.field(default_factory=ObligationChanges)
    about: ClientFacts = msgspec.field(default_factory=ClientFacts)
    """About the client itself: documents, outlets, its end."""
    judgements: Judgements | None = None
    """Decisions of people beside limits; most clients have none."""

    deal: DealFacts | None = None
    """Goods and reports until the first deal is closed."""
    requests: Requests | None = None
    """None until the client asks, or is blocked."""

    def look(self) -> None:
        """Nothing stays bytes: what an older version wrote is written anew then, as this one writes it."""
        _ = self.dispatches, self.payments.values(), self.sales.values()

    def encoded(self) -> None:
        """To be called when the client is encoded: one that stays decoded is spared to look through bytes again."""
        payments: Any = self.payments_kept
        if type(payments) is Appended and payments.lasts():
            self.payments_kept = payments.all()
        sales: Any = self.sales_kept
        if type(sales) is Appended and sales.lasts():
            self.sales_kept = sales.all()

    @property
    def dispatches(self) -> dict[str, Dispatch]:
        kept: Any = self.dispatches_kept
        if type(kept) is Raw:
            kept = self.dispatches_kept = _dispatches(kept)
        return kept  # type: ignore[no-any-return]

    @property
    def payments(self) -> MutableMapping[str, Payment]:
        kept: Any = self.payments_kept
        if type(kept) is Raw:
            kept = kept_facts(kept, _payments)
            self.payments_kept = kept
        return kept  # type: ignore[no-any-return]

    @property
    def sales(self) -> MutableMapping[str, Sale]:
        kept: Any = self.sales_kept
        if type(kept) is Raw:
            kept = kept_facts(kept, _sales)
            self.sales_kept = kept
        return kept  # type: ignore[no-any-return]


_dispatches = Decoder(dict[str, Dispatch]).decode
_payments = Decoder(dict[str, Payment]).decode
_sales = Decoder(dict[str, Sale]).decode


class OpenObligation(msgspec.Struct, array_like=True, order=True, gc=False):
    """Where an obligation with something outstanding stands; ordered as money pays: oldest due first, then id."""

    due: Days
    id: str
    shipment_id: str
    index: int


class Run(msgspec.Struct, array_like=True, gc=False):
    """An ended run of overdue days, `first` through `last`, of one obligation."""

    first: Days
    last: Days
    due: Days
    """0: judged when it was reported (an opening balance)."""
    obligation_id: str
    shipment_id: str


class Position(msgspec.Struct, array_like=True, gc=False):
    """What follows from the facts up to day `day` (a fact dated later takes effect at the beginning of its day)."""

    day: Days = 0
    last_step: Step = (0, 0, "")
    """The last step taken: a fact that belongs before it takes a shortcut when provably equal, else all is replayed."""
    money_step: Step = (0, 0, "")
    """The last step that moved money."""
    idle_day: Days = 0
    """The last day on which general money was unapplied at some moment."""
    general_day: Days = 0
    """The last day on which general money (that names nobody, or left over) paid something."""
    general_due: Days = 0
    """The latest due date that general money ever reached."""
    open: list[OpenObligation] = []
    unspent: list[Step] = []
    """General money with something unapplied, oldest first (payments, excess of returns, the opening)."""
    kept: list[tuple[Days, str]] = []
    """Payments kept for a named obligation that is not there yet: (first day it may pay any, id), in this order."""
    late: list[Run] = []
    """Ended runs of overdue days that may touch the window, in order of ending."""
    ahead: list[Step] = []
    """Facts dated after `day`, in order."""
    outstanding: int = 0
    unapplied: int = 0
    """Kept money included."""
    turnover: dict[int, int] = {}
    """By month (year * 12 + month - 1), of the sales dated up to `day`."""
    deal_closed: tuple[Days, str] = (0, "")
    """(day, id) of the first deal's closing once that day is over, while no fact dated up to it has come since."""
    changed: list[tuple[str, int]] = []
    """Places (shipment id, index) of the obligations that were rescheduled or disputed, in the order they began."""


class Condition(msgspec.Struct, array_like=True, gc=False):
    since: Instant
    overridden: bool = False
    """A person's override covered it when it was last looked at: it blocks nothing."""


class Decided(msgspec.Struct, array_like=True, gc=False):
    """What has been decided and published."""

    risk_group: int = 0
    volume: str = "C"
    conditions: dict[str, Condition] = {}
    violations: int = 0
    flags: list[str] = []
    status: bytes = b""
    """The last published record of `client-status`, byte for byte once it is unpacked (`packing`)."""
    block: bytes = b""
    """The same of `shipment-blocks`; empty when there was none."""
    categories: PublishedCategories = msgspec.field(default_factory=PublishedCategories)
    deal: Start | None = None
    """The first deal has started: on what terms."""


class Client(msgspec.Struct, array_like=True, gc=False):
    id: str
    sequence: int = 0
    seen: int = 0
    """Number of the last broadcast taken."""
    instant: Instant = 0
    """The last instant this client was decided at."""
    deadline: Instant = 0
    """The earliest instant at which something may change by time alone."""
    limits_recorded: int = 0
    facts: Facts = msgspec.field(default_factory=Facts)
    position: Position = msgspec.field(default_factory=Position)
    decided: Decided = msgspec.field(default_factory=Decided)
    books: Books | None = None
    """Turnover and importance by scope; None before the first sale."""
