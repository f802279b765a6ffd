"""Conduct: a person records a breach of a requirement or of ethics; it blocks the client until a person clears it."""

from typing import Final

from schemas.dead_letters import PARTNER_MISSING
from schemas.events import ConductCleared, ConductRecorded
from schemas.records import Source
from streams.domain.judgement_facts import Breach, Clearing
from streams.domain.judgements import booked, heading, kept, refused
from streams.domain.policy import Rules
from streams.domain.refusals import KEPT, Accepted, Refused
from streams.domain.state import Client, Days, Instant

_NO_BREACH: Final = Refused(
    PARTNER_MISSING, "conduct_id", "Name a breach recorded of this client by its id; nothing was cleared."
)


def recorded(
    rules: Rules, client: Client, event: ConductRecorded, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`conduct.recorded`, its signature already proven."""
    known = kept(client).breaches.get(event.id)
    answer = refused(rules, client, known, event)
    if answer is not None:
        return answer
    booked(client).breaches[event.id] = Breach(
        **heading(rules, known, event, event.at_ms, day, source),
        kind=event.kind,
        evidence=event.evidence,
    )
    return KEPT


def cleared(
    rules: Rules, client: Client, event: ConductCleared, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`conduct.cleared`, its signature already proven; refused when no such breach was recorded: a mistyped id must not
    look like a cleared client."""
    missing = None if event.conduct_id in kept(client).breaches else _NO_BREACH
    known = kept(client).clearings.get(event.id)
    answer = refused(rules, client, known, event, missing)
    if answer is not None:
        return answer
    booked(client).clearings[event.id] = Clearing(
        **heading(rules, known, event, event.at_ms, day, source),
        conduct_id=event.conduct_id,
        reason=event.reason,
    )
    return KEPT


def uncleared(client: Client, instant: Instant) -> list[tuple[str, Breach]]:
    """(id, breach) of every breach that counts at an instant, the oldest first."""
    judgements = client.facts.judgements
    if judgements is None or not judgements.breaches:
        return []
    cleared_ids = dict.fromkeys(
        one.conduct_id for one in judgements.clearings.values() if not one.voided and one.at <= instant
    )
    found = [
        (breach.at, name)
        for name, breach in judgements.breaches.items()
        if not breach.voided and breach.at <= instant and name not in cleared_ids
    ]
    return [(name, judgements.breaches[name]) for _, name in sorted(found)]
