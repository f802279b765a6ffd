"""The small job as a fold of our engine."""

from typing import Final

import msgspec

from schemas.records import NEVER, Instant, Output, Reach, Rejected, Source
from tests.benchmark.small_job import State, decode_event, fold


class SmallJobFold:
    """Satisfies `streams.engine.fold.Fold`; no deadlines, no broadcasts."""

    rules_version = "small-job-1"
    state_version = 1
    flag = "counted"

    def __init__(self, output_topic: str) -> None:
        self._topic: Final = output_topic
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(State).decode

    def shared_new(self) -> None:
        return None

    def shared_encode(self, shared: None) -> bytes:
        return b""

    def shared_decode(self, data: bytes) -> None:
        return None

    def create(self, shared: None, key: bytes) -> State:
        return State()

    def encode(self, state: State) -> bytes:
        return self._encode(state)

    def decode(self, data: bytes) -> State:
        return self._decode(data)

    def canonical(self, state: State) -> bytes:
        return self.encode(state)

    def empty(self, state: State) -> bool:
        return state.count == 0

    def deadline(self, state: State) -> Instant:
        return NEVER

    def seen(self, state: State) -> int:
        return 0

    def flagged(self, state: State) -> bool:
        return False

    def broadcasts(self, shared: None) -> list[tuple[int, Instant, Reach]]:
        return []

    def settle(self, shared: None, number: int) -> None:
        return None

    def record(self, shared: None, state: State, source: Source, at: Instant, out: list[Output]) -> Rejected | None:
        try:
            event = decode_event(source.value or b"")
        except msgspec.MsgspecError as error:
            return Rejected("invalid_field", None, f"{error}.")
        moved = fold(state, event)
        if moved is not None:
            out.append(Output(self._topic, source.key, moved, []))
        return None

    def broadcast(self, shared: None, source: Source, at: Instant) -> Reach | Rejected | None:
        return Rejected("key_missing", None, "Give the client id as key.")

    def fire(self, shared: None, state: State, until: Instant, out: list[Output]) -> None:
        return None

    def rejected(self, source: Source, why: Rejected, at: Instant) -> Output:
        return Output("dead-letters", source.key, source.value, [("stoplist-reason", why.reason.encode())])

    def republish(self, state: State) -> list[Output]:
        return []
