"""Records without a client, folded into what a partition's clients share: `payments.completed`, `policy.activated`."""

from typing import Final

from schemas.activation import policy_of
from schemas.dead_letters import CONFLICTING_REVISION, KEY_MISSING, POLICY_INVALID
from schemas.decoding import decode
from schemas.events import PaymentsCompleted, PolicyActivated
from schemas.records import NEVER, Instant, Reach, Rejected, Source
from streams.domain.ages import check_age
from streams.domain.outputs import BroadcastCause, Cause, PolicyCause
from streams.domain.policy import Rules
from streams.domain.shared import Broadcast, Completed, Shared, Standing, policy_bytes
from streams.domain.state import Client

KEY_IS_MISSING: Final = Rejected(KEY_MISSING, "key", "Send the record again with its client_id as key.")


def take(shared: Shared, source: Source, at: Instant) -> Reach | Rejected | None:
    """Which clients the record concerns; None when it changes nothing; or why it does not count."""
    event = decode(source.topic, source.value)
    if isinstance(event, Rejected):
        return event
    if isinstance(event, PaymentsCompleted):
        return _completed(shared, event, source, at)
    if isinstance(event, PolicyActivated):
        return _activated(shared, event, source, at)
    return KEY_IS_MISSING


def cause(broadcast: Broadcast, rules: Rules) -> Cause:
    """The cause of what a client publishes when it takes the broadcast; `rules` are those after it."""
    place = broadcast.topic, broadcast.partition, broadcast.offset
    if broadcast.policy:
        return PolicyCause(rules.version, broadcast.id, *place)
    return BroadcastCause(broadcast.id, broadcast.type, *place)


def judges(client: Client, before: Standing, statement: Broadcast) -> bool:
    """Whether a `payments.completed` judges something of the client that was not judged for it `before`."""
    old, new = before.completed_through, statement.completed_through
    if new < old:
        return True  # taken back: what it judged is to be looked at again
    if client.position.changed:
        return True  # days under an earlier due date, or before a dispute, may be judged: nothing below remembers them
    for place in client.position.open:
        if place.due > new:
            break
        if place.due > old:
            return True
    return any(old < run.due <= new for run in client.position.late)


def _completed(shared: Shared, event: PaymentsCompleted, source: Source, at: Instant) -> Reach | Rejected | None:
    """Accounting has posted through a day. The highest revision of an id holds, the latest day of all ids counts."""
    rules, before = shared.current.rules, shared.current.completed_through
    why = check_age(rules, event, source.timestamp)
    if why is not None:
        return why
    known = shared.completed.get(event.id)
    if known is not None and known.revision >= event.revision:
        if known.revision > event.revision or known.digest == event.digest:
            return None
        return Rejected(CONFLICTING_REVISION, "revision", "Send the changed statement with a higher revision.")
    oldest = rules.day_of(at) - rules.window_days - rules.correction_days
    through = shared.complete(event.id, Completed(event.revision, event.digest, event.through.toordinal()), oldest)
    if through == before:
        return None
    reach = shared.reach_of_completion(through)
    return _append(shared, source, at, event.id, "payments.completed", reach, through, b"")


def _activated(shared: Shared, event: PolicyActivated, source: Source, at: Instant) -> Reach | Rejected | None:
    """Other numbers come into force, for every client, when their version is higher."""
    policy = policy_of(event)
    if isinstance(policy, Rejected):
        return policy
    now = shared.current.rules
    document = policy_bytes(policy)
    if shared.activated:
        if policy.version < now.version or document == policy_bytes(now.policy):
            return None
        if policy.version == now.version:
            remedy = f"Version {now.version} is in force with other numbers; activate these as a higher version."
            return Rejected(CONFLICTING_REVISION, "version", remedy)
    if policy.currency != now.currency:
        remedy = f"Balances are kept in {now.currency}; the currency of a running system cannot change."
        return Rejected(POLICY_INVALID, "policy.currency", remedy)
    shared.activated = True
    through = shared.current.completed_through
    return _append(shared, source, at, event.id, "policy.activated", NEVER, through, document)


def _append(
    shared: Shared, source: Source, at: Instant, number: str, kind: str, until: Instant, through: int, policy: bytes
) -> Reach:
    place = source.topic, source.partition, source.offset
    return shared.append(Broadcast(shared.number + 1, at, until, number, kind, *place, through, policy))
