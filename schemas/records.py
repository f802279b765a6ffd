"""What passes between the engine and a fold: records in, outputs and rejections out.

Both sides import this module and neither imports the other: the engine knows no rule, the rules know no framework.
"""

from typing import Any, Final, NamedTuple, Protocol

import msgspec

Instant = int
"""Milliseconds since 1970-01-01T00:00:00Z."""

NEVER: Final[Instant] = 2**63 - 1

Header = tuple[str, bytes]


class Output(msgspec.Struct, frozen=True, gc=False):
    """One record to publish: to the partition of the same number as its inputs, or of its key (`keyed_topics`)."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[Header]
    timestamp: Instant | None = None
    """Its own time, for topics that keep it (simulated time); None: now."""


class Rejected(NamedTuple):
    """Why a record does not count: its bytes go to the dead letters unchanged."""

    reason: str
    """A name of the contract's list, e.g. `missing_field`."""
    field: str | None
    """The field of the record it is about, dotted (`instalments.0.amount`)."""
    remedy: str
    """One sentence: what the sender should do."""


class Reach(NamedTuple):
    """Which clients a broadcast concerns: those whose next deadline is at or before `deadline_until`; NEVER: all."""

    deadline_until: Instant


class Source(Protocol):
    """A record as Kafka gave it, read only (aiokafka's ConsumerRecord has this shape)."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> Instant:
        """Append time, or the record's own with simulated time."""

    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Any: ...
