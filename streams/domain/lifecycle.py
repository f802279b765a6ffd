"""Lifecycle (source: active, new, potential and lost clients).

Potential until both documents are signed, new until the first deal closes, then active; lost from the 91st day after
the later of the last dispatch and the last sale, and active again with the next one. A document that only ends changes
nothing here. Opening balances bring what the client was on their day. A client that is said to be closed is lost from
that day, until it buys or sells again.
"""

from typing import Final

from schemas.records import NEVER
from streams.domain import activity
from streams.domain.client_facts import Profile
from streams.domain.fact import Days
from streams.domain.policy import Rules
from streams.domain.state import Client

POTENTIAL: Final = "potential"
NEW: Final = "new"
ACTIVE: Final = "active"
LOST: Final = "lost"
_STAGES: Final = {POTENTIAL: 0, NEW: 1, ACTIVE: 2, LOST: 2}


def of(rules: Rules, client: Client, day: Days, profile: Profile, deal_closed: bool) -> str:
    """The lifecycle on `day`, whose profile is given and on which the first deal is closed or not."""
    if profile.unsigned and _STAGES.get(profile.opened_as, 0) == 0:
        return POTENTIAL
    if not deal_closed:
        return NEW
    seen = last_seen(client, day, profile) if profile.opened_as == ACTIVE else activity.last(client, day)
    if day - seen > rules.lost_after_days or 0 < profile.closed_on >= seen:
        return LOST
    return ACTIVE


def last_seen(client: Client, day: Days, profile: Profile) -> Days:
    """The later of the last dispatch and the last sale; the opening balances of an active client count as one."""
    seen = activity.last(client, day)
    return max(seen, profile.opened_on) if profile.opened_as == ACTIVE else seen


def next_day(rules: Rules, client: Client, day: Days, profile: Profile) -> Days:
    """The first day after `day` on which a client past its first deal is lost, if nothing comes; NEVER: it is."""
    seen = last_seen(client, day, profile) if profile.opened_as == ACTIVE else activity.last(client, day)
    lost = seen + rules.lost_after_days + 1
    return lost if lost > day else NEVER


def falls_back(before: str, after: str) -> bool:
    """Whether a record moved the client to where it had been: it took the ground of a move away."""
    return _STAGES[after] < _STAGES[before] or (before, after) == (ACTIVE, LOST)
