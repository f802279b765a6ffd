"""Overdue days, episodes and violations, as of now or of the end of an earlier day."""

from typing import NamedTuple

from streams.domain.policy import Rules
from streams.domain.state import Client


class Overdue(NamedTuple):
    """Lateness of a client. Obligations are named by their business id."""

    violations: int = 0
    """Obligations with a judged overdue day inside the window."""
    violation_ids: list[str] = []
    """Open ones first by due date, then ended ones in order of ending."""
    days_longest: int = 0
    """Of the longest episode that touches the window, in full; an open one runs to today."""
    longest_id: str = ""
    days_current: int = 0
    """Of the longest open episode; 0: nothing is overdue now."""
    current_id: str = ""
    since: int = 0
    """First overdue day of the longest open episode; 0: none."""
    judged: list[str] = []
    """Obligations judged overdue now, oldest due first."""


def measure(rules: Rules, client: Client, now: int, day: int, completed_through: int) -> Overdue:
    """Lateness at the instant `now` of `day`.

    For the end of an earlier day give that day, `rules.end_of(day)` and what accounting had completed by then: the
    facts known today are looked at as of that day's end, judged as of that instant. `completed_through` is the last
    day that a `payments.completed` covered (0: none).
    """
    raise NotImplementedError


def is_judged(rules: Rules, due: int, now: int, completed_through: int) -> bool:
    """Whether an obligation due on `due` may be called overdue at `now`."""
    raise NotImplementedError


def next_instant(rules: Rules, client: Client, now: int, completed_through: int) -> int:
    """The next instant after `now` at which violations, bands or what is overdue change by time alone; or NEVER."""
    raise NotImplementedError
