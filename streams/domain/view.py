"""What the rules say of one client at one instant."""

import msgspec

from schemas.records import Instant
from streams.domain.client_facts import Profile
from streams.domain.first_deal import Deal
from streams.domain.overdue import Overdue
from streams.domain.state import Days


class View(msgspec.Struct, gc=False):
    """What holds of a client at `instant`. Money in minor units."""

    instant: Instant
    day: Days
    overdue: Overdue
    group: int
    decided_by: list[str]
    volume: str
    limit: int | None
    exposure: int
    profile: Profile
    deal_closed: bool
    """The first deal is closed."""
    lifecycle: str
    deal: Deal | None = None
    """The first deal, until the day it closes is over; None: none has started, or it was closed before."""
    reasons: tuple[str, ...] = ()
    """The stop conditions that block: active and not covered by an override, in the order of the rules' table."""
    active: tuple[str, ...] = ()
    """All active ones, covered or not; the same tuple while no override covers any."""
