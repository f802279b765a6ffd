"""A second, trivial fold: counts a client's records, and shows that the engine knows no rule.

A record is JSON `{"n": 1}`; `{"due": INSTANT}` beside it sets a deadline; `{"raise": true}` makes the rules fail;
`{"fill": N}` makes the state large. Every eighth record raises the client's group up to 3 and publishes the change.
Without a key it is a broadcast: `{"all": INSTANT or null}` reaches clients due by then, null everybody.
"""

import msgspec

from schemas.records import NEVER, Instant, Output, Reach, Rejected, Source

GROUPS = "groups"
STATUS = "status"
DEAD_LETTERS = "rejects"


class Body(msgspec.Struct):
    """A record's value."""

    n: int | None = None
    due: int | None = None
    fail: bool = msgspec.field(default=False, name="raise")
    fill: int = 0
    all: int | None = None


class CountState(msgspec.Struct, array_like=True):
    """One client."""

    client: str
    count: int = 0
    total: int = 0
    group: int = 0
    sequence: int = 0
    due: int = NEVER
    fired: int = 0
    seen: int = 0
    heard: int = 0
    filling: str = ""
    status: bytes = b""


class CountShared(msgspec.Struct, array_like=True):
    """The partition's: how many broadcasts there were, and those somebody may still have to take."""

    number: int = 0
    open: list[tuple[int, int, int]] = []


_body = msgspec.json.Decoder(Body).decode
_encode = msgspec.msgpack.Encoder().encode
_json = msgspec.json.Encoder().encode
_state = msgspec.msgpack.Decoder(CountState).decode
_shared = msgspec.msgpack.Decoder(CountShared).decode


class CountingFold:
    """Satisfies `streams.engine.fold.Fold`."""

    state_version = 1
    flag = "topped"

    def __init__(self, prefix: str = "", rules_version: str = "counting-1", forgiving: bool = False) -> None:
        """`prefix` of the output topics; `forgiving`: records marked `raise` do not fail, as after an upgrade."""
        self.prefix = prefix
        self.rules_version = rules_version
        self.forgiving = forgiving

    def shared_new(self) -> CountShared:
        return CountShared(0, [])

    def shared_encode(self, shared: CountShared) -> bytes:
        return _encode(shared)

    def shared_decode(self, data: bytes) -> CountShared:
        return _shared(data)

    def create(self, shared: CountShared, key: bytes) -> CountState:
        return CountState(key.decode(errors="backslashreplace"), seen=shared.number)

    def encode(self, state: CountState) -> bytes:
        return _encode(state)

    def decode(self, data: bytes) -> CountState:
        return _state(data)

    def canonical(self, state: CountState) -> bytes:
        return self.encode(state)

    def empty(self, state: CountState) -> bool:
        return not state.count

    def deadline(self, state: CountState) -> Instant:
        return state.due

    def seen(self, state: CountState) -> int:
        return state.seen

    def flagged(self, state: CountState) -> bool:
        return state.group == 3

    def broadcasts(self, shared: CountShared) -> list[tuple[int, Instant, Reach]]:
        return [(number, instant, Reach(until)) for number, instant, until in shared.open]

    def settle(self, shared: CountShared, number: int) -> None:
        shared.open = [item for item in shared.open if item[0] > number]

    def record(
        self, shared: CountShared, state: CountState, source: Source, at: Instant, out: list[Output]
    ) -> Rejected | None:
        self.fire(shared, state, at, out)
        try:
            body = _body(source.value or b"")
        except msgspec.MsgspecError:
            return Rejected("invalid_json", None, "send a number")
        if body.n is None:
            return Rejected("missing_field", "n", "send a number")
        state.count += 1
        state.total += body.n
        if body.fail and not self.forgiving:
            raise ValueError("told to fail")
        state.filling = "x" * body.fill
        if body.due is not None:
            state.due = max(body.due, at + 1)  # one in the past fires at once, by time
        group = min(3, state.count // 8)
        if group != state.group:
            state.group = group
            self._publish(state, at, out)
        return None

    def broadcast(self, shared: CountShared, source: Source, at: Instant) -> Reach | Rejected | None:
        try:
            body = _body(source.value or b"")
        except msgspec.MsgspecError:
            return Rejected("invalid_json", None, "send a number")
        reach = Reach(NEVER if body.all is None else body.all)
        shared.number += 1
        shared.open.append((shared.number, at, reach.deadline_until))
        return reach

    def fire(self, shared: CountShared, state: CountState, until: Instant, out: list[Output]) -> None:
        for number, instant, deadline_until in shared.open:
            if number <= state.seen:
                continue
            if instant > until:
                return self._due(state, until, out)
            self._due(state, instant, out)
            state.seen = number
            if state.due <= deadline_until:
                state.heard += 1
                self._publish(state, instant, out)
        state.seen = shared.number
        return self._due(state, until, out)

    def _due(self, state: CountState, until: Instant, out: list[Output]) -> None:
        if state.due <= until:
            instant, state.due = state.due, NEVER
            state.fired += 1
            self._publish(state, instant, out)

    def rejected(self, source: Source, why: Rejected, at: Instant) -> Output:
        headers = list(source.headers or ())
        identity = f"{source.topic}/{source.partition}/{source.offset}".encode()
        headers += [("stoplist-reason", why.reason.encode()), ("stoplist-id", identity)]
        return Output(self.prefix + DEAD_LETTERS, source.key, source.value, headers)

    def republish(self, state: CountState) -> list[Output]:
        if not state.status:
            return []
        return [self._output(STATUS, state.client, state.sequence, state.status)]

    def _publish(self, state: CountState, instant: Instant, out: list[Output]) -> None:
        state.sequence += 1
        body = {
            "id": f"{state.client}:{state.sequence}",
            "group": state.group,
            "count": state.count,
            "total": state.total,
            "fired": state.fired,
            "heard": state.heard,
            "at": instant,
        }
        state.status = _json(body)
        out.append(self._output(GROUPS, state.client, state.sequence, state.status))
        out.append(self._output(STATUS, state.client, state.sequence, state.status))

    def _output(self, topic: str, client: str, sequence: int, value: bytes) -> Output:
        return Output(self.prefix + topic, client.encode(), value, [("ce_id", f"{client}:{sequence}".encode())])
