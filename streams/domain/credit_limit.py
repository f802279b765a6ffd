"""Credit limit in force, and exposure."""

from schemas.records import NEVER
from streams.domain.policy import Rules
from streams.domain.state import Client, Limit


def fact_in_force(client: Client, day: int) -> tuple[str, Limit] | None:
    """(id, limit) in force on a day: the one that starts last, then recorded last; its amount may be -1 (none)."""
    best: tuple[str, Limit] | None = None
    for limit_id, limit in client.facts.limits.items():
        if limit.voided or limit.day > day or (limit.valid_until and limit.valid_until < day):
            continue
        if best is None or (limit.day, limit.recorded) > (best[1].day, best[1].recorded):
            best = limit_id, limit
    return best


def in_force(rules: Rules, client: Client, day: int) -> int | None:
    """The limit on a day in minor units; None when there is none."""
    if not client.facts.limits:
        return None
    found = fact_in_force(client, day)
    return None if found is None or found[1].amount < 0 else found[1].amount


def exposure(client: Client) -> int:
    """Outstanding less unapplied, never below 0."""
    return max(0, client.position.outstanding - client.position.unapplied)


def next_day(rules: Rules, client: Client, day: int) -> int:
    """The first day after `day` on which another limit is in force; NEVER: none."""
    if not client.facts.limits:
        return NEVER
    now = in_force(rules, client, day)
    borders: list[int] = []
    for limit in client.facts.limits.values():
        if not limit.voided:
            borders += [limit.day, limit.valid_until + 1]
    later = (border for border in sorted(borders) if border > day)
    return next((border for border in later if in_force(rules, client, border) != now), NEVER)
