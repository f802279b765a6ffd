"""What a first deal may take (source: «$200 в р.р.ц. в одну торговую точку»; a chain from 3 outlets may take more).

Below a chain the limit holds for each outlet; a chain has it times its active outlets, freely spread; a client without
outlets counts as one. What money not yet applied covers is no credit and does not count.
"""

from typing import NamedTuple

from streams.domain import profile
from streams.domain.deal_facts import Approval, Goods, Start
from streams.domain.first_deal import Deal
from streams.domain.policy import Rules
from streams.domain.state import Client, Instant


class Excess(NamedTuple):
    """More than the first deal may take, in minor units."""

    limit: int
    taken: int
    outlet_id: str
    """Of one outlet; empty: of the deal together."""


def granted(rules: Rules, client: Client, deal_id: str, at: Instant, *, approved: bool) -> Start:
    """The terms of a deal that starts at an instant, by the outlets active that day."""
    outlets = len(profile.of(rules, client, rules.day_of(at)).outlets_active)
    most = rules.first_deal_rrp_max
    return Start(deal_id, at, approved, most, most * max(outlets, 1), outlets >= rules.chain_outlets_min)


def terms(rules: Rules, client: Client, deal: Deal) -> Start:
    """The terms frozen when the deal started; as they will be when that is still to come."""
    start = client.decided.deal
    if start is not None and is_of(start, deal):
        return start
    return granted(rules, client, deal.id, deal.started_at, approved=False)


def is_of(start: Start, deal: Deal) -> bool:
    """Whether a recorded start is that of this deal."""
    return start.deal_id == deal.id and start.at >= deal.since


def counted(rrp: int, amount: int, covered: int) -> int:
    """RRP × (amount − covered) ÷ amount, rounded up to the cent: what of a shipment is credit."""
    return -(-rrp * (amount - covered) // amount) if amount else 0


def taken(client: Client, deal: Deal) -> dict[str, int]:
    """What the deal has taken by outlet: what left, then what is approved ("": without an outlet)."""
    by_outlet = dispatched(client, deal)
    for one in open_approvals(client, deal).values():
        by_outlet[one.outlet_id] = by_outlet.get(one.outlet_id, 0) + counted(one.rrp, one.amount, one.covered)
    return by_outlet


def dispatched(client: Client, deal: Deal) -> dict[str, int]:
    """What left of the deal by outlet."""
    by_outlet: dict[str, int] = {}
    for shipment_id in deal.shipments:
        goods = goods_of(client, shipment_id)
        amount = sum(one.amount for one in client.facts.dispatches[shipment_id].obligations)
        credit = counted(goods.rrp, amount, min(amount, _covered(client, shipment_id)))
        by_outlet[goods.outlet_id] = by_outlet.get(goods.outlet_id, 0) + credit
    return by_outlet


def gone(client: Client, deal: Deal) -> int:
    """RRP of all that left of the deal, covered or not: at least what `dispatched` counts."""
    return sum([goods_of(client, shipment_id).rrp for shipment_id in deal.shipments])


def open_approvals(client: Client, deal: Deal) -> dict[str, Approval]:
    """Approvals of the deal whose goods have not left, by shipment id."""
    start = client.decided.deal
    return {} if start is None else {name: start.approvals[name] for name in deal.approvals}


def goods_of(client: Client, shipment_id: str) -> Goods:
    """What a dispatch held; when that is not known, its payable amount stands for the price."""
    kept = client.facts.deal
    if kept is not None and shipment_id in kept.goods:
        return kept.goods[shipment_id]
    return Goods("", sum(one.amount for one in client.facts.dispatches[shipment_id].obligations))


def _covered(client: Client, shipment_id: str) -> int:
    """What money that had come by the day of the dispatch paid of it."""
    facts, covered = client.facts, 0
    day = facts.dispatches[shipment_id].day
    for money in (facts.payments, facts.returns, facts.openings):
        for one in money.values():
            if one.day <= day and not one.voided:
                for to, _, amount in one.allocations:
                    if to == shipment_id:
                        covered += amount
    return covered


def uncovered_money(client: Client, deal: Deal | None) -> int:
    """Money not yet applied that no open approval counts on."""
    return max(0, client.position.unapplied - money_held(client, deal))


def money_held(client: Client, deal: Deal | None) -> int:
    """Money on which open approvals count."""
    return sum(one.covered for one in open_approvals(client, deal).values()) if deal is not None else 0


def excess(start: Start, by_outlet: dict[str, int]) -> Excess | None:
    """By how much more than its terms a deal has taken, or would; None: it is within them."""
    if not start.pooled:
        for outlet_id, rrp in by_outlet.items():
            if rrp > start.outlet_rrp_max:
                return Excess(start.outlet_rrp_max, rrp, outlet_id)
    together = sum(by_outlet.values())
    return Excess(start.entitlement, together, "") if together > start.entitlement else None
