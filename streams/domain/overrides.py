"""Overrides: a person lets a client be shipped to in spite of named conditions, until an instant.

An override for anything takes its conditions from the block: the client is blocked while an active condition is not
covered by one. An override for a shipment or an amount leaves the block as it is; the answer to a shipment request asks
for it (`covers`). An amount is used up by approvals: each takes its payable amount (`use`) and an approval that ends
without a dispatch gives it back (`give_back`); a dispatched one never does.
"""

from typing import Final

from schemas.dead_letters import INVALID_FIELD, PARTNER_MISSING
from schemas.events import OverrideGranted, OverrideRevoked
from schemas.records import Source
from streams.domain.judgement_facts import Override, Revocation
from streams.domain.judgements import booked, end_of, heading, kept, refused
from streams.domain.money import convert
from streams.domain.policy import Rules
from streams.domain.refusals import KEPT, Accepted, Refused, rate_of
from streams.domain.state import Client, Days, Instant

_DAY_MS: Final = 86_400_000
_NO_OVERRIDE: Final = Refused(
    PARTNER_MISSING, "override_id", "Name an override granted to this client by its id; nothing was revoked."
)


def granted(
    rules: Rules, client: Client, event: OverrideGranted, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`override.granted`, its signature already proven; refused when it holds longer than the policy allows."""
    known = kept(client).overrides.get(event.id)
    amount_max = event.amount_max_minor
    rate = "" if amount_max is None else rate_of(rules, event.currency or "", event.rate, amount_max)
    if isinstance(rate, Refused):
        return refused(rules, client, known, event, rate) or rate
    answer = refused(rules, client, known, event, _too_long(rules, event))
    if answer is not None:
        return answer
    booked(client).overrides[event.id] = Override(
        **heading(rules, known, event, event.granted_at_ms, day, source),
        conditions=sorted(event.conditions),
        expires_at=event.expires_at_ms,
        shipment_id=event.shipment_id or "",
        amount_max=-1 if amount_max is None else convert(amount_max, rate),
        used=known.used if known else {},
        reason=event.reason,
    )
    return KEPT


def _too_long(rules: Rules, event: OverrideGranted) -> Refused | None:
    latest = event.granted_at_ms + rules.override_days_max * _DAY_MS
    if event.expires_at_ms <= latest:
        return None
    remedy = f"Grant it for at most {rules.override_days_max} days: until {rules.instant_text(latest)} at the latest."
    return Refused(INVALID_FIELD, "expires_at", remedy)


def revoked(
    rules: Rules, client: Client, event: OverrideRevoked, day: Days, at: Instant, source: Source
) -> Accepted | Refused:
    """`override.revoked`, its signature already proven; refused when no such override was granted: a mistyped id must
    not look like a revocation."""
    missing = None if event.override_id in kept(client).overrides else _NO_OVERRIDE
    known = kept(client).revocations.get(event.id)
    answer = refused(rules, client, known, event, missing)
    if answer is not None:
        return answer
    booked(client).revocations[event.id] = Revocation(
        **heading(rules, known, event, event.at_ms, day, source),
        override_id=event.override_id,
    )
    return KEPT


def in_force(client: Client, instant: Instant) -> list[tuple[str, Override]]:
    """(id, override) of those that hold at an instant: for anything, a shipment, an amount, each by expiry and id."""
    judgements = client.facts.judgements
    if judgements is None or not judgements.overrides:
        return []
    found = [
        (_scope(override), override.expires_at, name)
        for name, override in judgements.overrides.items()
        if not override.voided and override.at <= instant < end_of(judgements, name, override)
    ]
    return [(name, judgements.overrides[name]) for _, _, name in sorted(found)]


def _scope(override: Override) -> int:
    """0: anything, 1: a shipment, 2: an amount."""
    if override.shipment_id:
        return 1
    return 2 if override.amount_max >= 0 else 0


def for_anything(client: Client, instant: Instant, reason: str) -> list[tuple[str, Override]]:
    """(id, override) of those that take `reason` from the client's block at an instant."""
    return [
        (name, override)
        for name, override in in_force(client, instant)
        if not _scope(override) and reason in override.conditions
    ]


def uncovered(client: Client, instant: Instant, reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the active conditions that block: no override for anything covers them."""
    lifted: dict[str, None] = {}
    for _, override in in_force(client, instant):
        if not _scope(override):
            lifted.update(dict.fromkeys(override.conditions))
    return tuple(reason for reason in reasons if reason not in lifted) if lifted else reasons


def covers(
    rules: Rules, client: Client, instant: Instant, reason: str, shipment_id: str, amount_minor: int
) -> str | None:
    """Id of the override by which `reason` does not stand against a shipment of this amount; None when there is none.

    `reason` may be a condition of the client or one of the request; `amount_minor` is what the request would reserve.
    Of several the widest is named, so that amounts are used last. What this shipment has already used does not count
    against it.
    """
    for name, override in in_force(client, instant):
        if reason in override.conditions and _fits(override, shipment_id, amount_minor):
            return name
    return None


def _fits(override: Override, shipment_id: str, amount_minor: int) -> bool:
    if override.shipment_id:
        return override.shipment_id == shipment_id
    if override.amount_max < 0:
        return True
    return used(override) - override.used.get(shipment_id, 0) + amount_minor <= override.amount_max


def used(override: Override) -> int:
    """How much of its amount approvals have taken, in minor units."""
    return sum(override.used.values())


def use(client: Client, override_ids: list[str], shipment_id: str, amount_minor: int) -> None:
    """Note an approval that relied on these overrides: amounts among them are used up by it."""
    for name in override_ids:
        override = kept(client).overrides.get(name)  # one that ended long ago may be forgotten
        if override is not None and override.amount_max >= 0:
            override.used[shipment_id] = amount_minor


def give_back(client: Client, shipment_id: str) -> None:
    """An approval was cancelled, withdrawn or expired: what it had used of amounts may be used again."""
    for override in kept(client).overrides.values():
        override.used.pop(shipment_id, None)
