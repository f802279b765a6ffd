"""Records of the internal topics `stoplist-turnover` and `stoplist-importance`: what the fold of clients and the fold
of scopes tell each other.

Both are written and read by Stoplist alone, so they are structs without a model. What they say is the state that holds
now, not a difference, and a repeated or late one is dropped by its sequence: nothing is ever counted twice.
"""

from datetime import date
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

ScopeKind = Literal["direction", "territory"]
ClientId = Annotated[str, Meta(min_length=1, max_length=64)]
Sequence = Annotated[int, Meta(ge=1, le=2**53)]
Minor = Annotated[int, Meta(ge=-(2**53), le=2**53)]
"""An amount in minor units. States hold numbers of 64 bits; what is beyond was written by somebody else."""
Percent = Annotated[int, Meta(ge=0, le=100)]


class ScopeTurnover(msgspec.Struct, kw_only=True, gc=False):
    """A client's turnover in the scope whose `scope_key` is the record's key, on `stoplist-turnover`."""

    client_id: ClientId
    sequence: Sequence
    """One count per client over all its records here: a scope drops what is not above the client's last."""
    months: dict[str, Minor | None]
    """What is now booked to the months that changed, by `YYYY-MM`, in minor units of the policy's currency (below 0
    after returns); null: nothing any more."""
    registered_on: date | None
    """Of two clients with one turnover the one registered earlier comes first; without a date it comes last."""
    cause: msgspec.Raw
    """As outputs have it; a record's cause names its client."""


class ScopeImportance(msgspec.Struct, kw_only=True, gc=False):
    """A client's importance in one scope, on `stoplist-importance` under the client's id."""

    kind: ScopeKind
    scope_id: str
    client_id: ClientId
    sequence: Sequence
    """One count per scope over all its records here: a client drops what is not above the scope's last."""
    importance: Literal["key", "medium", "small"] | None
    """None: the client has no sales in the scope any more."""
    turnover_minor: Minor
    """Its own; below 0 counts as 0 in the order, and is given as it is."""
    before_minor: Minor
    """What the clients before it have together."""
    total_minor: Minor
    """What all clients of the scope have together; amounts below 0 count as 0."""
    key_below_percent: Percent
    medium_below_percent: Percent
    """What decided: with less than this of the total before it a client is key, or medium."""
    cause: msgspec.Raw
    """As outputs have it; often the sale of another client, then named."""


def scope_key(kind: ScopeKind, scope_id: str) -> bytes:
    """The key of a scope: `direction/watches`."""
    return f"{kind}/{scope_id}".encode()


def split_scope_key(key: bytes) -> tuple[ScopeKind, str]:
    """Kind and id of a scope's key; raises ValueError when it is none."""
    kind, _, scope_id = key.decode().partition("/")
    if scope_id and kind == "direction":
        return "direction", scope_id
    if scope_id and kind == "territory":
        return "territory", scope_id
    raise ValueError(f"{key!r} is no scope; one reads direction/<id> or territory/<id>")


encode: Final = msgspec.json.Encoder().encode
read_turnover: Final = msgspec.json.Decoder(ScopeTurnover).decode
"""Raises `msgspec.MsgspecError` for what is no such record."""
read_importance: Final = msgspec.json.Decoder(ScopeImportance).decode
"""Raises `msgspec.MsgspecError` for what is no such record."""
