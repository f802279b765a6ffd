"""Where money went: a function of the facts, replayed by effective date or moved on by the newest fact."""

from collections.abc import Iterator

from streams.domain.policy import Rules
from streams.domain.state import Client, Obligation, OpenObligation


def advance(rules: Rules, client: Client, day: int) -> bool:
    """Take what time brings up to `day` (facts dated ahead, kept money let go); whether anything was taken."""
    raise NotImplementedError


def replay(rules: Rules, client: Client, day: int) -> None:
    """Derive the whole position anew from the facts, up to `day` (after a policy that is not `same_position`)."""
    raise NotImplementedError


def next_day(client: Client) -> int:
    """The next day on which `advance` takes something; NEVER: none."""
    raise NotImplementedError


def obligation(client: Client, shipment_id: str, index: int) -> Obligation:
    """An obligation by its place; shipment id "" for the opening balances."""
    raise NotImplementedError


def open_obligations(client: Client) -> Iterator[tuple[OpenObligation, Obligation]]:
    """Everything outstanding, oldest due first, then id: (place with due and ids, amounts)."""
    raise NotImplementedError


def owed(client: Client, obligation_ids: list[str]) -> int:
    """What is outstanding of these obligations together, in minor units."""
    raise NotImplementedError


def copy(client: Client) -> Client:
    """A copy whose facts and position may be advanced without touching the client (`decided` is shared)."""
    raise NotImplementedError
