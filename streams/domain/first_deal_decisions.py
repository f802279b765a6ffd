"""What people decided about a first deal that was returned in full: close, restart or stop."""

from schemas.events import FirstDealDecided
from schemas.records import Source
from streams.domain.judgement_facts import FirstDealDecision
from streams.domain.judgements import booked, heading, kept, refused
from streams.domain.policy import Rules
from streams.domain.refusals import KEPT, Accepted, Refused
from streams.domain.state import Client, Days, Instant


def decided(
    rules: Rules, client: Client, event: FirstDealDecided, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`first_deal.decided`, its signature already proven."""
    known = kept(client).first_deal.get(event.id)
    answer = refused(rules, client, known, event)
    if answer is not None:
        return answer
    booked(client).first_deal[event.id] = FirstDealDecision(
        **heading(rules, known, event, event.at_ms, day, source),
        decision=event.decision,
        reason=event.reason,
    )
    client.position.deal_closed = 0, ""  # a revised or withdrawn decision may have been what closed it
    return KEPT


def up_to(client: Client, until: Instant) -> list[FirstDealDecision]:
    """The decisions dated up to an instant, in order; of two at one instant the greater id is the later."""
    judgements = client.facts.judgements
    if judgements is None or not judgements.first_deal:
        return []
    found = [(one.at, name) for name, one in judgements.first_deal.items() if not one.voided and one.at <= until]
    return [judgements.first_deal[name] for _, name in sorted(found)]


def last(client: Client, since: Instant, until: Instant) -> tuple[str, FirstDealDecision] | None:
    """(id, decision) of the last decision dated from `since` through `until`, of two at one instant the greater id."""
    judgements = client.facts.judgements
    if judgements is None or not judgements.first_deal:
        return None
    found = [
        (one.at, name) for name, one in judgements.first_deal.items() if not one.voided and since <= one.at <= until
    ]
    if not found:
        return None
    name = max(found)[1]
    return name, judgements.first_deal[name]
