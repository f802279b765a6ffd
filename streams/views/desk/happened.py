"""What happened last, for a page that has just been opened: the live stream told it while nobody looked."""

from typing import Final

import msgspec

from streams.views import names
from streams.views.client import RedisClient

_LOOKED_THROUGH_MAX: Final = 1_000
_READ_AT_ONCE: Final = 100
_SHOWN: Final = (
    "shipment.blocked",
    "shipment.released",
    "shipment.approved",
    "shipment.refused",
    "shipment.shipped_while_blocked",
    "shipment.shipped_without_approval",
)
_MOVED: Final = "category.changed"
_GROUP: Final = "risk_group"


class _Kind(msgspec.Struct):
    type: str
    dimension: str = ""


_kind: Final = msgspec.json.Decoder(_Kind).decode


async def happened_last(redis: RedisClient, most: int) -> list[msgspec.Raw]:
    """The newest events that the desk shows, newest first, as they were published: blocks, releases, answers, alerts
    and moves between risk groups. Raises RedisError."""
    found: list[msgspec.Raw] = []
    for first in range(0, _LOOKED_THROUGH_MAX, _READ_AT_ONCE):
        members = await redis.zrevrange(names.EVENTS, first, first + _READ_AT_ONCE - 1)
        for member in members:
            event = member.partition(b":")[2]
            kind = _kind(event)
            if kind.type in _SHOWN or (kind.type == _MOVED and kind.dimension == _GROUP):
                found.append(msgspec.Raw(event))
                if len(found) == most:
                    return found
        if len(members) < _READ_AT_ONCE:
            break
    return found
