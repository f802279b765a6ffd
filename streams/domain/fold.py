"""The fold of clients: records, deadlines and broadcasts in, outputs out, all of it pure.

Whatever happens to a client happens in order of time. Before a record, the client's passed deadlines and the
broadcasts it has not taken yet take effect, each at its own instant and under the policy in force at that instant.
"""

from typing import Final

import msgspec

from schemas.dead_letters import CONFLICTING_REVISION, KEY_MISMATCH, PARTNER_MISSING, rejected_output
from schemas.decoding import Decoded, decode
from schemas.events import CreditLimitSet, PaymentsCompleted, PolicyActivated, SaleRecorded, SaleReturned
from schemas.policy import Policy
from schemas.records import NEVER, Instant, Output, Reach, Rejected, Source
from schemas.signatures import verify
from streams.domain import allocation, broadcasting, correction, ledger, outputs, status
from streams.domain.ages import check_age
from streams.domain.decision import decide
from streams.domain.next_change import look, turnover_prospect
from streams.domain.outputs import DeadlineCause, RecordCause
from streams.domain.shared import Broadcast, Shared, Stored
from streams.domain.state import STATE_VERSION, Client, Waiting

CONFLICT: Final = "conflict"
INCOMPLETE: Final = "incomplete"
UNREGISTERED: Final = "unregistered"


class ClientFold:
    """The rules of Stoplist as the engine's fold; `policy` holds until one is activated."""

    rules_version = outputs.RULES_VERSION
    state_version = STATE_VERSION

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._encode = msgspec.msgpack.Encoder().encode
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
        return Client(id=key.decode(), seen=shared.number, deadline=NEVER)

    def encode(self, state: Client) -> bytes:
        return self._encode(state)

    def decode(self, data: bytes) -> Client:
        return self._decode(data)

    def empty(self, state: Client) -> bool:
        return not state.sequence

    def deadline(self, state: Client) -> Instant:
        return state.deadline

    def seen(self, state: Client) -> int:
        return state.seen

    def broadcasts(self, shared: Shared) -> list[tuple[int, Instant, Reach]]:
        return [(item.number, item.instant, Reach(item.deadline_until)) for item in shared.pending]

    def settle(self, shared: Shared, number: int) -> None:
        shared.settle(number)

    def republish(self, state: Client) -> list[Output]:
        """The last status and the last block or release, as they were."""
        last = ((outputs.STATUS, state.decided.status), (outputs.BLOCKS, state.decided.block))
        return [outputs.again(topic, value) for topic, value in last if value]

    def status_as_of(self, shared: Shared, state: Client, at: Instant) -> bytes:
        """The client's status at `at`, up to which `fire` has been called: the days that passed since are counted."""
        standing = shared.standing(state.seen)
        view = look(standing, state, at)
        return status.as_of(state.decided.status, status.counted(view, standing.rules.instant_text(at)))

    def rejected(self, source: Source, why: Rejected, at: Instant) -> Output:
        return rejected_output(source, why)

    # -------------------------------------------------------------------- folding
    def record(self, shared: Shared, state: Client, source: Source, at: Instant, out: list[Output]) -> Rejected | None:
        """Fold one keyed record decided at `at`; see `streams.engine.fold.Fold`."""
        self.fire(shared, state, at, out)
        event = decode(source.topic, source.value)
        if isinstance(event, Rejected):
            return self._reject(shared, state, source, None, at, event, out)
        if isinstance(event, PaymentsCompleted | PolicyActivated):
            remedy = f"Send {_type(event)} without a key, to every partition: it concerns every client."
            return self._reject(shared, state, source, event, at, Rejected(KEY_MISMATCH, "key", remedy), out)
        standing = shared.standing(state.seen)
        rules = standing.rules
        why = None
        if event.client_id != state.id:
            why = Rejected(KEY_MISMATCH, "client_id", "Send the record under the key that is its client_id.")
        elif isinstance(event, CreditLimitSet):
            why = verify(source.value or b"", rules.keys)
        why = why or check_age(rules, event, source.timestamp)
        if why is not None:
            return self._reject(shared, state, source, event, at, why, out)
        day = rules.day_of(at)
        past = correction.before(standing, state, event, day)
        prospect = turnover_prospect(rules, state, day)
        accepted = ledger.accept(rules, state, event, day, at, source)
        if isinstance(accepted, ledger.Refused):
            why = Rejected(accepted.reason, accepted.field, accepted.remedy)
            return self._reject(shared, state, source, event, at, why, out, conflict=accepted.conflict)
        if not accepted.changed:
            return None
        if isinstance(event, SaleRecorded | SaleReturned):
            # most sales move no category, now or later: nothing else of a client depends on them
            if state.sequence and prospect == turnover_prospect(rules, state, day):
                return None
        else:
            _mark_registration(state)
        corrected = correction.is_one(standing, state, accepted, past, day)
        cause = RecordCause(event.id, _type(event), source.topic, source.partition, source.offset)
        decide(standing, state, at, cause, corrected, out)
        return None

    def broadcast(self, shared: Shared, source: Source, at: Instant) -> Reach | Rejected | None:
        """Fold a record without a key into `shared`."""
        return broadcasting.take(shared, source, at)

    def fire(self, shared: Shared, state: Client, until: Instant, out: list[Output]) -> None:
        """Deadlines and broadcasts of this client up to `until`, in order of time; a deadline before a broadcast."""
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
            else:
                self._take(shared, state, coming, out)

    def _deadline_passes(self, shared: Shared, state: Client, out: list[Output]) -> None:
        now = state.deadline
        standing = shared.standing(state.seen)
        for waiting in ledger.expire_waiting(standing.rules, state, now):
            out.append(rejected_output(_source_of(waiting), _PARTNER_MISSING))
            _flag(state, INCOMPLETE)
        allocation.advance(standing.rules, state, standing.rules.day_of(now))
        decide(standing, state, now, DeadlineCause(standing.rules.instant_text(now)), False, out)
        assert state.deadline > now, f"the deadline {now} of a client does not move on"

    def _take(self, shared: Shared, state: Client, coming: Broadcast, out: list[Output]) -> None:
        """A broadcast takes effect on this client, at the broadcast's own instant."""
        before = shared.standing(state.seen).rules
        concerned = state.sequence and state.deadline <= coming.deadline_until
        state.seen = coming.number
        if not concerned:
            return
        standing = shared.standing(state.seen)
        day = standing.rules.day_of(coming.instant)
        if coming.policy and not before.same_position(standing.rules):
            allocation.replay(standing.rules, state, day)
        else:
            allocation.advance(standing.rules, state, day)
        decide(standing, state, coming.instant, broadcasting.cause(coming, standing.rules), False, out)

    def _reject(
        self,
        shared: Shared,
        state: Client,
        source: Source,
        event: Decoded | None,
        at: Instant,
        why: Rejected,
        out: list[Output],
        conflict: bool = False,
    ) -> Rejected:
        """The record does not count; a client already known is flagged for it, and its status says so."""
        if state.sequence:
            _flag(state, INCOMPLETE)
            if conflict or why.reason == CONFLICTING_REVISION:
                _flag(state, CONFLICT)
            standing = shared.standing(state.seen)
            allocation.advance(standing.rules, state, standing.rules.day_of(at))
            event_id, kind = (None, None) if event is None else (event.id, _type(event))
            cause = RecordCause(event_id, kind, source.topic, source.partition, source.offset)
            decide(standing, state, at, cause, False, out)
        return why


_PARTNER_MISSING: Final = Rejected(
    PARTNER_MISSING, None, "Send the payment or dispatch it names first, then this record again under a new id."
)


class _Kept(msgspec.Struct, gc=False):
    """A record that waited, with the shape of a source."""

    topic: str
    partition: int
    offset: int
    timestamp: Instant
    key: bytes | None
    value: bytes | None
    headers: tuple[()] = ()


def _source_of(waiting: Waiting) -> Source:
    return _Kept(waiting.topic, waiting.partition, waiting.offset, waiting.timestamp, waiting.key, waiting.value)


def _type(event: Decoded) -> str:
    return str(event.__struct_config__.tag)


def _flag(state: Client, name: str) -> None:
    if name not in state.decided.flags:
        state.decided.flags = sorted([*state.decided.flags, name])


def _mark_registration(state: Client) -> None:
    """`unregistered` until a registration or an opening says who the client is, and again when it is withdrawn."""
    flags = state.decided.flags
    known = ledger.registration(state) is not None or ledger.opening(state) is not None
    if known == (UNREGISTERED in flags):
        state.decided.flags = (
            [flag for flag in flags if flag != UNREGISTERED] if known else sorted([*flags, UNREGISTERED])
        )
