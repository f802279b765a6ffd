"""When a client last bought and last sold: the latest dispatch and the latest sale, whatever came after in the records.

Both are kept as facts come and found anew when one is changed or withdrawn; facts before the opening balances have no
effect, and what is folded away still counts.
"""

from collections.abc import Iterable

from streams.domain.client_facts import ClientFacts
from streams.domain.fact import Days, Fact
from streams.domain.lookup import opening_in_force
from streams.domain.state import Client


def dispatched_last(client: Client, day: Days) -> Days:
    """The day of the latest dispatch by `day`; 0: none."""
    about: ClientFacts = client.facts.about
    if about.dispatched_last <= day:
        return about.dispatched_last
    return _latest(client, client.facts.dispatches.values(), about.dispatched_folded, day)


def sold_last(client: Client, day: Days) -> Days:
    """The day of the latest sale by `day`; 0: none."""
    about: ClientFacts = client.facts.about
    if about.sold_last <= day:
        return about.sold_last
    return _latest(client, client.facts.sales.values(), about.sold_folded, day)


def last(client: Client, day: Days) -> Days:
    """The later of both; 0: neither."""
    about: ClientFacts = client.facts.about
    dispatched_on, sold_on = about.dispatched_last, about.sold_last
    if dispatched_on > day or sold_on > day:  # the usual client has nothing dated ahead
        dispatched_on, sold_on = dispatched_last(client, day), sold_last(client, day)
    return dispatched_on if dispatched_on > sold_on else sold_on


def last_fact(client: Client, day: Days) -> list[str]:
    """The id of the dispatch or sale of that day, the first in order of id; empty when it is folded away."""
    on = last(client, day)
    for facts in (client.facts.dispatches, client.facts.sales):
        ids = sorted(name for name, fact in facts.items() if not fact.voided and fact.day == on)
        if ids:
            return ids[:1]
    return []


def first_dispatch(client: Client, day: Days) -> list[str]:
    """The id of the first shipment by `day` that is still known; empty when there is none."""
    found = [(one.at, name) for name, one in client.facts.dispatches.items() if not one.voided and one.day <= day]
    return [min(found)[1]] if found else []


def dispatched(client: Client, on: Days, anew: bool) -> None:
    """Note a dispatch of the day `on`; `anew`: one that was known is changed or withdrawn."""
    about: ClientFacts = client.facts.about
    if anew:
        about.dispatched_last = _latest(client, client.facts.dispatches.values(), about.dispatched_folded)
    elif on > about.dispatched_last:
        about.dispatched_last = on


def sold(client: Client, on: Days, anew: bool) -> None:
    """Note a sale of the day `on`; `anew`: one that was known is changed or withdrawn."""
    about: ClientFacts = client.facts.about
    if anew:
        about.sold_last = _latest(client, client.facts.sales.values(), about.sold_folded)
    elif on > about.sold_last:
        about.sold_last = on


def opened(client: Client) -> None:
    """Other opening balances are in force: other facts come before them."""
    dispatched(client, 0, True)
    sold(client, 0, True)


def _latest(client: Client, facts: Iterable[Fact], folded: Days, day: Days | None = None) -> Days:
    opening_id = opening_in_force(client) if client.facts.openings else None
    begins = 0 if opening_id is None else client.facts.openings[opening_id].day
    days = [fact.day for fact in facts if not fact.voided and fact.day >= begins and (day is None or fact.day <= day)]
    return max(days, default=folded if folded >= begins else 0)
