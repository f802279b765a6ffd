"""Records of the internal topics `stoplist-turnover` and `stoplist-importance`: what the fold of clients and the fold
of scopes tell each other.

Both are written and read by Stoplist alone, so they are structs without a model. Each says the whole of what it is
about, not a difference: a repeated or late one is dropped by its sequence, and nothing is ever counted twice.
"""

from datetime import date
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from schemas.records import Instant

ScopeKind = Literal["direction", "territory"]
Sequence = Annotated[int, Meta(ge=1)]


class Cause(msgspec.Struct, frozen=True, gc=False):
    """The record that moved the turnover, as outputs name it, and its client."""

    client_id: str
    id: str
    type: str
    topic: str
    partition: int
    offset: int


class ScopeTurnover(msgspec.Struct, kw_only=True, gc=False):
    """A client's turnover in one scope, on `stoplist-turnover` under `scope_key`."""

    kind: ScopeKind
    scope_id: str
    client_id: str
    sequence: Sequence
    """One count per client over all its records here: a scope drops what is not above the client's last."""
    months: list[tuple[str, int]]
    """(`YYYY-MM`, minor units of the policy's currency, below 0 after returns), oldest first, as many as may count."""
    registered_on: date | None
    """Of two clients with one turnover the one registered earlier comes first; without a date it comes last."""
    cause: Cause | None
    """None: time or a policy."""
    at_ms: Instant


class ScopeImportance(msgspec.Struct, kw_only=True, gc=False):
    """A client's importance in one scope, on `stoplist-importance` under the client's id."""

    kind: ScopeKind
    scope_id: str
    client_id: str
    sequence: Sequence
    """One count per scope over all its records here: a client drops what is not above the scope's last."""
    importance: Literal["key", "medium", "small"] | None
    """None: the client has no sales in the scope any more."""
    turnover_minor: int
    before_minor: int
    """What the clients before it have together."""
    total_minor: int
    """What all clients of the scope have together; amounts below 0 count as 0."""
    cause: Cause | None
    """Often the sale of another client; None: time or a policy."""
    at_ms: Instant


def scope_key(kind: ScopeKind, scope_id: str) -> bytes:
    """The key of a scope: `direction/watches`."""
    return f"{kind}/{scope_id}".encode()


def split_scope_key(key: bytes) -> tuple[str, str]:
    """Kind and id of a scope's key; raises ValueError when it is none."""
    kind, slash, scope_id = key.decode().partition("/")
    if not slash or not scope_id or kind not in ("direction", "territory"):
        raise ValueError(f"{key!r} is no scope; one reads direction/<id> or territory/<id>")
    return kind, scope_id


encode: Final = msgspec.json.Encoder().encode
read_turnover: Final = msgspec.json.Decoder(ScopeTurnover).decode
"""Raises `msgspec.MsgspecError` for what is no such record."""
read_importance: Final = msgspec.json.Decoder(ScopeImportance).decode
"""Raises `msgspec.MsgspecError` for what is no such record."""
