"""Flags of a client's status: decisions, not facts. A person clears them.

`unregistered`: nobody said yet who the client is. `incomplete`: a record of this client is a dead letter. `conflict`: a
revision came with two contents.
"""

from typing import Final

from streams.domain import ledger
from streams.domain.state import Client

CONFLICT: Final = "conflict"
INCOMPLETE: Final = "incomplete"
UNREGISTERED: Final = "unregistered"


def add(state: Client, name: str) -> None:
    """Set a flag; nothing when it is set already."""
    if name not in state.decided.flags:
        state.decided.flags = sorted([*state.decided.flags, name])


def mark_registration(state: Client) -> None:
    """`unregistered` until a registration or an opening says who the client is, and again when it is withdrawn."""
    known = ledger.registration(state) is not None or ledger.opening(state) is not None
    if not known:
        add(state, UNREGISTERED)
    elif UNREGISTERED in state.decided.flags:
        state.decided.flags = [flag for flag in state.decided.flags if flag != UNREGISTERED]
