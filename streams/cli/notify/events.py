"""One published event on its way to endpoints."""

from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from streams.cli.notify.config import EndpointConfig


class Event(NamedTuple):
    """What an endpoint is told: the record's own bytes."""

    topic: str
    client_id: str
    id: str
    """`<client>:<sequence>`, in characters that a header may hold."""
    body: bytes


class Published(NamedTuple):
    """An event with what filters look at."""

    event: Event
    sequence: int
    type: str
    dimension: str

    def is_for(self, endpoint: EndpointConfig) -> bool:
        """Whether the endpoint asked for it."""
        if self.event.topic not in endpoint.topics or (endpoint.types and self.type not in endpoint.types):
            return False
        return not (self.dimension and endpoint.dimensions and self.dimension not in endpoint.dimensions)


class _Fields(msgspec.Struct):
    type: str
    id: str
    client_id: str
    sequence: int
    dimension: str = ""


_decode = msgspec.json.Decoder(_Fields).decode


def published(record: Any) -> Published | None:
    """The event of a record; None for a deletion and for what is none of ours."""
    try:
        fields = _decode(record.value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    event_id = quote(fields.id, safe=":-_.~@+ ").strip()
    event = Event(record.topic, fields.client_id, event_id, record.value)
    return Published(event, fields.sequence, fields.type, fields.dimension)
