"""Booking of facts about the client itself: documents signed and ended, outlets opened and closed, the client closed.

They have no age: one dated ahead counts from its date, and none is too late. Only what the opening balances include is
refused.
"""

from typing import TypeVar

from schemas.events import ClientClosed, DocumentEnded, DocumentSigned, Event, OutletClosed, OutletOpened
from schemas.records import Source
from streams.domain import profile
from streams.domain.client_facts import ClientClosing, Ending, OutletClosing, OutletOpening, Signing
from streams.domain.fact import Fact
from streams.domain.policy import Rules
from streams.domain.refusals import KEPT, Accepted, Refused, before_opening, full
from streams.domain.revisions import repeated
from streams.domain.state import Client, Days, Instant

_FactT = TypeVar("_FactT", bound=Fact)


def document_signed(
    rules: Rules, client: Client, event: DocumentSigned, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`document.signed`."""
    fact = Signing(
        revision=event.revision,
        digest=event.digest,
        day=event.on.toordinal(),
        document=event.document,
        number=event.number,
        form=event.form,
    )
    return _booked(rules, client, client.facts.about.signings, event, fact, day)


def document_ended(
    rules: Rules, client: Client, event: DocumentEnded, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`document.ended`."""
    on = event.on.toordinal()
    fact = Ending(revision=event.revision, digest=event.digest, day=on, document=event.document, number=event.number)
    return _booked(rules, client, client.facts.about.endings, event, fact, day)


def outlet_opened(
    rules: Rules, client: Client, event: OutletOpened, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`outlet.opened`."""
    fact = OutletOpening(
        revision=event.revision,
        digest=event.digest,
        day=event.on.toordinal(),
        outlet_id=event.outlet_id,
        territory=event.territory,
        mall=event.mall or "",
    )
    return _booked(rules, client, client.facts.about.outlets_opened, event, fact, day)


def outlet_closed(
    rules: Rules, client: Client, event: OutletClosed, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`outlet.closed`."""
    on = event.on.toordinal()
    fact = OutletClosing(revision=event.revision, digest=event.digest, day=on, outlet_id=event.outlet_id)
    return _booked(rules, client, client.facts.about.outlets_closed, event, fact, day)


def client_closed(
    rules: Rules, client: Client, event: ClientClosed, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`client.closed`."""
    fact = ClientClosing(revision=event.revision, digest=event.digest, day=event.on.toordinal())
    return _booked(rules, client, client.facts.about.closings, event, fact, day)


def _booked(
    rules: Rules, client: Client, facts: dict[str, _FactT], event: Event, fact: _FactT, day: Days
) -> Accepted | Refused:
    """Keep the fact under the event's id; withdrawn, it is its identity and nothing else."""
    known = facts.get(event.id)
    answer = repeated(known, event)
    if answer is not None:
        return answer
    refused = full(rules, client) if known is None else None
    if event.voided:
        fact.voided, fact.day = True, known.day if known is not None else day
    else:
        refused = refused or before_opening(client, fact.day, "on")
    if refused is not None:
        return refused
    facts[event.id] = fact
    client.facts.count += known is None
    profile.forget(client)
    return KEPT
