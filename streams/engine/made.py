"""What passes from folding to publishing."""

from typing import NamedTuple

from schemas.records import Instant, Output


class Made(NamedTuple):
    """What folding a chunk gives to publish."""

    here: list[Output]
    """To the partition of the chunk's own number (of a keyed topic: to that of the record's key), in order."""
    elsewhere: list[tuple[int, Output, Instant]]
    """Misrouted records, each with the partition it belongs to and its own time."""
