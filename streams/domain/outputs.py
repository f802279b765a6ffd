"""The records we publish: JSON values built straight to bytes, CloudEvents 1.0 attributes as headers.

Key order is the contract's. An output's id is `<client>:<sequence>`, so publishing it again is harmless.
"""

from typing import Final

import msgspec

from schemas.catalogue import TOPIC_OF_TYPE
from schemas.records import Header, Output
from streams.domain.sentences import Text

RULES_VERSION: Final = "6"
"""Changes whenever the same records may give other outputs."""

BLOCKS: Final = "shipment-blocks"
CATEGORIES: Final = "category-changes"
STATUS: Final = "client-status"
DECISIONS: Final = "shipment-decisions"
ALERTS: Final = "shipment-alerts"

encode = msgspec.json.Encoder().encode

_SPEC: Final[Header] = ("ce_specversion", b"1.0")
_SOURCE: Final[Header] = ("ce_source", b"stoplist")
_CONTENT: Final[Header] = ("content-type", b"application/json")
_TYPES: Final[dict[str, Header]] = {name: ("ce_type", name.encode()) for name in TOPIC_OF_TYPE}


class RecordCause(msgspec.Struct, tag_field="kind", tag="record", omit_defaults=True, gc=False):
    """The record that made the output; id and type are null when it could not be read."""

    id: str | None
    type: str | None
    topic: str
    partition: int
    offset: int
    client_id: str | None = None
    """Whose record it is, where that may be another client's."""


class DeadlineCause(msgspec.Struct, tag_field="kind", tag="deadline", gc=False):
    """Time alone: the instant that passed."""

    at: str


class PolicyCause(msgspec.Struct, tag_field="kind", tag="policy", gc=False):
    """Other numbers in force."""

    version: int
    id: str
    topic: str
    partition: int
    offset: int


class BroadcastCause(msgspec.Struct, tag_field="kind", tag="broadcast", gc=False):
    """A record that concerns every client."""

    id: str
    type: str
    topic: str
    partition: int
    offset: int


Cause = RecordCause | DeadlineCause | PolicyCause | BroadcastCause
read_cause = msgspec.json.Decoder(Cause).decode
"""A cause that another fold passed on. Raises `msgspec.MsgspecError`."""


class Because(msgspec.Struct, gc=False):
    """One ground: the rule, its number, what was found, and the business ids of the facts."""

    rule: str
    threshold: str
    observed: str
    facts: list[str]


class PolicyName(msgspec.Struct, gc=False):
    version: int
    digest: str


class Common(msgspec.Struct, gc=False):
    """What every output carries, in the contract's order."""

    type: str
    id: str
    client_id: str
    sequence: int
    effective_at: str
    cause: Cause
    because: list[Because]
    correction: bool
    policy: PolicyName
    rules_version: str
    explanation: Text


class _Named(msgspec.Struct):
    type: str
    id: str
    client_id: str
    effective_at: str


_name_of = msgspec.json.Decoder(_Named).decode


def value_of(common: Common, rest: bytes) -> bytes:
    """One JSON object of the common fields followed by those of `rest`, the bytes of another object."""
    return b"%b,%b" % (encode(common)[:-1], rest[1:])


def output(topic: str, common: Common, value: bytes) -> Output:
    """The record of `value` with its headers."""
    return _output(topic, common.type, common.id, common.client_id, common.effective_at, value)


def again(topic: str, value: bytes) -> Output:
    """The record published before with this value, byte for byte: its headers follow from the value."""
    name = _name_of(value)
    return _output(topic, name.type, name.id, name.client_id, name.effective_at, value)


def _output(topic: str, kind: str, output_id: str, client_id: str, effective_at: str, value: bytes) -> Output:
    key = client_id.encode()
    headers: list[Header] = [
        _SPEC,
        ("ce_id", output_id.encode()),
        _TYPES[kind],
        _SOURCE,
        ("ce_time", effective_at.encode()),
        ("ce_subject", key),
        _CONTENT,
    ]
    return Output(topic, key, value, headers)
