"""Facts about the client itself: its documents, its outlets, its end. They have no age and are never folded away."""

import msgspec

from streams.domain.fact import Fact


class Signing(Fact, array_like=True, kw_only=True, gc=False):
    """`document.signed`; `day` is the first day on which it is in force."""

    document: str = ""
    number: str = ""
    form: str = ""
    """`original` or `copy`."""


class Ending(Fact, array_like=True, kw_only=True, gc=False):
    """`document.ended`; `day` is the first day on which it is no longer in force."""

    document: str = ""
    number: str = ""


class OutletOpening(Fact, array_like=True, kw_only=True, gc=False):
    """`outlet.opened`; `day` is the first day on which it is active."""

    outlet_id: str = ""
    territory: str = ""
    mall: str = ""


class OutletClosing(Fact, array_like=True, kw_only=True, gc=False):
    """`outlet.closed`; `day` is the first day on which it is no longer active."""

    outlet_id: str = ""


class ClientClosing(Fact, array_like=True, kw_only=True, gc=False):
    """`client.closed`; `day` is the first day without the client."""


class ClientFacts(msgspec.Struct, array_like=True, gc=False):
    """By business id, like all facts."""

    signings: dict[str, Signing] = {}
    endings: dict[str, Ending] = {}
    outlets_opened: dict[str, OutletOpening] = {}
    outlets_closed: dict[str, OutletClosing] = {}
    closings: dict[str, ClientClosing] = {}

    def count(self) -> int:
        """How many facts these are."""
        outlets = len(self.outlets_opened) + len(self.outlets_closed)
        return len(self.signings) + len(self.endings) + outlets + len(self.closings)
