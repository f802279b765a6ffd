"""How far a partition's read model can be trusted: what the projector writes and the server reads."""

from typing import Final

import msgspec


class Alive(msgspec.Struct, frozen=True):
    """Of one partition, instants in milliseconds by the projector's clock."""

    alive_at: int
    """The worker that owns it lived then, for sure."""
    complete_at: int
    """Whatever had reached the inputs by then is in the read model."""


encode: Final = msgspec.json.Encoder().encode
decode: Final = msgspec.json.Decoder(Alive).decode
