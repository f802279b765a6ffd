"""Completes events that come from their model only: all their fields are valid, so only numbers and digest are filled.

These are rare (opening balances, reports, decisions of people), and not worth a second set of checks.
"""

from collections.abc import Callable
from typing import Any, Final

from schemas import events
from schemas.digests import digest_of, digest_of_sorted
from schemas.forms import INVALID, instant_of, milli_of, minor_of, rate_of


def _rate(event: Any) -> str | None:
    """The rate without superfluous zeros, None when there is none."""
    return None if event.rate is None else rate_of(event.rate)


def _client_opened(event: events.ClientOpened) -> bool:
    """Comes from the model only, so everything is valid."""
    event.unapplied_minor = minor_of(event.unapplied)
    for obligation in event.obligations:
        obligation.amount_minor = minor_of(obligation.amount)
    for month in event.turnover:
        month.amount_minor = minor_of(month.amount)
    obligations = [(o.obligation_id, o.due_date, o.amount_minor, o.shipment_id) for o in event.obligations]
    violations = [(v.obligation_id, v.first_day, v.last_day) for v in event.violations]
    turnover = [(t.month, t.amount_minor, t.direction, t.territory) for t in event.turnover]
    who = (event.as_of, event.currency, _rate(event), event.name, event.lifecycle, event.unapplied_minor)
    lists = (obligations, violations, turnover, event.outlets, event.documents)
    event.digest = digest_of_sorted((event.revision, who, lists))
    return True


def _credit_limit_set(event: events.CreditLimitSet) -> bool:
    """Comes from the model only. The signature is no part of what is said: the same limit may be signed again."""
    event.amount_minor = None if event.amount is None else minor_of(event.amount)
    what = (event.amount_minor, event.currency, _rate(event), event.valid_from, event.valid_until)
    event.digest = digest_of((event.revision, what, event.author, event.role))
    return True


def _sell_through_reported(event: events.SellThroughReported) -> bool:
    event.at_ms = instant_of(event.at)
    for line in event.lines:
        line.quantity_milli = milli_of(line.quantity)
    lines = sorted((line.sku, line.quantity_milli) for line in event.lines)
    event.digest = digest_of((event.revision, event.shipment_id, event.at_ms, lines))
    return event.at_ms != INVALID


def _override_granted(event: events.OverrideGranted) -> bool:
    event.amount_max_minor = None if event.amount_max is None else minor_of(event.amount_max)
    event.granted_at_ms, event.expires_at_ms = instant_of(event.granted_at), instant_of(event.expires_at)
    what = (sorted(event.conditions), event.shipment_id, event.amount_max_minor, event.currency, _rate(event))
    who = (event.author, event.role, event.reason)
    event.digest = digest_of((event.revision, event.granted_at_ms, event.expires_at_ms, what, who))
    return INVALID not in (event.granted_at_ms, event.expires_at_ms)


_SAID: Final[dict[type, tuple[str, ...]]] = {
    events.ObligationRescheduled: ("obligation_id", "due_date", "on", "author", "reason"),
    events.ObligationDisputed: ("obligation_id", "on", "author", "reason"),
    events.ObligationResolved: ("obligation_id", "on", "author", "reason"),
    events.ObligationWrittenOff: ("obligation_id", "on", "author", "reason"),
    events.ConductRecorded: ("kind", "evidence", "author", "role"),
    events.ConductCleared: ("conduct_id", "author", "role", "reason"),
    events.OverrideRevoked: ("override_id", "author", "role", "reason"),
    events.FirstDealDecided: ("decision", "author", "role", "reason"),
}
"""What each of these says, in the order of its digest; `at`, where it has one, follows in milliseconds. The signature
is no part of it: the same may be signed again."""


def _said(event: Any) -> bool:
    content = [getattr(event, name) for name in _SAID[type(event)]]
    if hasattr(event, "at_ms"):
        event.at_ms = instant_of(event.at)
        content.append(event.at_ms)
        if event.at_ms == INVALID:
            return False
    event.digest = digest_of((event.revision, *content))
    return True


JUDGED: Final[dict[type, Callable[[Any], bool]]] = {
    events.ClientOpened: _client_opened,
    events.SellThroughReported: _sell_through_reported,
    events.CreditLimitSet: _credit_limit_set,
    events.OverrideGranted: _override_granted,
    **dict.fromkeys(_SAID, _said),
}
"""How each event that no fast path takes is completed."""
