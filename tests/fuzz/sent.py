"""A record of the fuzz on its way: what a producer sent, and how it was spoilt."""

from typing import NamedTuple

Headers = tuple[tuple[str, bytes | None], ...]


class Sent(NamedTuple):
    """One record as it lies in an input topic; the shape of `schemas.records.Source`."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    how: str = "valid"
    """The mutations it went through, joined by +."""

    @property
    def place(self) -> str:
        """As the dead letter's id names it."""
        return f"{self.topic}/{self.partition}/{self.offset}"
