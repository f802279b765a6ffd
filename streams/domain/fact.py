"""What every fact is made of: days, instants, and the revision by which a later word replaces an earlier one."""

import msgspec

Days = int
Instant = int
Step = tuple[Days, int, str]
"""(effective day, rank of the kind within a day, id): the order in which facts take effect."""


class Fact(msgspec.Struct, array_like=True, kw_only=True, gc=False):
    """What every fact keeps for revisions: the highest wins, an equal one must have the same digest."""

    revision: int
    digest: bytes
    voided: bool = False
    day: Days = 0
    """The date of the fact; of a document withdrawn before it came: the day of the withdrawal."""
