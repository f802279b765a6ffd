"""What a stop condition is: when it holds, on what grounds, in what words, and what would end it."""

from collections.abc import Callable
from enum import IntFlag
from typing import NamedTuple

from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.view import View


class Ground(IntFlag):
    """What a condition stands on: without it the condition does not hold, and nobody asks for more."""

    DEAL = 1
    """A first deal that is not closed."""
    JUDGEMENTS = 2
    """Decisions of people."""
    RISK_GROUP = 4
    """The policy's group, or above."""
    LIMIT = 8
    """A credit limit in force."""
    DOCUMENTS = 16
    """A required document that is not in force."""


def no_payment(rules: Rules, client: Client, view: View) -> list[str]:
    """No payment ends the condition."""
    return []


class StopCondition(NamedTuple):
    """A named reason on the client not to ship. Its functions look at a view that is complete but for `reasons`."""

    reason: str
    role: str
    """Who may lift it."""
    ground: Ground
    holds: Callable[[Rules, Client, View], bool]
    because: Callable[[Rules, Client, View], list[Because]]
    """Why it is active, or by the same measure why it no longer is."""
    said: Callable[[Rules, Client, View], Text]
    """The active condition in one sentence, without what would lift it."""
    ended: Callable[[Rules, Client, View], Text]
    """Why it is no longer active, in a few words."""
    to_pay: Callable[[Rules, Client, View], list[str]] = no_payment
    """The obligations whose payment ends it, oldest due first; empty when none does."""
    in_full: bool = False
    """Only when they are paid to the last cent; else the last of them may keep what the policy tolerates."""
