"""A server's key and the policy that lists it."""

from typing import Any

from schemas.policy import Policy
from schemas.policy_file import default_policy
from schemas.signatures import public_key_of
from streams.views.serving.settings import SigningKey

SERVER_KEY = SigningKey("http-1", ("manager", "director"), bytes(range(32)))
PERSONS_KEY = bytes(range(1, 33))


def policy() -> Policy:
    """The default one; it lists the server as a service, and a-manager with a key of her own."""
    document = default_policy().to_document()
    keys = [
        {"key_id": "http-1", "public_key": public_key_of(SERVER_KEY.private_key), "holder": "stoplist serve"},
        {"key_id": "own", "public_key": public_key_of(PERSONS_KEY), "holder": "a-manager"},
    ]
    roles = (["manager", "director"], ["manager"])
    return Policy.from_document(
        {**document, "keys": [{**key, "roles": has} for key, has in zip(keys, roles, strict=True)]}
    )


def signing() -> dict[str, Any]:
    """Settings of a server that signs."""
    return {"policy": policy(), "signing_key": SERVER_KEY}
