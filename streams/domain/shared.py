"""What holds for every client of a partition: the policy in force and how far accounting has posted.

Both change by broadcasts, which are numbered. A client takes them in order, each at the broadcast's own instant, when
it is next touched; so what was in force before each is kept until no client needs it any more (`settle`).
"""

from functools import lru_cache
from typing import Final

import msgspec

from schemas.canonical import canonical_json
from schemas.policy import Policy
from schemas.records import NEVER, Instant, Reach
from streams.domain.policy import Rules
from streams.domain.state import Days

HISTORY_MAX: Final = 64
"""Statements `payments.completed` looked back on; accounting makes one a day."""
COMPLETED_MAX: Final = 10_000
"""Statements `payments.completed` remembered for their revisions; beyond, the oldest dates are forgotten."""


class Broadcast(msgspec.Struct, array_like=True):
    """One broadcast that some client may still have to take."""

    number: int
    instant: Instant
    deadline_until: Instant
    id: str
    type: str
    topic: str
    partition: int
    offset: int
    completed_through: Days
    """In force from here on, whatever the broadcast was."""
    policy: bytes
    """The whole policy, canonical JSON; empty when this broadcast is none."""


class Completed(msgspec.Struct, array_like=True):
    """What accounting said under one id."""

    revision: int
    digest: bytes
    through: Days


class Stored(msgspec.Struct, array_like=True):
    """The bytes of a checkpoint."""

    base_number: int
    base_policy: bytes
    base_through: Days
    activated: bool
    completed: dict[str, Completed]
    pending: list[Broadcast]
    history: list[tuple[Instant, Days]]


class Standing(msgspec.Struct, frozen=True, gc=False):
    """What is in force for a client that has taken so many broadcasts."""

    rules: Rules
    completed_through: Days
    history: tuple[tuple[Instant, Days], ...] = ()
    """(instant, completed through) of the last statements, in order: what was known at an earlier instant."""

    def completed_by(self, instant: Instant) -> Days:
        """How far accounting was known to have posted just before `instant`."""
        return next((through for at, through in reversed(self.history) if at < instant), 0)


def policy_bytes(policy: Policy) -> bytes:
    """The policy as kept here: canonical JSON, defaults written out."""
    return canonical_json(policy.to_document())


@lru_cache(maxsize=64)
def compiled(policy: bytes) -> Rules:
    """The rules of a policy's bytes."""
    return Rules.compile(Policy.from_document(msgspec.json.decode(policy)))


class Shared:
    """A partition's shared state."""

    def __init__(self, stored: Stored) -> None:
        self.base_number = stored.base_number
        self.base_policy = stored.base_policy
        self.activated = stored.activated
        """False until a policy came through the topic: the one in force is the worker's own."""
        self.completed = stored.completed
        self.pending = stored.pending
        self._base = Standing(compiled(stored.base_policy), stored.base_through, tuple(stored.history))
        self._after: list[Standing] = []
        for broadcast in stored.pending:
            self._after.append(self._standing_after(broadcast))
        self.number = stored.base_number + len(stored.pending)
        """Number of the last broadcast; 0 before the first."""
        self.current = self._after[-1] if self._after else self._base
        self._reach_until, self._instant_last = _reach_of(stored.pending)

    @classmethod
    def new(cls, policy: Policy) -> "Shared":
        return cls(Stored(0, policy_bytes(policy), 0, False, {}, [], []))

    def stored(self) -> Stored:
        """As kept in a checkpoint."""
        return Stored(
            self.base_number,
            self.base_policy,
            self._base.completed_through,
            self.activated,
            self.completed,
            self.pending,
            list(self._base.history),
        )

    def standing(self, seen: int) -> Standing:
        """What is in force after `seen` broadcasts; those already settled count as taken."""
        if seen >= self.number:
            return self.current
        index = seen - self.base_number
        return self._after[index - 1] if index > 0 else self._base

    def next(self, seen: int) -> Broadcast | None:
        """The first broadcast after `seen`."""
        index = seen - self.base_number
        if index < 0:
            index = 0
        return self.pending[index] if index < len(self.pending) else None

    def concerns(self, deadline: Instant, until: Instant) -> bool:
        """Whether one of the broadcasts may concern a client that is next due at `deadline` and touched at `until`;
        False: it has taken them all by that, whichever it had taken."""
        return deadline <= self._reach_until or until < self._instant_last

    def append(self, broadcast: Broadcast) -> Reach:
        """Take in the next broadcast; its number must be `number + 1`."""
        assert broadcast.number == self.number + 1
        self._after.append(self._standing_after(broadcast))
        self.pending.append(broadcast)
        self.current = self._after[-1]
        self.number = broadcast.number
        self._reach_until, self._instant_last = _reach_of(self.pending)
        return Reach(broadcast.deadline_until)

    def settle(self, number: int) -> None:
        """Forget broadcasts up to `number`: every client has taken them, or they did not concern it."""
        count = min(number - self.base_number, len(self.pending))
        if count <= 0:
            return
        for broadcast in self.pending[:count]:
            self.base_policy = broadcast.policy or self.base_policy
        self._base = self._after[count - 1]
        self.base_number += count
        del self.pending[:count], self._after[:count]
        self._reach_until, self._instant_last = _reach_of(self.pending)

    def complete(self, statement_id: str, statement: Completed, oldest: Days) -> Days:
        """Remember a statement and forget those through a day before `oldest`; returns what is completed now.

        The new statement is not that old itself (its age is checked before), so the latest one always stays.
        """
        self.completed[statement_id] = statement
        through = max(item.through for item in self.completed.values())
        kept = {key: item for key, item in self.completed.items() if item.through >= oldest}
        while len(kept) > COMPLETED_MAX:
            del kept[min(kept, key=lambda key: (kept[key].through, key))]
        self.completed = kept
        return through

    def reach_of_completion(self, through: Days) -> Instant:
        """Deadlines up to here are touched when accounting has posted through `through`: judgements of such dues."""
        rules, before = self.current.rules, self.current.completed_through
        return rules.cutoff(through) if through >= before else NEVER

    def _standing_after(self, broadcast: Broadcast) -> Standing:
        before = self._after[-1] if self._after else self._base
        if broadcast.policy:
            return msgspec.structs.replace(before, rules=compiled(broadcast.policy))
        history = (*before.history, (broadcast.instant, broadcast.completed_through))[-HISTORY_MAX:]
        return Standing(before.rules, broadcast.completed_through, history)


def _reach_of(pending: list[Broadcast]) -> tuple[Instant, Instant]:
    """(the latest deadline that any of them concerns, the instant of the last)."""
    if not pending:
        return -1, -1
    return max(broadcast.deadline_until for broadcast in pending), pending[-1].instant
