"""Booking of what people change about an obligation: rescheduled, disputed, resolved, written off."""

from schemas.events import ObligationDisputed, ObligationRescheduled, ObligationResolved, ObligationWrittenOff
from schemas.records import Source
from streams.domain import allocation, obligation_changes
from streams.domain.changes import Change
from streams.domain.policy import Rules
from streams.domain.refusals import Accepted, Refused, too_old
from streams.domain.revisions import settled
from streams.domain.state import Client, Days, Instant
from streams.domain.waiting import OBLIGATION_KINDS, no_room, stop_waiting, wait

ObligationEvent = ObligationRescheduled | ObligationDisputed | ObligationResolved | ObligationWrittenOff


def changed(
    rules: Rules, client: Client, event: ObligationEvent, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`obligation.*`; waits for its obligation. Such facts are rare and change the past: the client is replayed."""
    facts: dict[str, Change] = getattr(client.facts.changes, OBLIGATION_KINDS[event.type])
    known = facts.get(event.id)
    answer = settled(rules, client, known, event)
    if answer is not None:
        return answer
    waits = False
    if event.voided:
        fact = Change(
            revision=event.revision,
            digest=event.digest,
            voided=True,
            day=known.day if known else day,
            obligation_id=known.obligation_id if known else "",
        )
    else:
        on = event.on.toordinal()
        waits = not obligation_changes.places(client, event.obligation_id)
        refused = too_old(client, on, "on") or (no_room(rules, client) if waits else None)
        if refused is not None:
            return refused
        fact = Change(
            revision=event.revision,
            digest=event.digest,
            day=on,
            obligation_id=event.obligation_id,
            author=event.author,
            due_stated=event.due_date.toordinal() if isinstance(event, ObligationRescheduled) else 0,
        )
    facts[event.id] = fact
    client.facts.count += known is None
    stop_waiting(client, event.type, event.id)
    if waits:
        wait(rules, client, event, event.obligation_id, at, source)
    allocation.replay(rules, client, client.position.day)
    return Accepted(True, min(known.day, fact.day) if known else fact.day, 0, True)
