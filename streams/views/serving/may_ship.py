"""«May I ship?»: what is published of a client, and an amount, make approve, refuse or unknown.

Only the fold judges a request, with its lines, and only its answer reserves. This says beforehand what can be said of
an amount: whether the client is blocked, whether the amount fits its limit, whether the shipment has an approval in
force. Whenever that is not certain the answer is unknown.
"""

import re
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from schemas.fields import MONEY
from schemas.policy import Policy
from schemas.reasons import ROLE_LIFTING

APPROVE: Final = "approve"
REFUSE: Final = "refuse"
UNKNOWN: Final = "unknown"

CLIENT_UNKNOWN: Final = "client_unknown"
CHANGE_OVERDUE: Final = "change_overdue"
REQUEST_NEEDED: Final = "request_needed"
_DOCUMENTS: Final = ("cooperation_agreement", "supply_contract")
_SAID: Final[dict[str, tuple[str, str]]] = {
    "worker_silent": (
        "The worker of this client has given no sign of life for too long: ask a person.",
        "Обработчик этого клиента слишком давно не отвечает: решает человек.",
    ),
    "worker_behind": (
        "The worker of this client has not yet taken all that came: ask a person.",
        "Обработчик этого клиента ещё не учёл всё, что поступило: решает человек.",
    ),
    "projector_behind": (
        "The read model is being filled: ask a person, or again in a moment.",
        "Данные для ответа ещё загружаются: решает человек, или спросите чуть позже.",
    ),
    CLIENT_UNKNOWN: (
        "Nothing is known of this client: ask a person.",
        "Об этом клиенте ничего не известно: решает человек.",
    ),
    CHANGE_OVERDUE: (
        "A change was due and has not been published: ask a person.",
        "Ожидавшееся изменение ещё не опубликовано: решает человек.",
    ),
    REQUEST_NEEDED: (
        "In the first deal a shipment is judged by its lines: send a request for it.",
        "В первой сделке отгрузка проверяется по строкам: нужен запрос на отгрузку.",
    ),
}


class _Reservation(msgspec.Struct, gc=False):
    shipment_id: str
    amount: str
    reserved_until: str


class _Override(msgspec.Struct, gc=False):
    id: str
    conditions: list[str]
    expires_at: str
    shipment_id: str | None = None
    amount_max: str | None = None
    amount_used: str | None = None


class _Document(msgspec.Struct, gc=False):
    document: str
    in_force: bool


class _Obligation(msgspec.Struct, gc=False):
    obligation_id: str
    outstanding: str


class _Condition(msgspec.Struct, gc=False):
    reason: str
    since: str
    overrides: list[str] = []


class _Categories(msgspec.Struct, gc=False):
    lifecycle: str | None = None


class _FirstDeal(msgspec.Struct, gc=False):
    state: str


class _NextChange(msgspec.Struct, gc=False):
    at: str


class _Status(msgspec.Struct, gc=False):
    """What of `client.status` this needs."""

    sequence: int
    blocked: bool
    currency: str
    exposure: str
    limit: str | None
    categories: _Categories
    conditions: list[_Condition]
    next_change: _NextChange | None
    first_deal: _FirstDeal | None = None
    flags: list[str] = []
    open_obligations: list[_Obligation] = []
    reservations: list[_Reservation] = []
    overrides: list[_Override] = []
    documents: list[_Document] = []


class _Told(_Condition, gc=False):
    because: list[Any] = []
    lifted_by: list[Any] = []
    explanation: dict[str, str] = {}


class _Block(msgspec.Struct, gc=False):
    """What of `shipment-blocks` this needs."""

    type: str
    sequence: int
    conditions: list[_Told] = []


_status: Final = msgspec.json.Decoder(_Status).decode
_block: Final = msgspec.json.Decoder(_Block).decode


class Asked(NamedTuple):
    """The question, its amount in minor units, and the present in milliseconds."""

    amount: int
    shipment_id: str | None
    now: int


class Reason(msgspec.Struct, gc=False):
    """Why not, or why nobody knows."""

    reason: str
    since: str | None
    because: list[Any]
    lifted_by: list[Any]
    explanation: dict[str, str]


class Answer(msgspec.Struct, gc=False):
    """What `answer` found."""

    decision: str
    reasons: list[Reason]
    reservation: _Reservation | None = None
    overrides: list[str] = []
    flags: list[str] = []
    sequence: int | None = None
    currency: str | None = None


def answer(
    asked: Asked,
    policy: Policy,
    status_json: bytes | None,
    block_json: bytes | None,
    stale: str | None,
    late_ms_max: int | None,
) -> Answer:
    """The answer. `stale`: why what is known cannot be relied on, None when it can; a change that was due longer ago
    than `late_ms_max` and is not there yet is unknown as well, None leaves that out."""
    unknown = [] if stale is None else [_unknown(stale)]
    if status_json is None:
        return Answer(UNKNOWN, [*unknown, _unknown(CLIENT_UNKNOWN)])
    status = _status(status_json)
    block = None if block_json is None else _block(block_json)
    following = status.next_change
    if following is not None and late_ms_max is not None and _instant(following.at) < asked.now - late_ms_max:
        unknown.append(_unknown(CHANGE_OVERDUE))
    reservation = _reservation(asked, status)
    covers = _Covers(status, asked, max(0, asked.amount - _minor(reservation.amount)) if reservation else asked.amount)
    against = _blocking(status, block, covers)
    if reservation is None:
        against += _documents(status, against, covers)
    against += _limit(status, policy, against, covers)
    if reservation is None and not against and _first_deal_runs(status):
        unknown.append(_unknown(REQUEST_NEEDED))
    decision = UNKNOWN if unknown else REFUSE if against else APPROVE
    relied = list(covers.relied)
    return Answer(decision, [*unknown, *against], reservation, relied, status.flags, status.sequence, status.currency)


class _Covers:
    """The overrides in force, for this shipment and what of the amount no approval covers yet."""

    def __init__(self, status: _Status, asked: Asked, amount: int) -> None:
        self.amount = amount
        self.relied: dict[str, None] = {}
        self._in_force = [
            one
            for one in status.overrides
            if _instant(one.expires_at) > asked.now and self._fits(one, asked.shipment_id)
        ]

    def _fits(self, one: _Override, shipment_id: str | None) -> bool:
        if one.shipment_id is not None:
            return one.shipment_id == shipment_id
        if one.amount_max is not None:
            return _minor(one.amount_used or "0.00") + self.amount <= _minor(one.amount_max)
        return True

    def covers(self, reason: str) -> bool:
        """Whether one lifts the reason; it is noted as relied on."""
        for one in self._in_force:
            if reason in one.conditions:
                self.relied[one.id] = None
                return True
        return False


def _blocking(status: _Status, block: _Block | None, covers: _Covers) -> list[Reason]:
    """Stop conditions by either topic: while only one of them says yet that the client is released, it is not."""
    held: dict[str, _Condition] = {one.reason: one for one in status.conditions} if status.blocked else {}
    if block is not None and block.type == "shipment.blocked":
        held |= {one.reason: one for one in block.conditions}
    return [_told(one) for reason, one in held.items() if not covers.covers(reason)]


def _told(one: _Condition) -> Reason:
    if isinstance(one, _Told):
        return Reason(one.reason, one.since, one.because, one.lifted_by, one.explanation)
    return Reason(one.reason, one.since, [], [], {"en": f"{one.reason}.", "ru": f"{one.reason}."})


def _reservation(asked: Asked, status: _Status) -> _Reservation | None:
    """The approval of this shipment, while it has not expired."""
    for one in status.reservations:
        if one.shipment_id == asked.shipment_id and _instant(one.reserved_until) > asked.now:
            return one
    return None


def _documents(status: _Status, against: list[Reason], covers: _Covers) -> list[Reason]:
    """Both documents must be in force for a request."""
    reason, there = "documents_missing", {one.document for one in status.documents if one.in_force}
    missing = [name for name in _DOCUMENTS if name not in there]
    known = any(one.reason == reason for one in against)
    if not missing or known or covers.covers(reason):
        return []
    said = ", ".join(missing)
    words = {"en": f"Documents are missing: {said}.", "ru": f"Не хватает документов: {said}."}
    because = {"rule": reason, "threshold": "2", "observed": str(2 - len(missing)), "facts": []}
    lifts = [{"kind": "document", "documents": missing}, _person(reason)]
    return [Reason(reason, None, [because], lifts, words)]


def _limit(status: _Status, policy: Policy, against: list[Reason], covers: _Covers) -> list[Reason]:
    """Exposure, which holds the reservations already, and what comes on top must fit the limit in force."""
    reason = "credit_limit"
    if status.limit is None or not covers.amount or not policy.conditions.credit_limit.enabled:
        return []
    exposure, limit, amount = _minor(status.exposure), _minor(status.limit), covers.amount
    short = exposure + amount - limit
    if short <= 0 or any(one.reason == reason for one in against) or covers.covers(reason):
        return []
    currency = status.currency
    lifts: list[dict[str, Any]] = [_person(reason)]
    if short <= exposure:
        lifts.insert(
            0, {"kind": "payment", "amount": _text(short), "currency": currency, "obligations": _oldest(status, short)}
        )
    debt, asked = _text(exposure), _text(amount)
    words = {
        "en": f"The debt of {debt} {currency}, reservations included, and {asked} {currency} are above the credit "
        f"limit of {status.limit} {currency}.",
        "ru": f"Долг {debt} {currency} с учётом резервов и {asked} {currency} вместе выше кредитного лимита "
        f"{status.limit} {currency}.",
    }
    because = {"rule": reason, "threshold": status.limit, "observed": _text(exposure + amount), "facts": []}
    return [Reason(reason, None, [because], lifts, words)]


def _oldest(status: _Status, amount: int) -> list[str]:
    """The obligations that a payment of `amount` would pay, oldest due first; the status lists them so."""
    found: list[str] = []
    for one in status.open_obligations:
        if amount <= 0:
            break
        found.append(one.obligation_id)
        amount -= _minor(one.outstanding)
    return found


def _first_deal_runs(status: _Status) -> bool:
    """Whether limits of the first deal hold, which only a request with its lines can be judged by."""
    if status.first_deal is not None:
        return status.first_deal.state != "closed"
    return status.categories.lifecycle in ("potential", "new")


def _unknown(reason: str) -> Reason:
    english, russian = _SAID[reason]
    return Reason(reason, None, [], [], {"en": english, "ru": russian})


def _person(reason: str) -> dict[str, str]:
    return {"kind": "person", "role": ROLE_LIFTING[reason]}


def _minor(text: str) -> int:
    whole, _, places = text.partition(".")
    return int(whole) * 100 + int(places.ljust(2, "0") or 0)


def _text(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def _instant(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def minor_of(text: str) -> int:
    """An amount as asked, in minor units; raises ValueError when it is no amount above zero."""
    if re.fullmatch(MONEY, text) is None or not text.strip("0."):
        raise ValueError("must be an amount above zero with at most two places, like 60.00")
    return _minor(text)
