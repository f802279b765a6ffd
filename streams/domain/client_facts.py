"""Facts about the client itself: its documents, its outlets, its end. They have no age and are never folded away."""

import msgspec

from streams.domain.fact import Days, Fact


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


class Profile(msgspec.Struct, array_like=True, gc=False):
    """What follows from the facts about the client, the same on every day from `since` up to but not on `until`."""

    mark: int = 0
    """`Rules.mark` of the policy by which it was found."""
    since: Days = 0
    until: Days = 0
    unsigned: bool = True
    """The required documents have not both been signed yet."""
    missing: list[str] = []
    """Required documents that are not in force."""
    ended: bool = False
    """A required document has been in force and has ended."""
    documents: bytes = b"[]"
    """What is signed and not ended, as the status shows it: JSON, since most statuses repeat it."""
    sales_type: str | None = None
    activities: list[str] = []
    outlets_active: list[str] = []
    mall_outlets: dict[str, int] = {}
    """Active outlets in large malls by territory, in order of territories; those without any are left out."""
    closed_on: Days = 0
    """The last day by now on which the client was said to be closed; 0: none."""
    opened_on: Days = 0
    """The day of the opening balances in force; 0: none."""
    opened_as: str = ""
    """The lifecycle they bring."""
    opened_owing: bool = False
    """They hold obligations: something was dispatched before them."""


class ClientFacts(msgspec.Struct, array_like=True, gc=False):
    """By business id, like all facts."""

    signings: dict[str, Signing] = {}
    endings: dict[str, Ending] = {}
    outlets_opened: dict[str, OutletOpening] = {}
    outlets_closed: dict[str, OutletClosing] = {}
    closings: dict[str, ClientClosing] = {}
    dispatched_last: Days = 0
    """The day of the latest dispatch, those folded away and dated ahead included; 0: none."""
    sold_last: Days = 0
    """The same of sales."""
    dispatched_folded: Days = 0
    """The day of the latest dispatch that was folded away."""
    sold_folded: Days = 0
    profile: Profile = msgspec.field(default_factory=Profile)
    """What `profile.of` found last, so that the usual question needs no look at the facts."""

    def count(self) -> int:
        """How many facts these are."""
        outlets = len(self.outlets_opened) + len(self.outlets_closed)
        return len(self.signings) + len(self.endings) + outlets + len(self.closings)
