"""Opening and closing of stop conditions: a block with the full set at every change, a release when none blocks.

A condition that an override for anything covers is active and blocks nothing. `opened` and `closed` tell what began and
what ceased to block.
"""

from typing import NamedTuple

import msgspec

from streams.domain import explanation, lifted_by, overrides, overriding, sentences
from streams.domain.outputs import Because, Cause, RecordCause
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.shared import Standing
from streams.domain.state import Client, Condition
from streams.domain.stop_conditions.table import STOP_CONDITIONS
from streams.domain.view import View


class ActiveCondition(msgspec.Struct, gc=False):
    """One active condition as the warehouse reads it; covered by `overrides` it blocks nothing."""

    reason: str
    since: str
    because: list[Because]
    lifted_by: list[lifted_by.Lift]
    explanation: Text
    overrides: list[str]


class Blocked(msgspec.Struct, gc=False):
    conditions: list[ActiveCondition]
    opened: list[str]
    closed: list[str]
    overridden: bool
    overrides: list[str]


class Released(msgspec.Struct, gc=False):
    closed: list[str]
    overridden: bool
    overrides: list[str]


class Change(NamedTuple):
    """A record of `shipment-blocks`, without its common fields."""

    kind: str
    because: list[Because]
    said: Text
    rest: Blocked | Released


def change(standing: Standing, client: Client, view: View, cause: Cause) -> Change | None:
    """Bring the client's conditions to what the view says; None when that is no news for the warehouse.

    News is what begins or ceases to block, and while the client is blocked any change of the active conditions.
    """
    blocked_before = {reason: None for reason, held in client.decided.conditions.items() if not held.overridden}
    opened = [reason for reason in view.reasons if reason not in blocked_before]
    closed = [reason for reason in STOP_CONDITIONS if reason in blocked_before and reason not in view.reasons]
    moved = _bring(client, view)
    if view.reasons:
        return _blocked(standing, client, view, opened, closed) if moved else None
    return _released(standing.rules, client, view, closed, cause) if closed else None


def _bring(client: Client, view: View) -> bool:
    """The client's conditions become those of the view; whether any differs."""
    held, moved = client.decided.conditions, False
    for reason in [reason for reason in held if reason not in view.active]:
        del held[reason]
        moved = True
    for reason in view.active:
        overridden = reason not in view.reasons
        if reason not in held:
            held[reason] = Condition(since=view.instant, overridden=overridden)
        elif held[reason].overridden != overridden:
            held[reason].overridden = overridden
        else:
            continue
        moved = True
    return moved


def _released(rules: Rules, client: Client, view: View, closed: list[str], cause: Cause) -> Change:
    because: list[Because] = []
    ended: list[Text] = []
    covered = [reason for reason in closed if reason in view.active]
    for reason in closed:
        if reason in view.active:
            because.append(overriding.because(rules, client, view, reason))
        else:
            because += STOP_CONDITIONS[reason].because(rules, client, view)
            ended.append(STOP_CONDITIONS[reason].ended(rules, client, view))
    # an override is named once, however many reasons it lifts
    ended += overriding.covered(rules, client, view, covered)
    kind, record_id = (cause.type, cause.id) if isinstance(cause, RecordCause) else (None, None)
    said = explanation.released(ended, kind, record_id)
    ids = overriding.ids(client, view)
    return Change("shipment.released", because, said, Released(closed, bool(ids), ids))


def _blocked(standing: Standing, client: Client, view: View, opened: list[str], closed: list[str]) -> Change:
    rules, held = standing.rules, client.decided.conditions
    items: list[ActiveCondition] = []
    grounds: list[Because] = []
    texts: list[Text] = []
    for reason in view.active:
        lifts = lifted_by.of(standing, client, view, reason)
        holds = STOP_CONDITIONS[reason].said(rules, client, view)
        because = STOP_CONDITIONS[reason].because(rules, client, view)
        since = rules.instant_text(held[reason].since)
        if held[reason].overridden:
            text = sentences.joined(holds, overriding.lifts_now(rules, client, view, reason))
            covering = [name for name, _ in overrides.for_anything(client, view.instant, reason)]
            items.append(ActiveCondition(reason, since, because, lifts, text, covering))
            continue
        text = sentences.joined(holds, *lifted_by.in_words(lifts))
        items.append(ActiveCondition(reason, since, because, lifts, text, []))
        grounds += because
        # with several, what would lift only one of them is no way out
        texts.append(text if len(view.reasons) == 1 else holds)
    if len(view.reasons) > 1 and (payment := lifted_by.release_payment(standing, client, view)) is not None:
        texts.append(explanation.payment_lifts(payment.amount, payment.currency, payment.obligations))
    ids = overriding.ids(client, view)
    rest = Blocked(items, opened, closed, bool(ids), ids)
    return Change("shipment.blocked", grounds, explanation.blocked(texts), rest)
