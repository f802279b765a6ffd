"""What follows from the facts about the client alone: documents, outlets, registration, opening balances.

It changes on few days, so it is kept in the state with the days for which it holds.
"""

from streams.domain import documents, mall_outlets, outlets, periods, registration, sales_type
from streams.domain.client_facts import Profile
from streams.domain.fact import Days
from streams.domain.lookup import opening_in_force
from streams.domain.outputs import encode
from streams.domain.policy import Rules
from streams.domain.state import Client


def of(rules: Rules, client: Client, day: Days) -> Profile:
    """The profile on `day`; do not change it."""
    kept = client.facts.about.profile
    if kept.since <= day < kept.until and kept.mark == rules.mark:
        return kept
    return _found(rules, client, day)


def keep(rules: Rules, client: Client, day: Days) -> None:
    """Let the state hold the profile of `day`, which is today."""
    client.facts.about.profile = of(rules, client, day)


def forget(client: Client) -> None:
    """Facts about the client have changed: the next question looks at them."""
    client.facts.about.profile.until = 0


def _found(rules: Rules, client: Client, day: Days) -> Profile:
    about = client.facts.about
    closings = [fact.day for fact in about.closings.values() if not fact.voided]
    registrations = [fact.day for fact in client.facts.registrations.values() if not fact.voided]
    until = min(
        documents.next_day(rules, client, day),
        outlets.next_day(rules, client, day),
        periods.next_border([*closings, *registrations], day),
    )
    known, registered = documents.as_of(rules, client, day), registration.in_force(client, day)
    active = outlets.details(rules, client, day)
    opening_id = opening_in_force(client) if client.facts.openings else None
    opening = None if opening_id is None else client.facts.openings[opening_id]
    return Profile(
        mark=rules.mark,
        since=day,
        until=until,
        unsigned=len(documents.ever_signed(known)) < len(documents.REQUIRED),
        missing=documents.missing(known),
        ended=bool(documents.ended(known)),
        documents=encode(documents.listed(rules, known)),
        sales_type=sales_type.of(rules, registered, len(active)),
        activities=registration.activities(rules, registered),
        outlets_active=list(active),
        mall_outlets=mall_outlets.of(rules, active),
        closed_on=max((on for on in closings if on <= day), default=0),
        opened_on=0 if opening is None else opening.day,
        opened_as="" if opening is None else opening.lifecycle,
        opened_owing=opening is not None and bool(opening.obligations),
    )
