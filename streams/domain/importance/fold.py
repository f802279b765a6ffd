"""The fold of scopes: what clients tell of their turnover in, changes of importance out.

Keyed by scope, so that all clients of one meet in one place; what it finds goes to each client as a record. Months roll
by time alone, at the first of a month in the company's zone.
"""

from typing import Final, Literal

import msgspec

from schemas.dead_letters import INVALID_FIELD, KEY_INVALID, rejected_output
from schemas.importance import ScopeImportance, split_scope_key
from schemas.policy import Policy
from schemas.records import Instant, Output, Reach, Rejected, Source
from streams.domain import broadcasting
from streams.domain.calendar import month_first, month_of
from streams.domain.importance.members import Stored
from streams.domain.importance.records import (
    importance_output,
    month_number,
    read_turnover,
)
from streams.domain.importance.section import Section
from streams.domain.outputs import RULES_VERSION, DeadlineCause, encode
from streams.domain.policy import Rules
from streams.domain.shared import Broadcast, Shared
from streams.domain.shared import Stored as StoredShared

_STATE_VERSION: Final = 1
_NAMES: Final[tuple[Literal["small", "medium", "key"] | None, ...]] = (None, "small", "medium", "key")
"""By the numbers of `streams.domain.importance.ranking`."""
_NO_SCOPE: Final = Rejected(
    KEY_INVALID, "key", "Its key is a scope, like direction/watches; only stoplist writes here."
)
_NO_MONTHS: Final = Rejected(
    INVALID_FIELD, "months", "Write months as YYYY-MM, none after the coming one; only stoplist writes here."
)


class ImportanceFold:
    """The rules of importance as the engine's fold; `policy` holds until one is activated."""

    rules_version = RULES_VERSION
    state_version = _STATE_VERSION
    flag = "blocked"

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Stored).decode
        self._decode_shared = msgspec.msgpack.Decoder(StoredShared).decode

    # ------------------------------------------------------- the partition's state
    def shared_new(self) -> Shared:
        return Shared.new(self.policy)

    def shared_encode(self, shared: Shared) -> bytes:
        return self._encode(shared.stored())

    def shared_decode(self, data: bytes) -> Shared:
        return Shared(self._decode_shared(data))

    # ------------------------------------------------------------ a scope's state
    def create(self, shared: Shared, key: bytes) -> Section:
        """A scope of which nothing is known."""
        try:
            scope = split_scope_key(key)
        except ValueError:
            scope = None  # whatever comes under this key is a dead letter
        return Section(Stored(scope, seen=shared.number))

    def encode(self, state: Section) -> bytes:
        return self._encode(state.stored)

    def canonical(self, state: Section) -> bytes:
        return self._encode(state.stored)

    def decode(self, data: bytes) -> Section:
        return Section(self._decode(data))

    def empty(self, state: Section) -> bool:
        """No record of it was taken."""
        return not state.stored.month

    def deadline(self, state: Section) -> Instant:
        return state.stored.deadline

    def seen(self, state: Section) -> int:
        return state.stored.seen

    def flagged(self, state: Section) -> bool:
        """Never: nothing is shipped to a scope."""
        return False

    def broadcasts(self, shared: Shared) -> list[tuple[int, Instant, Reach]]:
        return [(item.number, item.instant, Reach(item.deadline_until)) for item in shared.pending]

    def settle(self, shared: Shared, number: int) -> None:
        shared.settle(number)

    def republish(self, state: Section) -> list[Output]:
        """Nothing: the topic is not compacted, and clients keep what they were told."""
        return []

    def rejected(self, source: Source, why: Rejected, at: Instant) -> Output:
        return rejected_output(source, why)

    # -------------------------------------------------------------------- folding
    def record(self, shared: Shared, state: Section, source: Source, at: Instant, out: list[Output]) -> Rejected | None:
        """Take what a client tells of its turnover; see `streams.engine.fold.Fold`."""
        stored = state.stored
        if stored.deadline <= at or stored.seen < shared.number:
            self.fire(shared, state, at, out)
        told = read_turnover(source.value)
        if isinstance(told, Rejected):
            return told
        if stored.scope is None:
            return _NO_SCOPE
        if state.repeated(told):
            return None
        rules = shared.standing(stored.seen).rules
        running = stored.month or month_of(rules.day_of(at))
        try:
            months = {month_number(text): amount for text, amount in told.months.items()}
        except ValueError:
            return _NO_MONTHS
        if any(month > running + 1 for month in months):  # the client's worker may be a moment ahead, not a month
            return _NO_MONTHS
        if not stored.month:
            self._roll(rules, state, running)
        self._tell(rules, state, state.take(rules, told, months), told.cause, at, out)
        return None

    def broadcast(self, shared: Shared, source: Source, at: Instant) -> Reach | Rejected | None:
        """Fold a record without a key into `shared`."""
        return broadcasting.take(shared, source, at)

    def fire(self, shared: Shared, state: Section, until: Instant, out: list[Output]) -> None:
        """Ends of months and policies up to `until`, in order of time; the end of a month before a policy."""
        stored = state.stored
        while stored.deadline <= until or stored.seen < shared.number:
            coming = shared.next(stored.seen)
            if coming is None and stored.seen < shared.number:
                stored.seen = shared.number
            elif coming is None or stored.deadline <= coming.instant:
                if stored.deadline > until:
                    return
                self._month_ends(shared.standing(stored.seen).rules, state, out)
            elif coming.instant > until:
                return
            else:
                self._take(shared, state, coming, out)

    def _month_ends(self, rules: Rules, state: Section, out: list[Output]) -> None:
        now = state.stored.deadline
        names = self._roll(rules, state, month_of(rules.day_of(now)))
        self._tell(rules, state, names, msgspec.Raw(encode(DeadlineCause(rules.instant_text(now)))), now, out)
        state.forget_gone()

    def _take(self, shared: Shared, state: Section, coming: Broadcast, out: list[Output]) -> None:
        """A policy takes effect on the scope, at the policy's own instant."""
        stored = state.stored
        stored.seen = coming.number
        if not stored.month or not coming.policy:
            return
        rules = shared.standing(stored.seen).rules
        names = self._roll(rules, state, month_of(rules.day_of(coming.instant)))
        cause = msgspec.Raw(encode(broadcasting.cause(coming, rules)))
        self._tell(rules, state, names, cause, coming.instant, out)
        state.forget_gone()

    def _roll(self, rules: Rules, state: Section, month: int) -> list[str]:
        state.stored.deadline = rules.midnight(month_first(month + 1))
        return state.roll(rules, month)

    def _tell(
        self, rules: Rules, state: Section, names: list[str], cause: msgspec.Raw, at: Instant, out: list[Output]
    ) -> None:
        """Tell those of the named clients whose importance is another than they were told."""
        stored, ranking = state.stored, state.ranking(rules)
        assert stored.scope is not None
        kind, scope_id = stored.scope
        for name in names:
            member, importance = stored.members[name], state.importance(rules, name)
            if importance == member.importance:
                continue
            member.importance = importance
            stored.sequence += 1
            told = ScopeImportance(
                kind=kind,
                scope_id=scope_id,
                client_id=name,
                sequence=stored.sequence,
                importance=_NAMES[importance],
                turnover_minor=member.turnover,
                before_minor=ranking.held_before(member.place(name)) if member.sold else 0,
                total_minor=ranking.total,
                key_below_percent=rules.importance_key_below_percent,
                medium_below_percent=rules.importance_medium_below_percent,
                cause=cause,
            )
            out.append(importance_output(told, at))
