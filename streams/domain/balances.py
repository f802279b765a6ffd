"""Booking of what stands at the side: opening balances, registration, credit limits."""

from schemas.events import ClientOpened, ClientRegistered, CreditLimitSet
from schemas.records import Source
from streams.domain import activity, allocation, profile, volume_category
from streams.domain.importance.telling import book_of, registered_on, scope_of
from streams.domain.judgements import proof_of
from streams.domain.money import convert
from streams.domain.policy import Rules
from streams.domain.refusals import KEPT, Accepted, Refused, full, rate_of
from streams.domain.revisions import repeated
from streams.domain.state import Client, Days, Instant, Limit, Obligation, Opening, Registration
from streams.domain.waiting import release, release_changes


def registered(
    rules: Rules, client: Client, event: ClientRegistered, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`client.registered`; a higher revision updates."""
    known = client.facts.registrations.get(event.id)
    answer = repeated(known, event)
    if answer is not None:
        return answer
    refused = full(rules, client) if known is None else None
    if refused is not None:
        return refused
    client.facts.count += known is None
    client.facts.registrations[event.id] = Registration(
        revision=event.revision,
        digest=event.digest,
        voided=event.voided,
        day=day if event.voided else event.registered_on.toordinal(),
        name=event.name,
        wholesaler=event.wholesaler,
        activities=event.activities,
        territory=event.territory or "",
        directions=event.directions,
    )
    profile.forget(client)
    if client.books is not None:
        client.books.register(registered_on(client))
    return KEPT


def limited(
    rules: Rules, client: Client, event: CreditLimitSet, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`credit_limit.set`, its signature already proven."""
    known = client.facts.limits.get(event.id)
    answer = repeated(known, event)
    if answer is not None:
        return answer
    refused = full(rules, client) if known is None else None
    if refused is not None:
        return refused
    amount = event.amount_minor
    rate = "" if event.voided or amount is None else rate_of(rules, event.currency, event.rate, amount)
    if isinstance(rate, Refused):
        return rate
    client.limits_recorded += 1
    client.facts.count += known is None
    client.facts.limits[event.id] = Limit(
        revision=event.revision,
        digest=event.digest,
        voided=event.voided,
        day=day if event.voided else event.valid_from.toordinal(),
        amount=-1 if amount is None else convert(amount, rate),
        valid_until=event.valid_until.toordinal() if event.valid_until is not None else 0,
        recorded=client.limits_recorded,
        proof=proof_of(event, source),
    )
    return KEPT


def opened(
    rules: Rules, client: Client, event: ClientOpened, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`client.opened`: balances that count like the facts they replace; facts dated before lose their effect."""
    facts = client.facts
    known = facts.openings.get(event.id)
    answer = repeated(known, event)
    if answer is not None:
        return answer
    refused = full(rules, client) if known is None else None
    if (known is not None and known.base is not None) or (
        not event.voided and event.as_of.toordinal() < facts.folded_before
    ):
        remedy = "Correct the client by new documents: the days of its opening are closed."
        refused = refused or Refused("too_late", "as_of", remedy)
    if not event.voided and event.as_of.toordinal() > day:
        remedy = "Send the opening balances on their day or later: until then the facts before them count."
        refused = refused or Refused("future_dated", "as_of", remedy)
    if refused is not None:
        return refused
    rate = "" if event.voided else rate_of(rules, event.currency, event.rate, _largest(event))
    if isinstance(rate, Refused):
        return rate
    if event.voided:
        fact = Opening(revision=event.revision, digest=event.digest, voided=True, day=known.day if known else day)
    else:
        fact = _opening(event, rate)
    for _, direction, territory, _ in fact.turnover:
        book_of(client, scope_of(direction, territory, bool(territory)))
    facts.openings[event.id] = fact
    facts.count += known is None
    for one in fact.obligations:
        release(client, ("goods.returned",), one.shipment_id)
    release_changes(client, [one.id for one in fact.obligations])
    profile.forget(client)
    activity.opened(client)
    allocation.replay(rules, client, day)
    before = client.position.turnover
    volume_category.recount(rules, client, day)
    months = sorted(dict.fromkeys([*before, *client.position.turnover]))
    return Accepted(True, 1, months[0] if months else 0, True)


def _largest(event: ClientOpened) -> int:
    """The largest total of the opening, in minor units of its currency."""
    owed = sum(one.amount_minor for one in event.obligations)
    return max(owed, event.unapplied_minor, sum(abs(one.amount_minor) for one in event.turnover))


def _opening(event: ClientOpened, rate: str) -> Opening:
    return Opening(
        revision=event.revision,
        digest=event.digest,
        day=event.as_of.toordinal(),
        name=event.name,
        lifecycle=event.lifecycle,
        unapplied=convert(event.unapplied_minor, rate),
        obligations=[
            Obligation(
                one.obligation_id,
                one.due_date.toordinal(),
                convert(one.amount_minor, rate),
                shipment_id=one.shipment_id or "",
            )
            for one in event.obligations
        ],
        episodes=[(one.obligation_id, one.first_day.toordinal(), one.last_day.toordinal()) for one in event.violations],
        turnover=[
            (_month(one.month), one.direction or "", one.territory or "", convert(one.amount_minor, rate))
            for one in event.turnover
        ],
        outlets=event.outlets,
        documents=event.documents,
    )


def _month(text: str) -> int:
    year, month = text.split("-")
    return int(year) * 12 + int(month) - 1
