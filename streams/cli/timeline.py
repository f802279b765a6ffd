"""A client's last months for a picture: obligations with their overdue days, payments, blocks, risk groups.

Obligations and payments come from the rules themselves, folded anew from the client's facts: what they make of the
same facts does not depend on the order in which they came, so the picture says what the workers say. Blocks and groups
are decisions: they are told as they were published.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from schemas.catalogue import CATEGORY_CHANGES, SHIPMENT_BLOCKS
from schemas.policy import Policy
from schemas.records import Instant, Output
from streams.domain import overdue
from streams.domain.fold import ClientFold
from streams.domain.policy import Rules
from streams.domain.state import Client, Days, Obligation
from streams.views.desk.facts import Facts
from streams.views.desk.rows import money

DAYS_SHOWN: Final = 180
_DAYS_LEAST: Final = 35
_DAYS_AHEAD: Final = 3
_DAYS_BEFORE: Final = 2


def timeline_of(
    policy: Policy, client_id: str, facts: Facts, published: Iterable[dict[str, Any]], now: Instant
) -> dict[str, Any]:
    """Everything for the picture. `published`: the client's history, oldest first, each with topic and event."""
    rules, client = _folded(policy, client_id, facts, now)
    today = rules.day_of(now)
    history = list(published)
    obligations = [_obligation(rules, client, one, day, today) for day, one in _obligations(rules, client)]
    payments = _payments(client)
    first = _first_shown(obligations, payments, today)
    dues = [one["due_date"] for one in obligations if one["paid_on"] is None]
    blocks, groups = _blocks(history), _groups(history)
    from_ = date.fromordinal(first)
    return {
        "as_of": rules.instant_text(now),
        "today": date.fromordinal(today),
        "from": from_,
        "until": date.fromordinal(max([today + _DAYS_AHEAD, *(due.toordinal() + 1 for due in dues)])),
        "currency": rules.currency,
        "complete": facts.complete,
        "obligations": sorted((one for one in obligations if _ends(one, today) >= first), key=_earliest),
        "payments": [one for one in payments if one["value_date"] >= from_],
        "blocks": [one for one in blocks if one["until"] is None or one["until"][:10] >= from_.isoformat()],
        "groups": [one for one in groups if one["at"][:10] >= from_.isoformat()],
        "group": client.decided.risk_group,
    }


def _folded(policy: Policy, client_id: str, facts: Facts, now: Instant) -> tuple[Rules, Client]:
    """The client's state after its facts, as of `now`."""
    fold = ClientFold(policy)
    shared = fold.shared_new()
    state = fold.create(shared, client_id.encode())
    out: list[Output] = []
    at = 0
    for record in facts.records:
        at = max(at, record.timestamp)
        if record.key is None:
            fold.broadcast(shared, record, at)
        else:
            fold.record(shared, state, record, at, out)
        out.clear()  # published long ago
    fold.fire(shared, state, max(at, now), out)
    return shared.current.rules, state


def _obligations(rules: Rules, client: Client) -> Iterable[tuple[Days, Obligation]]:
    """Each with the day of its dispatch; those of opening balances with the day these are of."""
    for dispatch in client.facts.dispatches.values():
        if not dispatch.voided:
            yield from ((rules.day_of(dispatch.at), one) for one in dispatch.obligations)
    for opening in client.facts.openings.values():
        if not opening.voided:
            yield from ((opening.day, one) for one in opening.obligations)


def _obligation(rules: Rules, client: Client, one: Obligation, dispatched: Days, today: Days) -> dict[str, Any]:
    runs = overdue.episodes(rules, client, one, today)
    return {
        "obligation_id": one.id,
        "dispatched_on": date.fromordinal(dispatched),
        "due_date": date.fromordinal(one.due),
        "amount": money(one.amount),
        "outstanding": money(one.outstanding),
        "episodes": [[date.fromordinal(first), date.fromordinal(last)] for first, last in runs],
        "paid_on": date.fromordinal(max(one.moved, dispatched)) if not one.outstanding else None,
    }


def _payments(client: Client) -> list[dict[str, Any]]:
    taken_back = {one.payment_id for one in client.facts.reversals.values() if not one.voided}
    made = []
    for name, one in sorted(client.facts.payments.items(), key=lambda item: (item[1].day, item[0])):
        if not one.voided:
            said = {"id": name, "value_date": date.fromordinal(one.day), "amount": money(one.amount)}
            more = {"revision": one.revision, "obligations": one.names, "rate": one.rate or None}
            made.append({**said, "reversed": name in taken_back, **more})
    return made


def _first_shown(obligations: list[dict[str, Any]], payments: list[dict[str, Any]], today: Days) -> Days:
    """Two days before the earliest of what there is, five weeks at least, half a year at most."""
    days: list[date] = [one["dispatched_on"] for one in obligations] + [one["value_date"] for one in payments]
    earliest = min((day.toordinal() - _DAYS_BEFORE for day in days), default=today)
    return max(today - DAYS_SHOWN, min(today - _DAYS_LEAST, earliest))


def _ends(one: dict[str, Any], today: Days) -> Days:
    paid_on: date | None = one["paid_on"]
    return today if paid_on is None else int(paid_on.toordinal())


def _earliest(one: dict[str, Any]) -> tuple[date, date, str]:
    return one["dispatched_on"], one["due_date"], one["obligation_id"]


def _blocks(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Spans during which the client was blocked, with every reason that was active in between."""
    spans: list[dict[str, Any]] = []
    for item in history:
        if item["topic"] != SHIPMENT_BLOCKS:
            continue
        event = item["event"]
        is_open = bool(spans) and spans[-1]["until"] is None
        if event["type"] == "shipment.released":
            if is_open:
                spans[-1]["until"] = event["effective_at"]
            continue
        if not is_open:
            spans.append({"from": event["effective_at"], "until": None, "reasons": []})
        reasons = [one["reason"] for one in event["conditions"] if not one.get("overrides")]
        spans[-1]["reasons"] = list(dict.fromkeys([*spans[-1]["reasons"], *reasons]))
    return spans


def _groups(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    moves = [item["event"] for item in history if item["topic"] == CATEGORY_CHANGES]
    return [
        {"at": event["effective_at"], "from": event["from"] or 0, "to": event["to"] or 0}
        for event in moves
        if event["dimension"] == "risk_group"
    ]
