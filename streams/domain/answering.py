"""Whether a request may leave: every reason against it, the overrides it relies on, and the answer in words."""

from typing import Final, NamedTuple

import msgspec

from schemas.reasons import REASONS
from streams.domain import (
    allocation,
    explanation,
    lifted_by,
    overrides,
    overriding,
    reason_names,
    request_facts,
    request_lifts,
    sentences,
)
from streams.domain.lifted_by import Lift, PaymentLift
from streams.domain.money import minor, text
from streams.domain.next_change import look
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.request_reasons import credit_limit
from streams.domain.request_reasons.reason import Request
from streams.domain.request_reasons.table import REQUEST_REASONS
from streams.domain.sentences import Text
from streams.domain.shared import Standing
from streams.domain.state import Client, Instant
from streams.domain.stop_conditions.table import STOP_CONDITIONS
from streams.domain.view import View


class Refusal(msgspec.Struct, gc=False):
    """One reason not to ship, and every way out."""

    reason: str
    because: list[Because]
    lifted_by: list[Lift]
    explanation: Text


class Judged(NamedTuple):
    """What stands against a request, in the order of the rules' table; nothing: it may leave."""

    reasons: list[str]
    overrides: list[str]
    """Ids of the overrides without which more would."""


class Answer(msgspec.Struct, gc=False):
    """An answer as it is kept, so that the same request is answered the same again."""

    because: list[Because]
    explanation: Text
    reasons: list[Refusal]
    overrides: list[str]


ANSWERS_MAX: Final = 64
"""Answers of one client of which grounds and sentences are remembered; of older ones only the decision is."""

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Answer).decode


def judge(rules: Rules, client: Client, view: View, request: Request) -> Judged:
    """Try every stop condition of the client and every reason of a request; covered by an override none counts."""
    against, relied = list[str](), dict[str, None]()
    for reason in REASONS:
        if not _holds(rules, client, view, request, reason):
            continue
        override_id = overrides.covers(rules, client, view.instant, reason, request.shipment_id, request.amount)
        if override_id is None:
            against.append(reason)
        else:
            relied[override_id] = None
    return Judged(against, list(relied))


def as_if_not_left(standing: Standing, client: Client, view: View, shipment_id: str) -> tuple[Client, View]:
    """A copy of the client without a dispatch, and what would hold at the instant of the view."""
    trial = allocation.copy(client)
    trial.facts.dispatches.pop(shipment_id, None)
    allocation.replay(standing.rules, trial, view.day)
    return trial, look(standing, trial, view.instant, view.day)


def _holds(rules: Rules, client: Client, view: View, request: Request, reason: str) -> bool:
    by_request = REQUEST_REASONS.get(reason)
    return reason in view.active if by_request is None else bool(by_request.check(rules, client, view, request))


def refusals(standing: Standing, client: Client, view: View, request: Request, reasons: list[str]) -> list[Refusal]:
    """The reasons with their grounds and ways out."""
    return [_refusal(standing, client, view, request, reason) for reason in reasons]


def _refusal(standing: Standing, client: Client, view: View, request: Request, reason: str) -> Refusal:
    rules, by_request = standing.rules, REQUEST_REASONS.get(reason)
    if by_request is None:
        lifts, because = (
            lifted_by.of(standing, client, view, reason),
            STOP_CONDITIONS[reason].because(rules, client, view),
        )
    else:
        lifts = request_lifts.of(standing, client, view, request, by_request)
        because = by_request.check(rules, client, view, request)
    said = _said(rules, client, view, request, reason)
    return Refusal(reason, because, lifts, sentences.joined(said, *lifted_by.in_words(lifts)))


def _said(rules: Rules, client: Client, view: View, request: Request, reason: str) -> Text:
    """The reason in a sentence, without what would lift it."""
    by_request = REQUEST_REASONS.get(reason)
    if by_request is None:
        return STOP_CONDITIONS[reason].said(rules, client, view)
    return by_request.said(rules, client, view, request)


def in_words(standing: Standing, client: Client, view: View, request: Request, found: list[Refusal]) -> Text:
    """All reasons together: with several, what would lift only one of them is no way out."""
    if len(found) == 1:
        return found[0].explanation
    said = [_said(standing.rules, client, view, request, one.reason) for one in found]
    payment = _payment_for_all(standing, client, view, request, found)
    if payment is not None:
        said.append(explanation.payment_lifts(payment.amount, payment.currency, payment.obligations))
    return sentences.joined(*said)


def _payment_for_all(
    standing: Standing, client: Client, view: View, request: Request, found: list[Refusal]
) -> PaymentLift | None:
    """The largest of the least payments, when it ends every reason at once."""
    payments = [lift for one in found for lift in one.lifted_by if isinstance(lift, PaymentLift)]
    if len(payments) < len(found):
        return None
    amount = max(minor(payment.amount) for payment in payments)
    ids = list(dict.fromkeys(name for payment in payments for name in payment.obligations))
    trial = lifted_by.paid_today(standing, client, view, amount, ids)
    after = look(standing, trial, view.instant, view.day)
    if judge(standing.rules, trial, after, request).reasons:
        return None
    return PaymentLift(text(amount), standing.rules.currency, ids)


def approved(rules: Rules, client: Client, view: View, request: Request, until: Instant, relied: list[str]) -> Answer:
    """The answer yes, with what the credit limit leaves, where there is one."""
    because = [] if view.limit is None else [credit_limit.ground(client, view, request)]
    amount, currency, moment = text(request.amount), rules.currency, overriding.moment(rules, until)
    said = Text(
        f"Shipment {request.shipment_id} may leave: {amount} {currency} reserved until {moment.en}.",
        f"Отгрузка {request.shipment_id} разрешена: зарезервировано {amount} {currency} до {moment.ru}.",
    )
    if relied:
        ids = sentences.listed(relied)
        said = sentences.joined(said, Text(f"It relies on override {ids.en}.", f"Действует исключение {ids.ru}."))
    return Answer(because, said, [], relied)


def refused(standing: Standing, client: Client, view: View, request: Request, reasons: list[str]) -> Answer:
    """The answer no, with every reason."""
    found = refusals(standing, client, view, request, reasons)
    because = [ground for refusal in found for ground in refusal.because]
    opening = Text(f"Do not ship {request.shipment_id}.", f"Отгрузка {request.shipment_id} запрещена.")
    said = sentences.joined(opening, in_words(standing, client, view, request, found))
    return Answer(because, said, found, [])


def forget_grounds(requests: request_facts.Requests) -> None:
    """Forget what older answers said, many at a time, so that refusals do not fill the client's state."""
    if len(requests.asked) <= 2 * ANSWERS_MAX:
        return
    answered = sorted((one.decided, name) for name, one in requests.asked.items() if one.answer)
    if len(answered) > 2 * ANSWERS_MAX:
        for _, name in answered[:-ANSWERS_MAX]:
            request = requests.asked[name]
            request.reasons = [refusal.reason for refusal in decode(request.answer).reasons]
            request.answer = b""


def recalled(rules: Rules, request: request_facts.Request) -> Answer:
    """The recorded answer; once its grounds are forgotten, the decision, its day and the reasons by name."""
    if request.answer:
        return decode(request.answer)
    name, moment = request.shipment_id, overriding.moment(rules, request.decided)
    if request.reserved_until:
        said = Text(
            f"Shipment {name} was approved on {moment.en}; the grounds are not kept any more.",
            f"Отгрузка {name} разрешена {moment.ru}; основания больше не хранятся.",
        )
    else:
        said = Text(
            f"Do not ship {name}: it was refused on {moment.en}; the grounds are not kept any more. "
            "Ask under a higher revision.",
            f"Отгрузка {name} запрещена: отказ от {moment.ru}; основания больше не хранятся. "
            "Запросите с новой ревизией.",
        )
    return Answer([], said, [Refusal(reason, [], [], reason_names.name(reason)) for reason in request.reasons], [])
