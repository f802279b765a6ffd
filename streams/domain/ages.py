"""Is a fact of an age we take? Decided from the record alone: its own date against its append time, to the millisecond.

A date is its 00:00 in the company's zone. Too far ahead: `future_dated`. Older than window and correction time
together: `too_late`, so that ids older than that need not be kept.
"""

from typing import Final

from schemas.dead_letters import FUTURE_DATED, TOO_LATE
from schemas.events import (
    Broadcast,
    ClientEvent,
    GoodsReturned,
    PaymentReceived,
    PaymentReversed,
    PaymentsCompleted,
    SaleRecorded,
    SaleReturned,
    ShipmentDispatched,
)
from schemas.records import Instant, Rejected
from streams.domain.policy import Rules
from streams.domain.state import Days

_DAY_MS: Final = 86_400_000
_DATE_FIELD: Final[dict[type, str]] = {
    PaymentReceived: "value_date",
    PaymentReversed: "value_date",
    GoodsReturned: "returned_on",
    SaleRecorded: "sold_on",
    SaleReturned: "returned_on",
    PaymentsCompleted: "through",
}


def check_age(rules: Rules, event: ClientEvent | Broadcast, appended: Instant) -> Rejected | None:
    """Why the event is too old or too far ahead of `appended`, its append time; None when it is neither.

    Withdrawals (`voided`) and events without a dated fact (registration, opening, limits) have no age.
    """
    kind = type(event)
    if kind is ShipmentDispatched:
        assert isinstance(event, ShipmentDispatched)
        field, dated = "at", event.at_ms
        if event.voided:
            return None
    else:
        named = _DATE_FIELD.get(kind)
        if named is None or getattr(event, "voided", False):
            return None
        field, dated = named, rules.midnight(getattr(event, named).toordinal())
    if dated - appended > rules.future_tolerance_ms:
        hours = rules.future_tolerance_ms // 3_600_000
        remedy = f"Correct {field}, or send the record no more than {hours} hours before that time."
        return Rejected(FUTURE_DATED, field, remedy)
    age_days_max = rules.window_days + rules.correction_days
    if appended - dated > age_days_max * _DAY_MS:
        remedy = f"Correct {field}; facts more than {age_days_max} days old no longer count and are settled by hand."
        return Rejected(TOO_LATE, field, remedy)
    return None


def dated_day(rules: Rules, event: ClientEvent) -> Days:
    """The day of the event's own date; 0 when it has none."""
    if isinstance(event, ShipmentDispatched):
        return rules.day_of(event.at_ms)
    field = _DATE_FIELD.get(type(event))
    return getattr(event, field).toordinal() if field else 0
