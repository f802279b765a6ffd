"""Revisions of a fact: the highest replaces, a lower is ignored, an equal one must be the same."""

from schemas.events import Event
from streams.domain.policy import Rules
from streams.domain.refusals import CONFLICT, UNCHANGED, Accepted, Refused, folded, full
from streams.domain.state import Client, Fact


def repeated(known: Fact | None, event: Event) -> Accepted | Refused | None:
    """The answer to an event that does not replace the fact known under its id; None: it is new, or replaces it."""
    if known is None or event.revision > known.revision:
        return None
    if event.revision < known.revision or event.digest == known.digest:
        return UNCHANGED
    return CONFLICT


def settled(rules: Rules, client: Client, known: Fact | None, event: Event) -> Accepted | Refused | None:
    """The answer to an event whose revision, or the client's room and closed days, decide already; None: go on."""
    if known is None:
        return full(rules, client)
    answer = repeated(known, event)
    return folded(client, known) if answer is None else answer
