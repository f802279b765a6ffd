"""Answers to requests, and what becomes of approvals: expired, or withdrawn once the client is blocked."""

from collections.abc import Callable

import msgspec

from streams.domain import answering, first_deal_start, money, overrides, reservations, sentences
from streams.domain.answering import Answer, Refusal
from streams.domain.outputs import DECISIONS, Because
from streams.domain.request_facts import APPROVED, CANCELLED, DISPATCHED, EXPIRED, REFUSED, WITHDRAWN, Request
from streams.domain.sentences import Text
from streams.domain.shared import Standing
from streams.domain.state import Client
from streams.domain.view import View

Say = Callable[[str, str, list[Because], Text, msgspec.Struct], None]
"""Publish under the client's next number: topic, type, grounds, sentence, the other fields."""


_ENDED = {
    CANCELLED: Text("its request was cancelled", "заявка отменена"),
    EXPIRED: Text("its approval expired", "срок разрешения истёк"),
    WITHDRAWN: Text("its approval was withdrawn", "разрешение отозвано"),
}


class _Refused(msgspec.Struct, gc=False):
    shipment_id: str
    amount_reserved: str
    currency: str
    reserved_until: str | None
    reasons: list[Refusal]
    repeated: bool


class _Approved(_Refused, gc=False):
    overrides: list[str]


class _Ended(msgspec.Struct, gc=False):
    shipment_id: str
    amount_released: str
    currency: str
    reasons: list[Refusal]


def answer(say: Say, standing: Standing, client: Client, view: View, shipment_id: str) -> bool:
    """Decide about a request that was just asked, and say so; whether something is reserved by it."""
    rules, request = standing.rules, reservations.of(client).asked[shipment_id]
    left = shipment_id in client.facts.dispatches and not client.facts.dispatches[shipment_id].voided
    asking, before = answering.as_if_not_left(standing, client, view, shipment_id) if left else (client, view)
    judged = answering.judge(rules, asking, before, request)
    request.decided = view.instant
    if judged.reasons:
        request.state = REFUSED
        kept = answering.refused(standing, asking, before, request, judged.reasons)
    else:
        until = view.instant + rules.reservation_ms
        kept = answering.approved(rules, asking, before, request, until, judged.overrides)
        overrides.use(client, judged.overrides, shipment_id, request.amount)
        reservations.begin(client, request, until)
        if left:
            reservations.end(client, request, DISPATCHED, view.instant)
        else:
            first_deal_start.approve(rules, client, request, view.instant, view.day, until)
    request.answer, request.lines = answering.encode(kept), []
    answering.forget_grounds(reservations.of(client))
    _say(say, standing, request, kept, repeated=False)
    return request.state == APPROVED


def answer_again(say: Say, standing: Standing, client: Client, shipment_id: str) -> None:
    """The same request once more: the answer of then, and what is reserved now."""
    request = reservations.of(client).asked[shipment_id]
    kept = answering.recalled(standing.rules, request)
    if request.reserved_until and request.state in _ENDED:
        kept.explanation = _no_longer(request)
    _say(say, standing, request, kept, repeated=True)


def _no_longer(request: Request) -> Text:
    """Instead of the sentence of then: nobody should load a truck on an old word."""
    name, why = request.shipment_id, _ENDED[request.state]
    return Text(
        f"Do not ship {name}: it had been approved, and {why.en}. Ask under a higher revision.",
        f"Отгрузка {name} запрещена: она была разрешена, но {why.ru}. Запросите с новой ревизией.",
    )


def _say(say: Say, standing: Standing, request: Request, kept: Answer, *, repeated: bool) -> None:
    rules, approved = standing.rules, bool(request.reserved_until)
    reserved = money.text(request.amount if request.state == APPROVED else 0)
    until = rules.instant_text(request.reserved_until) if approved else None
    fields = (request.shipment_id, reserved, rules.currency, until, kept.reasons, repeated)
    rest = _Approved(*fields, kept.overrides) if approved else _Refused(*fields)
    say(DECISIONS, "shipment.approved" if approved else "shipment.refused", kept.because, kept.explanation, rest)


def expire(say: Say, standing: Standing, client: Client, view: View) -> None:
    """Say which approvals were not used in time."""
    for request in reservations.expire(client, view.instant):
        overrides.give_back(client, request.shipment_id)
        amount, currency = money.text(request.amount), standing.rules.currency
        said = Text(
            f"The approval of shipment {request.shipment_id} expired unused; {amount} {currency} are free again. "
            "Ask again before it leaves.",
            f"Разрешение на отгрузку {request.shipment_id} истекло; {amount} {currency} больше не зарезервировано. "
            "Перед отгрузкой запросите снова.",
        )
        say(DECISIONS, "shipment.approval_expired", [], said, _Ended(request.shipment_id, amount, currency, []))


def withdraw(say: Say, standing: Standing, client: Client, view: View) -> bool:
    """Take back every open approval of a blocked client that no override lets through; whether there was one."""
    withdrawn = False
    for request in reservations.open_at(client, view.instant):
        against = [reason for reason in view.reasons if not _is_covered(standing, client, view, request, reason)]
        if against:
            found = answering.refusals(standing, client, view, request, against)
            why = answering.in_words(standing, client, view, request, found)
            reservations.end(client, request, WITHDRAWN, view.instant)
            overrides.give_back(client, request.shipment_id)
            first_deal_start.ended(client, request.shipment_id, view.day)
            amount, currency = money.text(request.amount), standing.rules.currency
            opening = Text(
                f"Do not ship {request.shipment_id} after all: its approval is withdrawn.",
                f"Отгрузка {request.shipment_id} больше не разрешена: разрешение отозвано.",
            )
            said = sentences.joined(opening, why)
            because = [ground for refusal in found for ground in refusal.because]
            rest = _Ended(request.shipment_id, amount, currency, found)
            say(DECISIONS, "shipment.approval_withdrawn", because, said, rest)
            withdrawn = True
    return withdrawn


def use_again(client: Client, shipment_id: str) -> None:
    """Goods left under an approval, though it ended before that was known: amounts of overrides stay used."""
    request = reservations.of(client).asked[shipment_id]
    if client.facts.judgements is not None and request.answer:
        overrides.use(client, answering.decode(request.answer).overrides, shipment_id, request.amount)


def _is_covered(standing: Standing, client: Client, view: View, request: Request, reason: str) -> bool:
    shipment_id, amount = request.shipment_id, request.amount
    return overrides.covers(standing.rules, client, view.instant, reason, shipment_id, amount) is not None
