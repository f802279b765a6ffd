"""Who the client is by its registration, and its activities (source: table row 2): a set; the list is the policy's."""

from schemas.records import NEVER
from streams.domain.fact import Days
from streams.domain.policy import Rules
from streams.domain.state import Client, Registration


def fact_in_force(client: Client, day: Days = NEVER) -> tuple[str, Registration] | None:
    """(id, registration) in force on `day`: the latest date by then, then id; None when there is none."""
    registrations = client.facts.registrations
    live = [(fact.day, name) for name, fact in registrations.items() if not fact.voided and fact.day <= day]
    if not live:
        return None
    name = max(live)[1]
    return name, registrations[name]


def in_force(client: Client, day: Days = NEVER) -> Registration | None:
    """The registration in force on `day`; without one, the latest, though it be dated ahead."""
    found = fact_in_force(client, day)
    return None if found is None else found[1]


def activities(rules: Rules, registered: Registration | None) -> list[str]:
    """The activities it names of those that the policy lists, each once, in the policy's order."""
    return [] if registered is None else [name for name in rules.activities if name in registered.activities]
