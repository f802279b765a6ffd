"""Authority is proven by a signature of a key that the policy lists with a role."""

import base64
import json
from datetime import date
from typing import Any

import pytest

from schemas.decoding import decode
from schemas.events import Judgement
from schemas.policy import Key, Role
from schemas.signatures import public_key_of, roles_for, sign, signed_bytes, verify
from tests.schemas.examples import EXAMPLES, TOPICS, record

PETROVA = bytes(range(32))
IVANOV = bytes(range(1, 33))


def key(key_id: str, private: bytes, *roles: Role) -> Key:
    return Key(key_id=key_id, public_key=public_key_of(private), holder="A person", roles=roles)


KEYS = [key("petrova", PETROVA, "manager"), key("ivanov", IVANOV, "manager", "director")]
LIMIT = {name: value for name, value in EXAMPLES["credit_limit.set"].items() if name not in ("signature", "key_id")}


def refusal(document: Any, keys: list[Key] | None = None) -> str | None:
    answer = verify(json.dumps(document).encode(), KEYS if keys is None else keys)
    assert answer is None or answer.reason == "not_authorised"
    return None if answer is None else answer.field


def test_key_of_the_rfc() -> None:
    # RFC 8032, test 1
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert public_key_of(private) == base64.b64encode(public).decode()


def test_signed_judgement_is_accepted_however_it_is_written() -> None:
    signed = sign(LIMIT, "petrova", PETROVA)
    assert refusal(signed) is None
    written = json.dumps(dict(reversed(signed.items())), indent=3, ensure_ascii=True).encode()
    assert verify(written, KEYS) is None


def test_signature_covers_every_field_but_itself() -> None:
    signed = sign({**LIMIT, "comment": "after a call"}, "petrova", PETROVA)
    assert b"signature" not in signed_bytes(signed)
    for name in signed:
        if name not in ("signature", "key_id"):
            assert refusal({**signed, name: "forged"}) == "signature", name
            assert refusal({field: value for field, value in signed.items() if field != name}) == "signature", name
    assert refusal({**signed, "added": 1}) == "signature"
    assert refusal({**signed, "key_id": "ivanov"}) == "signature"


@pytest.mark.parametrize("signature", ["", None, 7, "no base64!", "AAAA", "A" * 86 + "=="])
def test_no_signature(signature: Any) -> None:
    assert refusal({**sign(LIMIT, "petrova", PETROVA), "signature": signature}) == "signature"


def test_unsigned() -> None:
    assert refusal(LIMIT) == "signature"


def test_unknown_key() -> None:
    assert refusal(sign(LIMIT, "nobody", PETROVA)) == "key_id"
    assert refusal(sign(LIMIT, "petrova", PETROVA), keys=[]) == "key_id"
    unnamed = {name: value for name, value in sign(LIMIT, "petrova", PETROVA).items() if name != "key_id"}
    assert refusal(unnamed) == "key_id"


def test_role_is_that_of_the_key_and_not_a_claim() -> None:
    assert refusal(sign({**LIMIT, "role": "director"}, "petrova", PETROVA)) == "role"
    assert refusal(sign({**LIMIT, "role": "director"}, "ivanov", IVANOV)) is None
    assert refusal(sign({**LIMIT, "role": "storekeeper"}, "ivanov", IVANOV)) == "role"
    answer = verify(json.dumps(sign(LIMIT, "petrova", PETROVA)).encode(), KEYS, roles=("director",))
    assert answer is not None
    assert answer.field == "role"


def test_withdrawal_is_signed_as_well() -> None:
    withdrawal = {"type": "credit_limit.set", "id": "L-1", "client_id": "C-1", "revision": 2, "voided": True}
    assert refusal(withdrawal) == "signature"
    signed = sign(withdrawal, "petrova", PETROVA)
    assert refusal(signed) is None
    answer = verify(json.dumps(signed).encode(), KEYS, roles=("director",))
    assert answer is not None
    assert answer.field == "role"


@pytest.mark.parametrize(
    "value", [b"", b"[]", b"{", b'{"a":1,"a":1}', b'{"a":1e999}', b'{"a":9007199254740993}', b"\xff"]
)
def test_what_cannot_be_signed(value: bytes) -> None:
    answer = verify(value, KEYS)
    assert answer is not None
    assert (answer.reason, answer.field) == ("not_authorised", "signature")


def test_member_written_twice_is_refused_although_the_last_is_signed() -> None:
    signed = json.dumps(sign(LIMIT, "petrova", PETROVA)).encode()
    assert verify(signed, KEYS) is None
    twice = b'{"amount": "999.00", ' + signed[1:]
    answer = verify(twice, KEYS)
    assert answer is not None
    assert answer.field == "signature"


@pytest.mark.parametrize(
    ("kind", "changes", "manager_may"),
    [
        ("credit_limit.set", {}, True),
        ("conduct.recorded", {}, True),
        ("conduct.cleared", {}, False),
        ("override.granted", {"conditions": ["risk_group", "credit_limit"]}, True),
        ("override.granted", {"conditions": ["risk_group", "conduct"]}, False),
        ("override.granted", {"conditions": ["documents_missing"]}, False),
        ("override.revoked", {}, True),
        ("first_deal.decided", {}, True),
        # to withdraw a breach is to clear it; to withdraw a revocation is to grant again
        ("conduct.recorded", {"voided": True}, False),
        ("override.revoked", {"voided": True}, False),
        ("conduct.cleared", {"voided": True}, False),
        ("override.granted", {"voided": True}, True),
    ],
)
def test_who_may_judge(kind: str, changes: dict[str, Any], manager_may: bool) -> None:
    event = decode("judgements", record(kind, **changes))
    assert isinstance(event, Judgement)
    assert ("manager" in roles_for(event)) == manager_may
    assert "director" in roles_for(event)


@pytest.mark.parametrize("kind", [kind for kind, topic in TOPICS.items() if topic == "judgements"])
def test_every_judgement_is_signed(kind: str) -> None:
    document = {name: value for name, value in EXAMPLES[kind].items() if name not in ("signature", "key_id")}
    document["role"] = "director"
    assert refusal(document) == "signature"
    signed = sign(document, "ivanov", IVANOV)
    value = json.dumps(signed).encode()
    event = decode("judgements", value)
    assert isinstance(event, Judgement)
    assert verify(value, KEYS, roles_for(event)) is None
    assert event.signature == signed["signature"]
    assert refusal({**signed, "id": "another"}) == "signature"
    assert refusal({**signed, "client_id": "C-2"}) == "signature"


@pytest.mark.parametrize(
    ("day", "valid"),
    [
        (date(2026, 1, 31), False),
        (date(2026, 2, 1), True),
        (date(2026, 3, 31), True),
        (date(2026, 4, 1), False),
        (None, True),  # not looked at
    ],
)
def test_a_key_counts_from_its_first_day_through_its_last(day: date | None, valid: bool) -> None:
    bounds = {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 3, 31)}
    keys = [key("petrova", PETROVA, "manager").model_copy(update=bounds)]
    answer = verify(json.dumps(sign(LIMIT, "petrova", PETROVA)).encode(), keys, on=day)
    assert (answer is None) == valid
    assert answer is None or (answer.reason, answer.field) == ("not_authorised", "key_id")
