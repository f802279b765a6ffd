"""Opening and closing of stop conditions: a block with the full set at every change, a release when it empties."""

from typing import NamedTuple

import msgspec

from streams.domain import explanation, lifted_by, sentences
from streams.domain.outputs import Because, Cause, RecordCause
from streams.domain.sentences import Text
from streams.domain.shared import Standing
from streams.domain.state import Client, Condition
from streams.domain.stop_conditions.table import STOP_CONDITIONS
from streams.domain.view import View


class ActiveCondition(msgspec.Struct, gc=False):
    """One active condition as the warehouse reads it."""

    reason: str
    since: str
    because: list[Because]
    lifted_by: list[lifted_by.Lift]
    explanation: Text


class Blocked(msgspec.Struct, gc=False):
    conditions: list[ActiveCondition]
    opened: list[str]
    closed: list[str]


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
    """Bring the client's conditions to what the view says; None when none opened or closed."""
    rules, held = standing.rules, client.decided.conditions
    opened = [reason for reason in view.reasons if reason not in held]
    closed = [reason for reason in STOP_CONDITIONS if reason in held and reason not in view.reasons]
    if not opened and not closed:
        return None
    for reason in closed:
        del held[reason]
    for reason in opened:
        held[reason] = Condition(since=view.instant)
    if not view.reasons:
        because = [ground for reason in closed for ground in STOP_CONDITIONS[reason].because(rules, client, view)]
        kind, record_id = (cause.type, cause.id) if isinstance(cause, RecordCause) else (None, None)
        said = explanation.released(
            [STOP_CONDITIONS[reason].ended(rules, client, view) for reason in closed], kind, record_id
        )
        return Change("shipment.released", because, said, Released(closed, overridden=False, overrides=[]))
    items: list[ActiveCondition] = []
    texts: list[Text] = []
    for reason in view.reasons:
        lifts = lifted_by.of(standing, client, view, reason)
        holds = STOP_CONDITIONS[reason].said(rules, client, view)
        text = sentences.joined(holds, *lifted_by.in_words(lifts))
        because = STOP_CONDITIONS[reason].because(rules, client, view)
        since = rules.instant_text(held[reason].since)
        items.append(ActiveCondition(reason, since, because, lifts, text))
        # with several, what would lift only one of them is no way out
        texts.append(text if len(view.reasons) == 1 else holds)
    if len(view.reasons) > 1 and (payment := lifted_by.release_payment(standing, client, view)) is not None:
        texts.append(explanation.payment_lifts(payment.amount, payment.currency, payment.obligations))
    because = [ground for item in items for ground in item.because]
    return Change("shipment.blocked", because, explanation.blocked(texts), Blocked(items, opened, closed))
