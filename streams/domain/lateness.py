"""How late a client is: what `streams.domain.overdue` finds."""

import msgspec

from schemas.records import NEVER
from streams.domain.fact import Days, Instant


class Overdue(msgspec.Struct, gc=False):
    """Lateness of a client. Obligations are named by their business id."""

    violations: int
    """Obligations with a judged overdue day inside the window."""
    violation_ids: list[str]
    """Open ones first by due date, then ended ones in order of ending."""
    days_longest: int
    """Of the longest episode that touches the window, in full; an open one runs to today."""
    longest_id: str
    days_current: int
    """Of the longest open episode; 0: nothing is overdue now."""
    current_id: str
    since: Days
    """First overdue day of the longest open episode; 0: none."""
    judged: list[str]
    """Obligations judged overdue now, oldest due first."""
    looked_at: int = 0
    """Open obligations, in order, up to the first that is not judged; this and the next two say what comes by time."""
    judged_next: Instant = NEVER
    """When an ended run counts that does not yet; NEVER: there is none."""
    leaves: Days = 0
    """The day on which the first ended run that counts leaves the window; 0: there is none."""
