"""The fold of clients: records, deadlines and broadcasts in, outputs out, all of it pure.

Whatever happens to a client happens in order of time. Before a record, the client's passed deadlines and the
broadcasts it has not taken yet take effect, each at its own instant and under the policy in force at that instant.
"""

from typing import Final

import msgspec

from schemas.catalogue import IMPORTANCE
from schemas.dead_letters import (
    CONFLICTING_REVISION,
    KEY_INVALID,
    KEY_MISMATCH,
    KEY_MISSING,
    NOT_A_BROADCAST,
    rejected_output,
)
from schemas.decoding import Decoded, decode
from schemas.events import (
    BROADCASTS,
    CLIENT_EVENTS,
    ClientEvent,
    ClientOpened,
    ClientRegistered,
    SaleRecorded,
    SaleReturned,
)
from schemas.policy import Policy
from schemas.records import NEVER, Instant, Output, Reach, Rejected, Source
from streams.domain import admission, allocation, broadcasting, correction, flags, ledger, outputs, status
from streams.domain.decision import decide
from streams.domain.importance import hearing, telling
from streams.domain.kept import written
from streams.domain.late_partners import dead_letter_of_waiting
from streams.domain.next_change import look, turnover_prospect
from streams.domain.outputs import DeadlineCause, RecordCause
from streams.domain.packing import pack, unpack
from streams.domain.shared import Broadcast, Shared, Standing, Stored
from streams.domain.state import STATE_VERSION, Client

_OF_NO_CLIENT: Final = (KEY_INVALID, KEY_MISMATCH, KEY_MISSING, NOT_A_BROADCAST)
"""Reasons that make a client of nobody whose key came with the record."""
_SALES: Final = (SaleRecorded, SaleReturned)
_WHO: Final = (ClientRegistered, ClientOpened)


class ClientFold:
    """The rules of Stoplist as the engine's fold; `policy` holds until one is activated."""

    rules_version = outputs.RULES_VERSION
    state_version = STATE_VERSION
    flag = "blocked"

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._encode = msgspec.msgpack.Encoder(enc_hook=written).encode
        self._decode = msgspec.msgpack.Decoder(Client).decode
        self._decode_shared = msgspec.msgpack.Decoder(Stored).decode

    # ------------------------------------------------------- the partition's state
    def shared_new(self) -> Shared:
        return Shared.new(self.policy)

    def shared_encode(self, shared: Shared) -> bytes:
        return self._encode(shared.stored())

    def shared_decode(self, data: bytes) -> Shared:
        return Shared(self._decode_shared(data))

    # ----------------------------------------------------------- a client's state
    def create(self, shared: Shared, key: bytes) -> Client:
        """A client of whom nothing is known; it has nothing to take of what was broadcast before."""
        return Client(id=key.decode("utf-8", "replace"), seen=shared.number, deadline=NEVER)

    def encode(self, state: Client) -> bytes:
        """The block is kept packed from now on: few are followed by another."""
        decided = state.decided
        status, decided.block = decided.status, pack(decided.block)
        decided.status = pack(status)
        state.facts.encoded()
        try:
            return self._encode(state)
        finally:
            decided.status = status

    def decode(self, data: bytes) -> Client:
        return self._decode(data)

    def canonical(self, state: Client) -> bytes:
        decided = state.decided
        status, block = decided.status, decided.block
        decided.status, decided.block = unpack(status), unpack(block)
        state.facts.look()
        try:
            return self._encode(state)
        finally:
            decided.status, decided.block = status, block

    def empty(self, state: Client) -> bool:
        """Nothing is known of the client, not even that a record of it is a dead letter."""
        return not state.sequence and not state.decided.flags

    def deadline(self, state: Client) -> Instant:
        return state.deadline

    def seen(self, state: Client) -> int:
        return state.seen

    def flagged(self, state: Client) -> bool:
        """Whether shipments to the client are stopped: a condition holds that nobody has overridden."""
        held = state.decided.conditions
        return bool(held) and any(not condition.overridden for condition in held.values())

    def broadcasts(self, shared: Shared) -> list[tuple[int, Instant, Reach]]:
        return [(item.number, item.instant, Reach(item.deadline_until)) for item in shared.pending]

    def settle(self, shared: Shared, number: int) -> None:
        shared.settle(number)

    def republish(self, state: Client) -> list[Output]:
        """The last status and the last block or release, as they were."""
        last = ((outputs.STATUS, state.decided.status), (outputs.BLOCKS, state.decided.block))
        return [outputs.again(topic, unpack(value)) for topic, value in last if value]

    def status_as_of(self, shared: Shared, state: Client, at: Instant) -> bytes:
        """The client's status at `at`, up to which `fire` has been called: the days that passed since are counted."""
        standing = shared.standing(state.seen)
        if not state.decided.status:  # all its records are dead letters: what the first status would say
            state, out = self.decode(self.encode(state)), list[Output]()
            cause = DeadlineCause(standing.rules.instant_text(at))
            decide(standing, state, at, standing.rules.day_of(at), cause, False, out)
            return state.decided.status
        view = look(standing, state, at, standing.rules.day_of(at))
        return status.as_of(unpack(state.decided.status), view.overdue, standing.rules.instant_text(at))

    def rejected(self, source: Source, why: Rejected, at: Instant) -> Output:
        return rejected_output(source, why)

    # -------------------------------------------------------------------- folding
    def record(self, shared: Shared, state: Client, source: Source, at: Instant, out: list[Output]) -> Rejected | None:
        """Fold one keyed record decided at `at`; see `streams.engine.fold.Fold`."""
        if state.deadline <= at or state.seen < shared.number:
            self.fire(shared, state, at, out)
        if source.topic == IMPORTANCE:
            return self._hear(shared, state, source, at, out)
        decoded = decode(source.topic, source.value)
        standing = shared.standing(state.seen)
        rules = standing.rules
        day = rules.day_of(at)
        appended_on = day if source.timestamp == at else rules.day_of(source.timestamp)
        why = admission.refusal(rules, state.id, decoded, source, appended_on)
        if why is not None:
            return self._reject(standing, state, source, decoded, at, why, out)
        event: ClientEvent = decoded  # type: ignore[assignment]  # any other is refused
        kind = type(event)
        is_sale = kind in _SALES and event.revision == 1
        past = None if is_sale else correction.before(standing, state, event, day)
        prospect = turnover_prospect(rules, state, day) if is_sale else None
        accepted = ledger.accept(rules, state, event, day, at, source)
        if isinstance(accepted, ledger.Refused):
            why = Rejected(accepted.reason, accepted.field, accepted.remedy)
            return self._reject(standing, state, source, event, at, why, out, conflict=accepted.conflict)
        if not accepted.changed:
            return None
        if state.books is not None and state.books.moved:
            cause = RecordCause(event.id, _TYPES[kind], source.topic, source.partition, source.offset, state.id)
            telling.tell(state, cause, at, out)
        if is_sale and state.sequence and prospect == turnover_prospect(rules, state, day):
            return None  # most sales move no category, now or later, and nothing else depends on them
        if not state.sequence or kind in _WHO:
            flags.mark_registration(state)
        corrected = correction.is_one(standing, state, accepted, past, day)
        cause = RecordCause(event.id, _TYPES[kind], source.topic, source.partition, source.offset)
        decide(standing, state, at, day, cause, corrected, out)
        return None

    def _hear(self, shared: Shared, state: Client, source: Source, at: Instant, out: list[Output]) -> Rejected | None:
        """A scope tells the client its importance."""
        moved = hearing.hear(state, source.value)
        if moved is None or isinstance(moved, Rejected):
            return moved
        standing = shared.standing(state.seen)
        day = standing.rules.day_of(at)
        allocation.advance(standing.rules, state, day)
        decide(standing, state, at, day, moved.cause, False, out, moved)
        return None

    def broadcast(self, shared: Shared, source: Source, at: Instant) -> Reach | Rejected | None:
        """Fold a record without a key into `shared`."""
        return broadcasting.take(shared, source, at)

    def fire(self, shared: Shared, state: Client, until: Instant, out: list[Output]) -> None:
        """Deadlines and broadcasts of this client up to `until`, in order of time; a deadline before a broadcast."""
        if state.deadline > until and not shared.concerns(state.deadline, until):
            state.seen = shared.number  # nearly every client, after each statement of accounting
            return
        while state.deadline <= until or state.seen < shared.number:
            coming = shared.next(state.seen)
            if coming is None and state.seen < shared.number:
                state.seen = shared.number
            elif coming is None or state.deadline <= coming.instant:
                if state.deadline > until:
                    return
                self._deadline_passes(shared, state, out)
            elif coming.instant > until:
                return
            elif state.deadline > coming.deadline_until:
                state.seen = coming.number  # it does not concern this client
            else:
                self._take(shared, state, coming, out)

    def _deadline_passes(self, shared: Shared, state: Client, out: list[Output]) -> None:
        now = state.deadline
        standing = shared.standing(state.seen)
        for waiting in ledger.expire_waiting(standing.rules, state, now):
            out.append(dead_letter_of_waiting(waiting))
            flags.add(state, flags.INCOMPLETE)
        day = standing.rules.day_of(now)
        allocation.advance(standing.rules, state, day)
        decide(standing, state, now, day, DeadlineCause(standing.rules.instant_text(now)), False, out)
        assert state.deadline > now, f"the deadline {now} of a client does not move on"

    def _take(self, shared: Shared, state: Client, coming: Broadcast, out: list[Output]) -> None:
        """A broadcast takes effect on this client, at the broadcast's own instant."""
        before = shared.standing(state.seen)
        state.seen = coming.number
        if not state.sequence or not (coming.policy or broadcasting.judges(state, before, coming)):
            return
        if coming.policy:  # what a record at this instant would have folded away stays as it was judged
            ledger.stand_at(before.rules, state, before.rules.day_of(coming.instant))
        standing = shared.standing(state.seen)
        day = standing.rules.day_of(coming.instant)
        if coming.policy and not before.rules.same_position(standing.rules):
            allocation.replay(standing.rules, state, day)
        else:
            allocation.advance(standing.rules, state, day)
        decide(standing, state, coming.instant, day, broadcasting.cause(coming, standing.rules), False, out)

    def _reject(
        self,
        standing: Standing,
        state: Client,
        source: Source,
        event: Decoded | Rejected,
        at: Instant,
        why: Rejected,
        out: list[Output],
        conflict: bool = False,
    ) -> Rejected:
        """The record does not count; its client is flagged for it, and a status says so once there is one."""
        if state.sequence or why.reason not in _OF_NO_CLIENT:
            flags.add(state, flags.INCOMPLETE)
            if conflict or why.reason == CONFLICTING_REVISION:
                flags.add(state, flags.CONFLICT)
        if state.sequence:
            day = standing.rules.day_of(at)
            allocation.advance(standing.rules, state, day)
            event_id, kind = (None, None) if isinstance(event, Rejected) else (event.id, _TYPES[type(event)])
            cause = RecordCause(event_id, kind, source.topic, source.partition, source.offset)
            decide(standing, state, at, day, cause, False, out)
        return why


_TYPES: Final = {kind: str(kind.__struct_config__.tag) for kind in (*CLIENT_EVENTS, *BROADCASTS)}
