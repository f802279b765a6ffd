"""Inputs of the topic `clients` about one obligation: rescheduled, disputed, resolved, written off."""

from typing import Literal

from schemas.fields import Day, Id, ObligationId, Words
from schemas.inputs.base import Fact


class ObligationDecision(Fact):
    """What a person decided about an obligation."""

    type: str
    obligation_id: ObligationId
    on: Day
    """From this day on it holds."""
    author: Id
    reason: Words


class ObligationRescheduled(ObligationDecision):
    """An obligation is due on another date; on each day the latest one by `on`, then id, gives the due date."""

    type: Literal["obligation.rescheduled"]
    due_date: Day


class ObligationDisputed(ObligationDecision):
    """A client contests an obligation: its days are no overdue days while that lasts."""

    type: Literal["obligation.disputed"]


class ObligationResolved(ObligationDecision):
    """A dispute has ended; it wins over a dispute of the same date."""

    type: Literal["obligation.resolved"]


class ObligationWrittenOff(ObligationDecision):
    """What is outstanding of an obligation is given up."""

    type: Literal["obligation.written_off"]
