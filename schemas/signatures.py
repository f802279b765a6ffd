"""Signed judgements: Ed25519 over the RFC 8785 form of the value without its field `signature`.

Authority is proven, not claimed: what counts is the roles that the policy gives to the key, not those a record names.
The whole value is signed, fields this version does not know included.
"""

import base64
import binascii
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schemas.canonical import canonical_json
from schemas.dead_letters import NOT_AUTHORISED
from schemas.events import (
    ConductCleared,
    ConductRecorded,
    CreditLimitSet,
    FirstDealDecided,
    Judgement,
    OverrideGranted,
    OverrideRevoked,
)
from schemas.json_document import read_json
from schemas.policy import Key
from schemas.reasons import ROLE_LIFTING
from schemas.records import Rejected

ANY_ROLE: Final = ("manager", "director")
DIRECTOR: Final = ("director",)
ROLES: Final[dict[type[Judgement], tuple[str, ...]]] = {
    CreditLimitSet: ANY_ROLE,
    ConductRecorded: ANY_ROLE,
    ConductCleared: DIRECTOR,
    OverrideGranted: ANY_ROLE,
    OverrideRevoked: ANY_ROLE,
    FirstDealDecided: ANY_ROLE,
}
"""Of which roles the key must have one, by event; `roles_for` says when it takes more."""


def roles_for(event: Judgement) -> tuple[str, ...]:
    """The roles of which the key must have one for this judgement to count.

    An override takes a role that may lift each of its conditions. To replace or withdraw a recorded breach or a
    revocation may undo a block, so it takes a director.
    """
    if isinstance(event, OverrideGranted) and any(ROLE_LIFTING[reason] == "director" for reason in event.conditions):
        return DIRECTOR
    if isinstance(event, ConductRecorded | OverrideRevoked) and (event.voided or event.revision > 1):
        return DIRECTOR
    return ROLES[type(event)]


def signed_bytes(document: dict[str, Any]) -> bytes:
    """What the signature is over; raises ValueError when the document has no canonical form."""
    return canonical_json({name: value for name, value in document.items() if name != "signature"})


def sign(document: dict[str, Any], key_id: str, private_key: bytes) -> dict[str, Any]:
    """The document with `key_id` and `signature`; `private_key` is the 32 raw bytes of the Ed25519 key."""
    named = {**document, "key_id": key_id}
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(signed_bytes(named))
    return {**named, "signature": base64.b64encode(signature).decode("ascii")}


def public_key_of(private_key: bytes) -> str:
    """The public key as the policy lists it, base64."""
    public = Ed25519PrivateKey.from_private_bytes(private_key).public_key()
    return base64.b64encode(public.public_bytes_raw()).decode("ascii")


def verify(
    value: bytes, keys: Iterable[Key], roles: Collection[str] = ANY_ROLE, on: date | None = None
) -> Rejected | None:
    """None when `value` (a record's bytes) is signed by one of `keys` that has one of `roles`, else why not.

    A role that the record names must be one the key has; a withdrawal need not name any. `on` is the day of the
    record's append time, on which the key must be valid; None: that is not looked at.
    """
    try:
        document = read_json(value, unique_names=True)
        content = signed_bytes(document)
    except (ValueError, AttributeError):
        return _refused("signature", "Sign one JSON object without repeated names or numbers beyond 2^53.")
    key_id, signature, role = document.get("key_id"), document.get("signature"), document.get("role")
    if not isinstance(signature, str) or not signature:
        return _refused("signature", "Sign the judgement with a key that the policy lists.")
    key = next((key for key in keys if key.key_id == key_id), None)
    if key is None:
        return _refused("key_id", "Use a key that the policy in force lists.")
    if on is not None and not key.valid_on(on):
        return _refused("key_id", "The key was not valid on that day; sign with one that the policy lists as valid.")
    if not _valid(key, signature, content):
        return _refused("signature", "The signature does not fit the record and its key; sign the record again.")
    if not set(key.roles) & set(roles) or (role is not None and (role not in key.roles or role not in roles)):
        return _refused(
            "role", f"The key needs one of these roles, and the record must name one it has: {_list(roles)}."
        )
    return None


def _valid(key: Key, signature: str, content: bytes) -> bool:
    try:
        raw = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key.public_key)).verify(raw, content)
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True


def _list(roles: Collection[str]) -> str:
    return ", ".join(sorted(roles))


def _refused(field: str, remedy: str) -> Rejected:
    return Rejected(NOT_AUTHORISED, field, remedy)
