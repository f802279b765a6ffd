"""From what somebody sends to the event that goes to Kafka: completed, checked as workers will, signed.

Judgements need a signature by a key of the policy. A person who holds one signs alone and sends the whole event, which
is passed on as it is. For everybody else the server signs with a key of its own, in the name of the login: the policy
lists that key as a service, with the roles it may use.
"""

import hashlib
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from schemas.catalogue import JUDGEMENTS, TOPIC_OF_TYPE
from schemas.decoding import decode
from schemas.events import Judgement
from schemas.records import Rejected
from schemas.signatures import roles_for, sign, verify
from streams.views.serving.login import Who
from streams.views.serving.present import Present
from streams.views.serving.problems import Problem
from streams.views.serving.roles import Right
from streams.views.serving.settings import SigningKey

JUDGED: Final = (
    "override.granted",
    "override.revoked",
    "credit_limit.set",
    "conduct.recorded",
    "conduct.cleared",
    "first_deal.decided",
)
ACCOUNTED: Final = (
    "obligation.rescheduled",
    "obligation.disputed",
    "obligation.resolved",
    "obligation.written_off",
)
RECEIVED: Final = "payment.received"
_INSTANT: Final = {"override.granted": "granted_at"}
_UNDATED: Final = (*ACCOUNTED, RECEIVED, "credit_limit.set")
_OURS: Final = ("author", "role", "signature", "key_id")


class Event(NamedTuple):
    """What is sent."""

    id: str
    type: str
    client_id: str
    value: bytes


def right_for(kind: str) -> Right:
    """The right that saying an event of this type takes at least; raises Problem when it is not said here."""
    if kind in ("shipment.requested", "shipment.cancelled"):
        return "request"
    if kind in ACCOUNTED or kind == RECEIVED:
        return "account"
    if kind in JUDGED:
        return "judge"
    raise not_decided()


def not_decided() -> Problem:
    """A type that is no decision of a person."""
    said = ", ".join((*JUDGED, *ACCOUNTED))
    return Problem("invalid-request", f"type: must be one of {said}.", [("type", f"must be one of {said}")])


def compose(
    kind: str, body: dict[str, Any], who: Who, key: str, present: Present, signing_key: SigningKey | None
) -> Event:
    """The event of `body`; `key` is the idempotency key. Raises Problem for what workers would refuse."""
    who.needs(right_for(kind), kind)
    document = {"type": kind, "id": _id_of(kind, who, key), **_usual(kind, body, present), **body}
    if kind in JUDGED and body.get("signature"):
        _is_authors(body, who)
        value = _checked(kind, document)[0]
    elif kind in JUDGED:
        value = _signed(kind, _by(document, who, who.roles[0]), who, present, signing_key)
    else:
        value = _checked(kind, _by(document, who, None) if kind in ACCOUNTED else document)[0]
    _would_count(kind, value, present, own=signing_key is not None and not body.get("signature"))
    return Event(str(document["id"]), kind, str(document["client_id"]), value)


def _id_of(kind: str, who: Who, key: str) -> str:
    """The same for the same key of the same person: Kafka may get it twice, it counts once."""
    digest = hashlib.sha256(f"{who.name}\0{key}".encode()).hexdigest()[:16]
    return f"{kind.partition('.')[0].replace('_', '-')}-{digest}"


def _usual(kind: str, body: dict[str, Any], present: Present) -> dict[str, Any]:
    """Fields that need not be given: now, today, the policy's currency."""
    now = present.text(present.now)
    usual: dict[str, Any] = {}
    if kind in ACCOUNTED:
        usual["on"] = now[:10]
    if kind not in _UNDATED:
        usual[_INSTANT.get(kind, "at")] = now
    if kind == RECEIVED:
        usual |= {"currency": present.policy.currency, "value_date": now[:10]}
    if kind == "credit_limit.set":
        usual |= {"currency": present.policy.currency, "valid_from": now[:10]}
    if kind == "shipment.requested" or body.get("amount_max") is not None:
        usual["currency"] = present.policy.currency
    return usual


def _by(document: dict[str, Any], who: Who, role: str | None) -> dict[str, Any]:
    """The event in the name of the login, whatever it says itself."""
    said = {name: value for name, value in document.items() if name not in _OURS}
    return {**said, "author": who.name} if role is None else {**said, "author": who.name, "role": role}


def _checked(kind: str, document: dict[str, Any]) -> tuple[bytes, Any]:
    value = msgspec.json.encode(document)
    found = decode(TOPIC_OF_TYPE[kind], value)
    if isinstance(found, Rejected):
        field = found.field or ""
        raise Problem("invalid-request", found.remedy, [(field, found.remedy)] if field else [])
    return value, found


def _signed(kind: str, document: dict[str, Any], who: Who, present: Present, signing_key: SigningKey | None) -> bytes:
    """Signed by the server, as the least of the person's roles that this takes."""
    if signing_key is None:
        raise Problem(
            "unavailable", "The server has no key to sign decisions with; sign it yourself, or ask whoever runs it."
        )
    needed = roles_for(_checked(kind, document)[1])
    role = next((role for role in needed if role in who.roles), None)
    if role is None:
        raise Problem(
            "forbidden", f"{kind} of this kind is not for the role {' or '.join(who.roles)}; it takes: {needed[-1]}."
        )
    return _checked(kind, sign({**document, "role": role}, signing_key.key_id, signing_key.private_key))[0]


def _is_authors(body: dict[str, Any], who: Who) -> None:
    if body.get("author") != who.name:
        raise Problem("forbidden", f"The signed event names another author than the login, {who.name}.")
    if body.get("role") not in who.roles:
        raise Problem("forbidden", f"The signed event names a role that the login has not: {' and '.join(who.roles)}.")


def _would_count(kind: str, value: bytes, present: Present, own: bool) -> None:
    """Refuse what the rules would: the same check of the signature by the policy in force."""
    if TOPIC_OF_TYPE[kind] != JUDGEMENTS:
        return
    found = decode(JUDGEMENTS, value)
    assert isinstance(found, Judgement)
    today = msgspec.convert(present.text(present.now)[:10], date)
    refused = verify(value, present.policy.keys, roles_for(found), today)
    if refused is None:
        return
    if own:
        raise Problem("unavailable", f"The server's key does not count: {refused.remedy} Ask whoever runs it.")
    raise Problem("forbidden", refused.remedy)
