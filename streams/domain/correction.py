"""A correction: a record that changes what had been true as of the end of yesterday.

Compared are the set of violations and the risk group, before and after the record, both as they were to be known at
that instant; and the volume category, when the turnover of a closed month changed.
"""

from functools import lru_cache
from typing import Final

from schemas.events import (
    ClientClosed,
    ClientEvent,
    ClientRegistered,
    DocumentEnded,
    DocumentSigned,
    Judgement,
    OutletClosed,
    OutletOpened,
    SaleRecorded,
    SaleReturned,
    SellThroughReported,
    ShipmentCancelled,
    ShipmentRequested,
)
from schemas.records import NEVER
from streams.domain import first_deal_closed, overdue, profile, risk_group
from streams.domain.ages import dated_day
from streams.domain.calendar import month_of
from streams.domain.ledger import Accepted
from streams.domain.shared import Standing
from streams.domain.state import Client, Days

Past = tuple[list[str], int]
_CLEAN: Final[Past] = ([], 0)
_ABOUT_CLIENT: Final = (ClientRegistered, ClientClosed, DocumentSigned, DocumentEnded, OutletOpened, OutletClosed)
_REQUESTS: Final = (ShipmentRequested, ShipmentCancelled)
_NO_PAST_CHANGED: Final = (SaleRecorded, SaleReturned, SellThroughReported, Judgement, *_REQUESTS, *_ABOUT_CLIENT)


@lru_cache(maxsize=64)
def _may_change_past(kind: type) -> bool:
    return not issubclass(kind, _NO_PAST_CHANGED)


def before(standing: Standing, client: Client, event: ClientEvent, today: Days) -> Past | None:
    """What was true as of the end of yesterday before the event; None when the event cannot change it."""
    if not _may_change_past(type(event)):
        return None
    if _clean(client, today):
        return _CLEAN
    if event.revision == 1 and not event.voided and dated_day(standing.rules, event) >= today:
        return None
    return _as_of_yesterday(standing, client, today)


def is_one(standing: Standing, client: Client, accepted: Accepted, past: Past | None, today: Days) -> bool:
    """Whether the accepted fact is a correction; `past` is what `before` gave."""
    if past is not None and accepted.moved and accepted.day_from < today:
        return _as_of_yesterday(standing, client, today) != past
    if accepted.month and accepted.month < month_of(today):
        rules = standing.rules
        _, closed = first_deal_closed.as_of(rules, client, today, NEVER, profile.of(rules, client, today))
        return first_deal_closed.volume(rules, client, today, closed) != client.decided.volume
    return False


def _clean(client: Client, today: Days) -> bool:
    """Nothing was overdue yesterday, nor ended inside the window."""
    position = client.position
    return not (position.late or position.changed or (position.open and position.open[0].due < today - 1))


def _as_of_yesterday(standing: Standing, client: Client, today: Days) -> Past:
    """(ids of violations, risk group) as of the end of the day before `today`."""
    if _clean(client, today):
        return _CLEAN
    rules = standing.rules
    end = rules.midnight(today)
    late = overdue.measure(rules, client, end, today - 1, standing.completed_by(end))
    group, _ = risk_group.of(rules, late.violations, late.days_longest)
    return sorted(late.violation_ids), group
