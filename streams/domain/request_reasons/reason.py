"""What a reason to refuse a request is: on what grounds it holds, in what words, and who may lift it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.view import View


class RequestedLine(Protocol):
    """One line of what is asked for; quantity in thousandths, price per unit in minor units of any one currency."""

    quantity_milli: int
    rrp: int
    product_category: str
    fast_moving: bool


class Request(Protocol):
    """What is asked for. Amounts in minor units of the policy's currency; ids are empty when nobody said them."""

    shipment_id: str
    outlet_id: str
    deal_id: str
    amount: int
    """Payable."""
    rrp: int
    term_days_max: int
    """Days to the due date of the last instalment, as stated."""

    @property
    def lines(self) -> Sequence[RequestedLine]: ...


class RequestReason(NamedTuple):
    """A named reason not to ship what is asked for. Its functions look at a complete view of the client."""

    reason: str
    role: str
    """Who may lift it; empty: nobody."""
    check: Callable[[Rules, Client, View, Request], list[Because]]
    """Every ground to refuse; empty when the reason does not hold."""
    said: Callable[[Rules, Client, View, Request], Text]
    """The reason that holds in one sentence, with what to do about it."""
