"""What every fact of a client keeps; the kinds of facts are in `state.py` and in the modules of their rules."""

import msgspec

Days = int
Instant = int


class Fact(msgspec.Struct, array_like=True, kw_only=True, gc=False):
    """What every fact keeps for revisions: the highest wins, an equal one must have the same digest."""

    revision: int
    digest: bytes
    voided: bool = False
    day: Days = 0
    """The date of the fact; of a document withdrawn before it came: the day of the withdrawal."""
