"""The first deal: the deal of the dispatch with the earliest `at`, then id; closed once everything of it is paid."""

from typing import NamedTuple

from streams.domain.policy import Rules
from streams.domain.state import Client


class Deal(NamedTuple):
    """The first deal of a client."""

    id: str
    obligations: list[str]
    """Ids of its obligations, in order of dispatch; empty when the deal was folded away (it is closed then)."""
    open: bool
    """False from the end of the first day (today: now) on which all its obligations are paid and it is not returned
    in full; it stays closed."""
    returned_in_full: bool


def of(rules: Rules, client: Client, day: int) -> Deal | None:
    """The first deal as of `day`; None before the first dispatch (and for a client that was opened as no new one)."""
    raise NotImplementedError
