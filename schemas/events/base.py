"""What every event of a client is made of."""

from typing import Annotated

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(min_length=1, max_length=64)]
ObligationId = Annotated[str, Meta(min_length=1, max_length=66)]
"""Longer than other ids by `/1`: the only obligation of a shipment is `<shipment_id>/1`."""
Text = Annotated[str, Meta(max_length=500)]
Revision = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class Event(msgspec.Struct, tag_field="type", kw_only=True):
    """What every fact carries."""

    id: Id
    client_id: Id
    revision: Revision = 1
    voided: bool = False
    digest: bytes = b""

    @property
    def type(self) -> str:
        """The event's name in the contract, e.g. `payment.received`."""
        return str(self.__struct_config__.tag)
