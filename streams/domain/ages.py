"""Is a fact of an age we take? Decided from the record alone: its own date against its append time, to the millisecond.

A date is its 00:00 in the company's zone. Too far ahead: `future_dated`. Older than window and correction time
together: `too_late`, so that ids older than that need not be kept.
"""

from datetime import date
from typing import Final

from schemas.dead_letters import FUTURE_DATED, TOO_LATE
from schemas.events import (
    Broadcast,
    ClientEvent,
    ConductCleared,
    ConductRecorded,
    FirstDealDecided,
    GoodsReturned,
    OverrideGranted,
    OverrideRevoked,
    PaymentReceived,
    PaymentReversed,
    PaymentsCompleted,
    SaleRecorded,
    SaleReturned,
    SellThroughReported,
    ShipmentCancelled,
    ShipmentDispatched,
    ShipmentRequested,
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
_INSTANT_FIELD: Final[dict[type, str]] = {
    ShipmentDispatched: "at",
    ShipmentRequested: "at",
    ShipmentCancelled: "at",
    SellThroughReported: "at",
    ConductRecorded: "at",
    ConductCleared: "at",
    OverrideGranted: "granted_at",
    OverrideRevoked: "at",
    FirstDealDecided: "at",
}
"""Beside each of these is the same in milliseconds, `<name>_ms`. Documents, outlets and clients have no age; nor has
what a person decided about an obligation, which counts from its `on`."""
_READ_FROM: Final = {**_DATE_FIELD, **{kind: name + "_ms" for kind, name in _INSTANT_FIELD.items()}}


def dated_day(rules: Rules, event: ClientEvent | Broadcast) -> Days:
    """The day of the event's own date; 0 when it has none (withdrawals, registration, opening, limits)."""
    kind = type(event)
    field = _READ_FROM.get(kind)
    if field is None or (kind is not PaymentsCompleted and event.voided):  # type: ignore[union-attr]
        return 0
    dated: date | Instant = getattr(event, field)
    return rules.day_of(dated) if isinstance(dated, int) else dated.toordinal()


def check_age(
    rules: Rules, event: ClientEvent | Broadcast, appended: Instant, today: Days | None = None
) -> Rejected | None:
    """Why the event is too old or too far ahead of `appended`, its append time, which lies on `today`; None when it is
    neither."""
    if today is None:
        today = rules.day_of(appended)
    day = dated_day(rules, event)
    age_days_max = rules.window_days + rules.correction_days
    if not day or today - age_days_max < day <= today:
        return None
    kind = type(event)
    if kind in _INSTANT_FIELD:
        field = _INSTANT_FIELD[kind]
        dated = getattr(event, field + "_ms")
    else:
        field, dated = _DATE_FIELD[kind], rules.midnight(day)
    if dated - appended > rules.future_tolerance_ms:
        hours = rules.future_tolerance_ms // 3_600_000
        remedy = f"Correct {field}, or send the record no more than {hours} hours before that time."
        return Rejected(FUTURE_DATED, field, remedy)
    if appended - dated > age_days_max * _DAY_MS:
        remedy = f"Correct {field}; facts more than {age_days_max} days old no longer count and are settled by hand."
        return Rejected(TOO_LATE, field, remedy)
    return None
