"""Reversals, returns and changes of an obligation whose partner has not come yet.

The fact is booked at once, without effect; beside it waits the record itself, for the dead letter it becomes when its
partner does not come within `correction_days`.
"""

from typing import Final

from schemas.events import Event
from schemas.records import NEVER, Source
from streams.domain.calendar import DAY_MS
from streams.domain.policy import Rules
from streams.domain.refusals import Refused
from streams.domain.state import Client, Instant, Waiting

OBLIGATION_KINDS: Final = {
    "obligation.rescheduled": "rescheduled",
    "obligation.disputed": "disputed",
    "obligation.resolved": "resolved",
    "obligation.written_off": "written_off",
}
"""Where the changes of an obligation stand in `Facts.changes`; their partner is the obligation."""


def no_room(rules: Rules, client: Client) -> Refused | None:
    """Refuse one more that would have to wait when as many wait as the policy allows."""
    if len(client.facts.waiting) < rules.waiting_max:
        return None
    return Refused("limit_exceeded", None, "Send the missing payments, shipments or sales first, or raise waiting_max.")


def wait(rules: Rules, client: Client, event: Event, partner: str, at: Instant, source: Source) -> None:
    """Let the fact of `event` wait for its partner, with the record's bytes."""
    one = Waiting(
        event.type, event.id, partner, at + rules.correction_days * DAY_MS,
        source.topic, source.partition, source.offset, source.timestamp, source.key, source.value or b"",
    )  # fmt: skip
    queue = client.facts.waiting
    index = len(queue)
    while index and queue[index - 1].until > one.until:
        index -= 1
    queue.insert(index, one)


def stop_waiting(client: Client, kind: str, fact_id: str) -> None:
    """A fact waits no more: its record was replaced."""
    if client.facts.waiting:
        client.facts.waiting = [one for one in client.facts.waiting if (one.kind, one.id) != (kind, fact_id)]


def release(client: Client, kinds: tuple[str, ...], partner: str) -> list[str]:
    """The partner has come: ids of what waited for it, which now take effect."""
    queue = client.facts.waiting
    if not queue:
        return []
    ids = [one.id for one in queue if one.partner == partner and one.kind in kinds]
    if ids:
        client.facts.waiting = [one for one in queue if one.partner != partner or one.kind not in kinds]
    return ids


def release_changes(client: Client, obligation_ids: list[str]) -> bool:
    """Obligations have come; whether some change of one of them waited, which now takes effect."""
    if not client.facts.waiting:
        return False
    released = [one for one in obligation_ids if release(client, tuple(OBLIGATION_KINDS), one)]
    return bool(released)


def expire_waiting(rules: Rules, client: Client, at: Instant) -> list[Waiting]:
    """Remove and give the waiting facts whose time is over at `at`, oldest first: each is a dead letter now."""
    facts = client.facts
    over: list[Waiting] = []
    while facts.waiting and facts.waiting[0].until <= at:
        one = facts.waiting.pop(0)
        over.append(one)
        facts.count -= 1
        if one.kind == "payment.reversed":
            facts.reversals.pop(one.id)
        elif one.kind == "goods.returned":
            facts.returns.pop(one.id)
        elif one.kind in OBLIGATION_KINDS:
            getattr(facts.changes, OBLIGATION_KINDS[one.kind]).pop(one.id)
        else:
            facts.sale_returns.pop(one.id)
    return over


def next_expiry(client: Client) -> Instant:
    """The instant at which the next waiting fact expires; NEVER when none waits."""
    return client.facts.waiting[0].until if client.facts.waiting else NEVER
