"""The decisions about a first deal: that it has started, on what terms, and what is approved of it.

They are taken in the recorded order and kept, whatever comes later: outlets that close leave the entitlement as it is.
"""

from streams.domain import first_deal, first_deal_entitlement, first_deal_status
from streams.domain.deal_facts import Approval
from streams.domain.first_deal import Deal
from streams.domain.policy import Rules
from streams.domain.request_reasons.reason import Request
from streams.domain.state import Client, Days, Instant


def record(rules: Rules, client: Client, now: Instant, day: Days) -> Deal | None:
    """Write down a start that has come, and forget one that is void; called before each decision.

    Gives the first deal as of `now` while it is not closed for good.
    """
    decided = client.decided
    if first_deal.known_closed(client, day):
        folded = bool(client.facts.first_deal)
        untold = decided.deal is not None and not decided.deal.said and not folded
        if untold or (client.facts.deal is not None and (folded or decided.deal is None)):
            _finish(rules, client, first_deal.derived(rules, client, day))
        return None
    if decided.deal is None and not client.facts.dispatches:
        return None
    deal = first_deal.of(rules, client, day, now)
    if deal is None:
        decided.deal = None
    elif not deal.open and deal.closed_on < day:
        _finish(rules, client, deal)
        return None
    elif decided.deal is None or not first_deal_entitlement.is_of(decided.deal, deal):
        decided.deal = first_deal_entitlement.granted(rules, client, deal.id, deal.started_at, approved=False)
    elif decided.deal.said:
        decided.deal.said = b""  # a late fact has opened it again
    return deal


def _finish(rules: Rules, client: Client, deal: Deal | None) -> None:
    """The deal is closed: what it was stays as the status says it. Goods and reports go once no fact can be dated
    before the closing any more: one that comes late may open it again and asks for them."""
    start = client.decided.deal
    if (start is None or not start.said) and deal is not None and not deal.open:
        start = first_deal_entitlement.terms(rules, client, deal)
        start.said = first_deal_status.encoded(rules, client, deal)
        client.decided.deal = start
    kept = client.facts.deal
    if kept is not None and client.facts.first_deal:
        client.facts.count -= len(kept.reports)
        client.facts.deal = None


def approve(rules: Rules, client: Client, request: Request, now: Instant, day: Days, expires: Instant) -> None:
    """An approval of a request is recorded as one of the first deal, when it is; the first one starts it."""
    if first_deal.known_closed(client, day) or first_deal.opened_past(client):
        return
    deal = first_deal.of(rules, client, day, now)
    deal_id = request.deal_id or request.shipment_id
    if deal is not None and (not deal.open or deal.id != deal_id):
        return
    start = client.decided.deal
    if start is None or deal is None or not first_deal_entitlement.is_of(start, deal):
        start = first_deal_entitlement.granted(rules, client, deal_id, now, approved=True)
    covered = min(request.amount, first_deal_entitlement.uncovered_money(client, deal))
    start.approved = True
    before = start.approvals.get(request.shipment_id)  # of a lower revision: it kept the deal open in its time
    since = day if before is None else before.since
    start.approvals[request.shipment_id] = Approval(
        request.outlet_id, request.amount, request.rrp, covered, since, expires
    )
    client.decided.deal = start


def open_again(client: Client, shipment_id: str) -> bool:
    """The dispatch that ended an approval was withdrawn; whether that approval was one of the first deal."""
    start = client.decided.deal
    if start is None or shipment_id not in start.approvals:
        return False
    start.approvals[shipment_id].until = 0
    return True


def ended(client: Client, shipment_id: str, day: Days) -> None:
    """An approval ended on `day`: its goods left, or it was cancelled, withdrawn or expired."""
    start = client.decided.deal
    if start is not None and shipment_id in start.approvals and not start.approvals[shipment_id].until:
        start.approvals[shipment_id].until = day
