"""What all judgements share: their proof, their place in a client's facts, when time alone changes what holds."""

from typing import Any, Final

import msgspec

from schemas.events import Judgement
from schemas.records import NEVER, Source
from streams.domain.judgement_facts import Judged, Judgements, Override, Proof
from streams.domain.policy import Rules
from streams.domain.refusals import Accepted, Refused
from streams.domain.revisions import settled
from streams.domain.state import Client, Days, Facts, Instant


class _Signer(msgspec.Struct):
    author: Any = None
    role: Any = None
    key_id: Any = None


_signer: Final = msgspec.json.Decoder(_Signer).decode
_AUTHOR_MAX: Final = 64
_NONE: Final = Judgements()
"""Never changed."""


def kept(client: Client) -> Judgements:
    """The client's judgements, to be read only."""
    return client.facts.judgements or _NONE


def booked(client: Client) -> Judgements:
    """The client's judgements, to be added to."""
    if client.facts.judgements is None:
        client.facts.judgements = Judgements()
    return client.facts.judgements


def refused(
    rules: Rules, client: Client, known: Judged | None, event: Judgement, wrong: Refused | None = None
) -> Accepted | Refused | None:
    """The answer to an event that is not to be booked: by its revision, for want of room, or, when it is no withdrawal,
    for what is `wrong` with it. None: book it; its room is taken."""
    answer = settled(rules, client, known, event)
    if answer is None and not event.voided:
        answer = wrong
    if answer is None and known is None:
        client.facts.count += 1
    return answer


def heading(
    rules: Rules, known: Judged | None, event: Judgement, at: Instant, day: Days, source: Source
) -> dict[str, Any]:
    """The fields of every judgement's fact: `at` is the event's own instant, `day` today; the proof names who signed
    (proven at admission) and where the record lies."""
    if event.voided:
        dated = known.day if known else day
    else:
        dated = rules.day_of(at)
    return {
        "revision": event.revision,
        "digest": event.digest,
        "voided": event.voided,
        "day": dated,
        "at": at,
        "proof": proof_of(event, source),
    }


def proof_of(event: Judgement, source: Source) -> Proof:
    """Who signed, and where the record lies."""
    if not event.voided:
        return Proof(event.author, event.role, event.key_id, source.partition, source.offset)
    # of a withdrawal only its identity was read; what the signature covers is there all the same
    signer = _signer(source.value or b"{}")
    author, role, key_id = (value if isinstance(value, str) else "" for value in msgspec.structs.astuple(signer))
    return Proof(author[:_AUTHOR_MAX], role, key_id, source.partition, source.offset)


def end_of(judgements: Judgements, override_id: str, override: Override) -> Instant:
    """From this instant on the override lifts nothing: its expiry, or the earliest revocation of it."""
    end = override.expires_at
    for revocation in judgements.revocations.values():
        if revocation.override_id == override_id and not revocation.voided and revocation.at < end:
            end = revocation.at
    return end


def next_instant(client: Client, now: Instant) -> Instant:
    """The first instant after `now` from which, by time alone, other judgements hold; NEVER when there is none."""
    judgements, earliest = kept(client), NEVER
    for override_id, override in judgements.overrides.items():
        end = end_of(judgements, override_id, override)
        if not override.voided and end > override.at and end > now:
            earliest = min(earliest, override.at if override.at > now else end)
    for facts in (judgements.breaches, judgements.clearings, judgements.first_deal):
        for judged in facts.values():
            if judged.at > now and not judged.voided:
                earliest = min(earliest, judged.at)
    return earliest


def count(facts: Facts) -> int:
    """How many judgements there are, limits apart."""
    judgements = facts.judgements
    if judgements is None:
        return 0
    return (
        len(judgements.breaches) + len(judgements.clearings) + len(judgements.overrides)
        + len(judgements.revocations) + len(judgements.first_deal)
    )  # fmt: skip


def any_older(facts: Facts, horizon: Days) -> bool:
    """Whether a judgement is dated before the day `horizon`."""
    judgements = facts.judgements
    if judgements is None:
        return False
    return any(
        judged.day < horizon
        for kind in (
            judgements.breaches,
            judgements.clearings,
            judgements.overrides,
            judgements.revocations,
            judgements.first_deal,
        )
        for judged in kind.values()
    )


def drop(rules: Rules, facts: Facts, horizon: Days) -> None:
    """Forget what is dated before the day `horizon` and can matter no more: breaches cleared by then with their
    clearings, overrides ended by then with their revocations, first deal decisions but the last and restarts."""
    judgements = facts.judgements
    if judgements is None:
        return
    begins = rules.midnight(horizon)
    old_clearings = [one for one in judgements.clearings.values() if one.day < horizon and not one.voided]
    cleared = dict.fromkeys(one.conduct_id for one in old_clearings)
    judgements.breaches = {
        name: one
        for name, one in judgements.breaches.items()
        if one.day >= horizon or not (one.voided or name in cleared)
    }
    judgements.overrides = {
        name: one
        for name, one in judgements.overrides.items()
        if one.day >= horizon or not (one.voided or one.expires_at <= begins)
    }
    judgements.clearings = {
        name: one
        for name, one in judgements.clearings.items()
        if one.day >= horizon or (not one.voided and one.conduct_id in judgements.breaches)
    }
    judgements.revocations = {
        name: one
        for name, one in judgements.revocations.items()
        if one.day >= horizon or (not one.voided and one.override_id in judgements.overrides)
    }
    decisions = [(one.at, name) for name, one in judgements.first_deal.items() if not one.voided]
    last = max(decisions)[1] if decisions else ""
    judgements.first_deal = {
        name: one
        for name, one in judgements.first_deal.items()
        if one.day >= horizon or name == last or one.decision == "restart"
    }
