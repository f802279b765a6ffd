"""The first deal (source: «правила первой сделки»): its states, its moves, and where a client stands in it.

It starts with its first approval, or the unapproved dispatch with the earliest `at`, then id, and takes that shipment's
deal id (else shipment id). Its start and its entitlement are decisions, kept in the state (`first_deal_start`). All
else is derived from the facts and from the approvals' days, so that late facts and corrections come out the same.
"""

from typing import Final, NamedTuple

import msgspec

from schemas.records import NEVER
from streams.domain import first_deal_decisions, first_deal_payment
from streams.domain.deal_facts import Start
from streams.domain.first_deal_payment import Shipment
from streams.domain.judgement_facts import FirstDealDecision
from streams.domain.lookup import opening_in_force
from streams.domain.policy import Rules
from streams.domain.state import Client, Days, Instant

NONE: Final = "none"
STARTED: Final = "started"
OPEN: Final = "open"
RETURNED: Final = "returned"
STOPPED: Final = "stopped"
CLOSED: Final = "closed"
STATES: Final = (NONE, STARTED, OPEN, RETURNED, STOPPED, CLOSED)


_NO_DECISIONS: Final[list[FirstDealDecision]] = []


class Move(NamedTuple):
    """From one state to another, and on what ground. A correction may take a ground away and move a client back."""

    before: str
    after: str
    ground: str


MOVES: Final = (
    Move(NONE, STARTED, "a shipment is approved: its deal is the first, its entitlement is frozen"),
    Move(NONE, OPEN, "goods leave without an approval"),
    Move(STARTED, NONE, "everything approved expired or was cancelled or withdrawn: void"),
    Move(STARTED, OPEN, "goods leave"),
    Move(OPEN, CLOSED, "everything is paid, and no approval is open"),
    Move(OPEN, RETURNED, "everything came back within the payment term, or was accepted by a person"),
    Move(OPEN, CLOSED, "what is owed no longer was written off, and a person decides: close"),
    Move(RETURNED, OPEN, "further goods of the deal leave"),
    Move(RETURNED, CLOSED, "a person decides: close"),
    Move(RETURNED, NONE, "a person decides: restart"),
    Move(RETURNED, STOPPED, "a person decides: stop"),
    Move(STOPPED, CLOSED, "a person decides: close"),
    Move(STOPPED, NONE, "a person decides: restart"),
)
"""Every move; `docs/first-deal.md` shows them."""


class Deal(msgspec.Struct, frozen=True, gc=False):
    """The first deal of a client as of a day."""

    id: str
    state: str
    obligations: list[str]
    """Ids of its obligations, in order of dispatch; empty once it is closed."""
    shipments: list[str]
    """Ids of its shipments dispatched, in order; empty when it was found closed before."""
    approvals: list[str]
    """Ids of its shipments that are approved and have not left."""
    started_at: Instant
    since: Instant
    """A person let the client start anew then; 0: it is the client's first."""
    closed_on: Days
    """0: it is not closed."""
    earlier: list[str]
    """Shipments of the deals before it that a person let start anew."""

    @property
    def open(self) -> bool:
        """Not closed. Once closed at the end of a day (today: now) it stays so, whatever is reversed later."""
        return self.state != CLOSED

    @property
    def returned_in_full(self) -> bool:
        return self.state in (RETURNED, STOPPED)


def _found_closed(deal_id: str, closed_on: Days) -> Deal:
    return Deal(deal_id, CLOSED, [], [], [], 0, 0, closed_on, [])


def known_closed(client: Client, day: Days) -> bool:
    """Whether the first deal was closed before `day` and was found so already; False when that is not known."""
    return bool(client.facts.first_deal) or 0 < client.position.deal_closed[0] < day


def later(client: Client, deal: Deal | None, day: Days) -> Deal | None:
    """The deal as of a later day when time alone leaves it as it is, for sure: no approval of it can expire, and no
    judgement or fact dated ahead is known. None: that has to be looked at."""
    start, position = client.decided.deal, client.position
    if deal is None or client.facts.judgements is not None or position.ahead or position.kept:
        return None
    if (start is not None and start.approvals) or known_closed(client, day):
        return None
    if 0 < deal.closed_on < day:
        position.deal_closed = deal.closed_on, deal.id
    return deal


def of(rules: Rules, client: Client, day: Days, now: Instant = NEVER) -> Deal | None:
    """The first deal as of `now` on `day` (without `now`: its end); None before it starts, and for a client opened past
    its first deal."""
    facts, position = client.facts, client.position
    if facts.first_deal:
        return _found_closed(facts.first_deal, 0)
    if 0 < position.deal_closed[0] < day:
        return _found_closed(position.deal_closed[1], position.deal_closed[0])
    deal = derived(rules, client, day, now)
    if deal is not None and 0 < deal.closed_on < day:
        position.deal_closed = deal.closed_on, deal.id
    return deal


def opened_past(client: Client) -> bool:
    """Whether the opening balances bring a client that had closed its first deal before."""
    opening_id = opening_in_force(client) if client.facts.openings else None
    return opening_id is not None and client.facts.openings[opening_id].lifecycle not in ("new", "potential")


def derived(rules: Rules, client: Client, day: Days, now: Instant = NEVER) -> Deal | None:
    """The same, found anew from the facts."""
    if opened_past(client):
        return None
    since, earlier = 0, list[str]()
    decisions = _NO_DECISIONS
    if client.facts.judgements is not None:
        decisions = first_deal_decisions.up_to(client, min(now, rules.end_of(day)))
    for decision in decisions:
        if decision.decision == "restart":
            ended = _deal(rules, client, since, earlier, decision.day, NEVER, decisions)
            if ended is not None and ended.returned_in_full:
                since, earlier = decision.at, earlier + ended.shipments
    return _deal(rules, client, since, earlier, day, now, decisions)


def _deal(
    rules: Rules,
    client: Client,
    since: Instant,
    earlier: list[str],
    day: Days,
    now: Instant,
    decisions: list[FirstDealDecision],
) -> Deal | None:
    """The deal of what left since an instant, as of `now` on `day`, or its end when that is earlier."""
    now = min(now, rules.end_of(day))
    start = client.decided.deal
    if start is not None and start.at < since:
        start = None
    dispatched = first_deal_payment.dispatched(client, since, day)
    open_now = [] if start is None else [name for name, one in start.approvals.items() if one.open_at(day, now)]
    deal_id = _deal_id(start, dispatched, open_now)
    if not deal_id:
        return None
    if start is not None and start.deal_id != deal_id:
        start, open_now = None, []
    approvals = {} if start is None else start.approvals
    shipments = [one for one in dispatched if one.deal_id == deal_id or one.id in approvals]
    taken = [one for one in decisions if one.at >= since and one.day <= day]
    paid_on = first_deal_payment.paid_on(rules, client, shipments, list(approvals.values()), day, now)
    closed_on, stopped = _decided(rules, client, shipments, paid_on, taken)
    return Deal(
        deal_id,
        CLOSED if closed_on else STOPPED if stopped else _state(rules, client, shipments, day),
        [] if closed_on else [item.id for one in shipments for item in one.dispatch.obligations],
        [shipment.id for shipment in shipments],
        open_now,
        start.at if start is not None else shipments[0].dispatch.at,
        since,
        closed_on,
        earlier,
    )


def _deal_id(start: Start | None, dispatched: list[Shipment], open_now: list[str]) -> str:
    """The approved deal while anything of it is there, else that of the earliest dispatch; empty: none."""
    if start is not None and start.approved:
        its = [one for one in dispatched if one.deal_id == start.deal_id or one.id in start.approvals]
        if open_now or its:
            return start.deal_id
    return dispatched[0].deal_id if dispatched else ""


def _decided(
    rules: Rules, client: Client, shipments: list[Shipment], paid_on: Days, decisions: list[FirstDealDecision]
) -> tuple[Days, bool]:
    """(the day it closed, whether a person stopped it): by payment, unless a person was quicker; 0: it is not closed.

    A person closes what was returned or written off, and stops what was returned; further goods do not undo a stop.
    """
    stopped = False
    for decision in decisions:
        if paid_on and paid_on <= decision.day and not stopped:
            break
        if decision.decision == "close" and (stopped or first_deal_payment.is_settled(rules, shipments, decision.day)):
            return decision.day, False
        if decision.decision == "stop":
            stopped = stopped or first_deal_payment.returned_in_full(rules, client, shipments, decision.day)
    return (0, True) if stopped else (paid_on, False)


def _state(rules: Rules, client: Client, shipments: list[Shipment], day: Days) -> str:
    """Of a deal that is neither closed nor stopped."""
    if not shipments:
        return STARTED
    return RETURNED if first_deal_payment.returned_in_full(rules, client, shipments, day) else OPEN
