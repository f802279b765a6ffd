"""Revisions of a fact: the highest replaces, a lower is ignored, an equal one must be the same."""

from enum import Enum

from schemas.events import Event
from streams.domain.state import Fact


class Verdict(Enum):
    """What an event is beside the fact already there under its id."""

    NEW = "new"
    REPLACES = "replaces"
    UNCHANGED = "unchanged"
    """A duplicate, or older than what is known."""
    CONFLICT = "conflict"
    """The same revision with another body."""


def compare(known: Fact | None, event: Event) -> Verdict:
    """Judge an event by the fact known under its id."""
    if known is None:
        return Verdict.NEW
    if event.revision > known.revision:
        return Verdict.REPLACES
    if event.revision < known.revision or event.digest == known.digest:
        return Verdict.UNCHANGED
    return Verdict.CONFLICT
