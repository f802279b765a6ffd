"""What is known of one client: facts by business id, and what follows from them.

Money is minor units of the policy's currency (converted once, when the fact is accepted). A *day* is a date's ordinal
(`date.toordinal`), in the company's time zone; 0 means none. An *instant* is milliseconds. Structs are arrays in the
snapshot (`array_like`), so a new field goes to the end and raises `STATE_VERSION`.

Facts are what senders said. `Position` is derived from them by `allocation`: replayed from its beginning, or moved on
by the newest fact, it must come out the same. `Decided` is what was decided and published, in the recorded order.
"""

import msgspec

Days = int
Instant = int

STATE_VERSION = 1


class Fact(msgspec.Struct, array_like=True, kw_only=True):
    """What every fact keeps for revisions: the highest wins, an equal one must have the same digest."""

    revision: int
    digest: bytes
    voided: bool = False


class Instalment(msgspec.Struct, array_like=True):
    obligation_id: str
    due: Days
    amount: int


class Dispatch(Fact, array_like=True, kw_only=True):
    day: Days = 0
    at: Instant = 0
    deal_id: str = ""
    instalments: list[Instalment] = []


class Payment(Fact, array_like=True, kw_only=True):
    day: Days = 0
    amount: int = 0
    names: list[str] = []
    rate: str = ""


class Reversal(Fact, array_like=True, kw_only=True):
    payment_id: str = ""
    day: Days = 0
    amount: int = -1
    """In minor units of the payment's currency, before its rate; -1: all of the payment."""


class GoodsReturn(Fact, array_like=True, kw_only=True):
    shipment_id: str = ""
    day: Days = 0
    amount: int = 0
    accepted: bool = False
    """A person accepted it although it came after the payment term."""


class Sale(Fact, array_like=True, kw_only=True):
    day: Days = 0
    amount: int = 0
    rate: str = ""


class SaleReturn(Fact, array_like=True, kw_only=True):
    sale_id: str = ""
    day: Days = 0
    amount: int = 0


class Limit(Fact, array_like=True, kw_only=True):
    amount: int = -1
    """-1: no limit."""
    valid_from: Days = 0
    valid_until: Days = 0
    recorded: int = 0
    """Order of recording: of two that start on one day the last recorded holds."""


class Registration(Fact, array_like=True, kw_only=True):
    name: str = ""
    wholesaler: bool = False
    activities: list[str] = []
    territory: str = ""
    directions: list[str] = []
    day: Days = 0


class Opening(Fact, array_like=True, kw_only=True):
    """Balances of a client that existed before the system."""

    day: Days = 0
    name: str = ""
    lifecycle: str = ""
    unapplied: int = 0
    obligations: list[tuple[str, str, Days, int]] = []
    """(obligation id, shipment id or "", due, outstanding)."""
    episodes: list[tuple[str, Days, Days]] = []
    """(obligation id, first overdue day, last overdue day)."""
    turnover: list[tuple[int, str, str, int]] = []
    """(month as year * 12 + month - 1, direction, territory, amount)."""
    outlets: list[dict[str, str]] = []
    documents: list[dict[str, str]] = []


class Waiting(msgspec.Struct, array_like=True):
    """A reversal or return whose partner has not come: kept with its bytes until `until`, then a dead letter."""

    kind: str
    id: str
    until: Instant
    topic: str
    partition: int
    offset: int
    timestamp: Instant
    value: bytes


class Facts(msgspec.Struct, array_like=True):
    dispatches: dict[str, Dispatch] = {}
    payments: dict[str, Payment] = {}
    reversals: dict[str, Reversal] = {}
    returns: dict[str, GoodsReturn] = {}
    sales: dict[str, Sale] = {}
    sale_returns: dict[str, SaleReturn] = {}
    limits: dict[str, Limit] = {}
    registration: Registration | None = None
    opening: Opening | None = None
    waiting: list[Waiting] = []


class Obligation(msgspec.Struct, array_like=True):
    """One instalment to be paid.

    `spans` are the days at whose end something was outstanding: [first such day, day it became nothing or 0 while
    open]. Overdue days and episodes follow from them and from `due`.
    """

    id: str
    shipment_id: str
    due: Days
    amount: int
    outstanding: int
    spans: list[list[int]] = []


class Money(msgspec.Struct, array_like=True):
    """Money that came in: what of it is unapplied, and where the rest went, in order."""

    rest: int
    allocations: list[tuple[str, int]] = []
    kept_for: list[str] = []
    """Named obligations that are not there yet; the rest is theirs through `kept_until`."""
    kept_until: Days = 0


class Position(msgspec.Struct, array_like=True):
    """What follows from the facts up to day `day` (a fact dated later takes effect at the beginning of its day)."""

    day: Days = 0
    last_step: tuple[int, int, str] = (0, 0, "")
    """(day, rank of the kind within a day, id) of the last step taken: an earlier one means to replay."""
    general_day: Days = 0
    """The last day on which money went where nobody named, or was unapplied: older facts commute only after it."""
    obligations: dict[str, Obligation] = {}
    open: list[str] = []
    """Ids with something outstanding, oldest due first, then id."""
    late: list[str] = []
    """Ids with at least one ended run of overdue days, in order of becoming so."""
    money: dict[str, Money] = {}
    """Of each payment by id (and of what a return or the opening left over, under `return/ID`, `opening`)."""
    outstanding: int = 0
    unapplied: int = 0
    turnover: dict[int, int] = {}
    """By month (year * 12 + month - 1)."""


class Condition(msgspec.Struct, array_like=True):
    since: Instant
    overridden: bool = False


class Decided(msgspec.Struct, array_like=True):
    """What has been decided and published."""

    risk_group: int = 0
    volume: str = "C"
    conditions: dict[str, Condition] = {}
    violations: int = 0
    flags: list[str] = []
    status: bytes = b""
    """The last published record of `client-status`, byte for byte."""
    block: bytes = b""
    """The last published record of `shipment-blocks`, byte for byte; empty when there was none."""


class Client(msgspec.Struct, array_like=True):
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
