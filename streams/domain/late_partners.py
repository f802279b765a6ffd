"""A reversal or return whose payment or shipment never came: a dead letter of the record as it was kept."""

from typing import Final

import msgspec

from schemas.dead_letters import PARTNER_MISSING, rejected_output
from schemas.records import Instant, Output, Rejected
from streams.domain.state import Waiting

_WHY: Final = Rejected(
    PARTNER_MISSING, None, "Send the payment or dispatch it names first, then this record again under a new id."
)


class _Kept(msgspec.Struct, gc=False):
    """A record that waited, in the shape of a source."""

    topic: str
    partition: int
    offset: int
    timestamp: Instant
    key: bytes | None
    value: bytes | None
    headers: tuple[()] = ()


def dead_letter_of_waiting(waiting: Waiting) -> Output:
    """The dead letter of a waiting fact whose time is over: its own bytes and place."""
    kept = _Kept(waiting.topic, waiting.partition, waiting.offset, waiting.timestamp, waiting.key, waiting.value)
    return rejected_output(kept, _WHY)
