"""The facts of what people change about an obligation; `streams.domain.obligation_changes` says what follows."""

import msgspec

from streams.domain.fact import Days, Fact


class Change(Fact, array_like=True, kw_only=True, gc=False):
    """One change of one obligation; `day` is the day `on` which it holds."""

    obligation_id: str = ""
    author: str = ""
    due_stated: Days = 0
    """The new due date as the author said it; of a rescheduling only."""


class ObligationChanges(msgspec.Struct, array_like=True, gc=False):
    """By the event's id."""

    rescheduled: dict[str, Change] = {}
    disputed: dict[str, Change] = {}
    resolved: dict[str, Change] = {}
    written_off: dict[str, Change] = {}
