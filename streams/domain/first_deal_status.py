"""What the status says of the first deal."""

from datetime import date

import msgspec

from streams.domain import first_deal_entitlement
from streams.domain.first_deal import Deal
from streams.domain.money import text
from streams.domain.outputs import encode
from streams.domain.policy import Rules
from streams.domain.state import Client
from streams.domain.view import View


class FirstDeal(msgspec.Struct, gc=False):
    deal_id: str
    state: str
    started_at: str
    closed_on: str | None
    entitlement: str
    rrp_dispatched: str
    outlets: list[str]


def encoded(rules: Rules, client: Client, deal: Deal) -> bytes:
    """The deal as JSON."""
    start = first_deal_entitlement.terms(rules, client, deal)
    goods = [first_deal_entitlement.goods_of(client, shipment_id) for shipment_id in deal.shipments]
    return encode(
        FirstDeal(
            deal.id,
            deal.state,
            rules.instant_text(deal.started_at),
            date.fromordinal(deal.closed_on).isoformat() if deal.closed_on else None,
            text(start.entitlement),
            text(sum(first_deal_entitlement.dispatched(client, deal).values())),
            sorted({one.outlet_id for one in goods if one.outlet_id}),
        )
    )


def of(rules: Rules, client: Client, view: View) -> bytes:
    """The first deal as of the view, `null` before it starts."""
    if view.deal is not None:
        return encoded(rules, client, view.deal)
    start = client.decided.deal
    return start.said if start is not None and start.said else b"null"
