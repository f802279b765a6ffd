"""Events of the topic `policies`."""

import msgspec


class PolicyActivated(msgspec.Struct, tag_field="type", tag="policy.activated", kw_only=True):
    """The whole policy; to every partition, no client. `policy` is checked by `schemas.policy`."""

    id: str
    version: int
    policy: dict[str, object]
    digest: bytes = b""
