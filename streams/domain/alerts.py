"""Goods that went out and should not have: while the client was blocked, or without an approval.

A dispatch is judged by the block as it was published at its own instant, and by the approval that was open then. What
would have been said to a request is found on a copy of the client without the dispatch.
"""

from typing import NamedTuple

import msgspec

from streams.domain import answering, money, overrides, overriding, published_blocks, reason_names, shipment_decisions
from streams.domain.answering import Refusal
from streams.domain.calendar import DAY_MS
from streams.domain.outputs import ALERTS, Because
from streams.domain.policy import Rules
from streams.domain.request_facts import APPROVED, CANCELLED, DISPATCHED, EXPIRED, REFUSED, WITHDRAWN, Request
from streams.domain.request_facts import BlockPublished as Block
from streams.domain.sentences import Text
from streams.domain.shared import Standing
from streams.domain.shipment_decisions import Say
from streams.domain.state import Client
from streams.domain.view import View

_NONE = "none"
_EXCEEDED = "exceeded"
_WORDS = {
    _NONE: Text("nobody had approved it", "никто её не разрешал"),
    REFUSED: Text("its request had been refused", "в отгрузке было отказано"),
    CANCELLED: Text("its request had been cancelled", "заявка была отменена"),
    EXPIRED: Text("its approval had expired", "срок разрешения истёк"),
    WITHDRAWN: Text("its approval had been withdrawn", "разрешение было отозвано"),
    _EXCEEDED: Text("the approval was for less", "разрешено было меньше"),
}


class Approval(NamedTuple):
    """What there was of an approval at an instant; `lack` is empty when it was enough."""

    lack: str
    amount: int


class _WhileBlocked(msgspec.Struct, gc=False):
    shipment_id: str
    dispatched_at: str
    amount: str
    currency: str
    conditions: list[str]
    blocked_from: str
    blocked_until: str | None
    block_id: str


class _WithoutApproval(msgspec.Struct, gc=False):
    shipment_id: str
    dispatched_at: str
    amount: str
    currency: str
    approval: str
    amount_approved: str
    reasons: list[Refusal]


def check(say: Say, standing: Standing, client: Client, view: View, shipped: Request) -> None:
    """Say what is wrong about a dispatch that was just booked; `shipped` is what went out."""
    if shipped.at < view.instant - max(standing.rules.correction_days, 1) * DAY_MS:
        return  # what was published and approved then is not remembered
    approval = approval_at(client, shipped)
    if approval.amount:
        shipment_decisions.use_again(client, shipped.shipment_id)
    if not approval.lack:
        return
    block = published_blocks.at(client, shipped.at)
    if block is not None and not _is_let_through(standing.rules, client, shipped, block):
        _while_blocked(say, standing, client, shipped, block)
    elif standing.rules.requests_required:
        _without_approval(say, standing, client, view, shipped, approval)


def _is_let_through(rules: Rules, client: Client, shipped: Request, block: Block) -> bool:
    """Whether overrides cover all that blocked; amounts among them are used up by what left, though nobody asked."""
    name, amount = shipped.shipment_id, shipped.amount
    covering = [overrides.covers(rules, client, shipped.at, reason, name, amount) for reason in block.reasons]
    relied = [override_id for override_id in covering if override_id is not None]
    if len(relied) < len(covering):
        return False
    overrides.use(client, relied, name, amount)
    return True


def approval_at(client: Client, shipped: Request) -> Approval:
    """What was approved of a shipment when its goods left."""
    requests, instant = client.facts.requests, shipped.at
    request = None if requests is None else requests.asked.get(shipped.shipment_id)
    if request is None:
        return Approval(_NONE, 0)
    if instant < request.decided:  # nobody had answered it; a lower revision may have been
        amounts = [most for since, until, most in request.earlier if since <= instant < until]
        return _enough(shipped, amounts[-1]) if amounts else Approval(_NONE, 0)
    if not request.reserved_until:
        return Approval(request.state, 0)  # refused, or cancelled before an answer
    if request.state not in (APPROVED, DISPATCHED) and instant >= request.ended:
        return Approval(request.state, 0)
    if instant >= request.reserved_until:
        return Approval(EXPIRED, 0)
    asked, currency = request.stated
    if shipped.stated[1] == currency and shipped.stated[0] <= asked:
        return Approval("", request.amount)  # at another rate the same is no more
    return _enough(shipped, request.amount)


def _enough(shipped: Request, most: int) -> Approval:
    return Approval(_EXCEEDED if shipped.amount > most else "", most)


def _while_blocked(say: Say, standing: Standing, client: Client, shipped: Request, block: Block) -> None:
    rules = standing.rules
    at, since = rules.instant_text(shipped.at), rules.instant_text(block.blocked_from)
    ended = published_blocks.ended_at(client, block)
    names = [reason_names.name(reason) for reason in block.reasons]
    moment = overriding.moment(rules, shipped.at)
    en, ru = ", ".join(name.en for name in names), ", ".join(name.ru for name in names)
    said = Text(
        f"Shipment {shipped.shipment_id} left on {moment.en} while the client was blocked ({en}).",
        f"Отгрузка {shipped.shipment_id} ушла {moment.ru}, когда отгрузки клиенту были запрещены ({ru}).",
    )
    block_id = f"{client.id}:{block.sequence}"
    rest = _WhileBlocked(
        shipped.shipment_id,
        at,
        money.text(shipped.amount),
        rules.currency,
        list(block.reasons),
        since,
        rules.instant_text(ended) if ended else None,
        block_id,
    )
    because = [Because("shipped_while_blocked", since, at, [shipped.shipment_id])]
    say(ALERTS, "shipment.shipped_while_blocked", because, said, rest)


def _without_approval(
    say: Say, standing: Standing, client: Client, view: View, shipped: Request, approval: Approval
) -> None:
    rules = standing.rules
    amount, most, currency = money.text(shipped.amount), money.text(approval.amount), rules.currency
    moment, why = overriding.moment(rules, shipped.at), _WORDS[approval.lack]
    said = Text(
        f"Shipment {shipped.shipment_id} of {amount} {currency} left on {moment.en} without an approval: {why.en}.",
        f"Отгрузка {shipped.shipment_id} на {amount} {currency} ушла {moment.ru} без разрешения: {why.ru}.",
    )
    found = _against(standing, client, view, shipped)
    rest = _WithoutApproval(
        shipped.shipment_id, rules.instant_text(shipped.at), amount, currency, approval.lack, most, found
    )
    because = [Because("shipped_without_approval", most, amount, [shipped.shipment_id])]
    say(ALERTS, "shipment.shipped_without_approval", because, said, rest)


def _against(standing: Standing, client: Client, view: View, shipped: Request) -> list[Refusal]:
    """Why a request would have been refused: by what is known now, as if the goods had not left."""
    trial, before = answering.as_if_not_left(standing, client, view, shipped.shipment_id)
    judged = answering.judge(standing.rules, trial, before, shipped)
    return answering.refusals(standing, trial, before, shipped, judged.reasons)
