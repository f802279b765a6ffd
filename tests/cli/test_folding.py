"""A history is folded in one order, whatever the rules are: time first, by instant and client, then the record."""

from dataclasses import dataclass, field

from schemas.records import NEVER, Output, Reach, Rejected, Source
from streams.cli.folding import HistoryFold
from streams.cli.history import Line


@dataclass
class Timer:
    """A client that says `fired` when its time comes; a record `T` sets the time, an empty one clears it."""

    key: bytes
    deadline: int = NEVER
    known: bool = False


@dataclass
class Board:
    """What all clients share."""

    pending: list[tuple[int, int, Reach]] = field(default_factory=list)


class TimerFold:
    """A fold that writes down when it is called."""

    rules_version = "t"
    state_version = 1
    flag = "timed"

    def shared_new(self) -> Board:
        return Board()

    def shared_encode(self, shared: Board) -> bytes:
        return b""

    def shared_decode(self, data: bytes) -> Board:
        return Board()

    def create(self, shared: Board, key: bytes) -> Timer:
        return Timer(key)

    def encode(self, state: Timer) -> bytes:
        return state.key

    def decode(self, data: bytes) -> Timer:
        return Timer(data)

    def canonical(self, state: Timer) -> bytes:
        return self.encode(state)

    def empty(self, state: Timer) -> bool:
        return not state.known

    def deadline(self, state: Timer) -> int:
        return state.deadline

    def seen(self, state: Timer) -> int:
        return 0

    def flagged(self, state: Timer) -> bool:
        return False

    def broadcasts(self, shared: Board) -> list[tuple[int, int, Reach]]:
        return shared.pending

    def settle(self, shared: Board, number: int) -> None:
        shared.pending = [item for item in shared.pending if item[0] > number]

    def record(self, shared: Board, state: Timer, source: Source, at: int, out: list[Output]) -> Rejected | None:
        if source.value == b"bad":
            return Rejected("invalid_json", None, "Send a number.")
        state.known = True
        state.deadline = int(source.value or NEVER)
        out.append(self._said("record", state, at))
        return None

    def broadcast(self, shared: Board, source: Source, at: int) -> Reach | Rejected | None:
        if source.value == b"bad":
            return Rejected("not_a_broadcast", None, "Give it a key.")
        if source.value is None:
            return None
        reach = Reach(int(source.value))
        shared.pending.append((len(shared.pending) + 1, at, reach))
        return reach

    def fire(self, shared: Board, state: Timer, until: int, out: list[Output]) -> None:
        if state.deadline <= until:
            state.deadline = NEVER
        out.append(self._said("fired", state, until))

    def rejected(self, source: Source, why: Rejected, at: int) -> Output:
        place = f"{source.topic}/{source.partition}/{source.offset}"
        return Output("dead-letters", source.key, place.encode(), [])

    def republish(self, state: Timer) -> list[Output]:
        return []

    @staticmethod
    def _said(what: str, state: Timer, at: int) -> Output:
        return Output("said", state.key, f"{what} {at}".encode(), [])


def feed(*lines: tuple[int, bytes | None, bytes | None]) -> tuple[HistoryFold[Timer, Board], list[str]]:
    folded = HistoryFold(TimerFold())
    said = []
    for number, (timestamp_ms, key, value) in enumerate(lines, 1):
        for output in folded.feed(Line(number, "payments", timestamp_ms, key, value)):
            said.append(f"{(output.key or b'-').decode()} {(output.value or b'').decode()}")
    return folded, said


def test_deadlines_fire_before_the_record_by_instant_then_by_client() -> None:
    _, said = feed((1, b"B", b"20"), (2, b"A", b"20"), (3, b"C", b"10"), (30, b"D", None))
    assert said[3:] == ["C fired 10", "A fired 20", "B fired 20", "D record 30"]


def test_a_deadline_at_the_instant_of_the_record_fires_before_it() -> None:
    _, said = feed((1, b"A", b"20"), (20, b"A", b"40"))
    assert said == ["A record 1", "A fired 20", "A record 20"]


def test_a_deadline_that_moved_does_not_fire_at_its_old_instant() -> None:
    _, said = feed((1, b"A", b"20"), (2, b"A", b"50"), (30, b"B", None), (60, b"B", None))
    assert said == ["A record 1", "A record 2", "B record 30", "A fired 50", "B record 60"]


def test_an_earlier_timestamp_is_decided_at_the_instant_reached() -> None:
    _, said = feed((30, b"A", None), (5, b"B", None))
    assert said == ["A record 30", "B record 30"]


def test_time_goes_on_after_the_last_record() -> None:
    folded, _ = feed((1, b"A", b"20"))
    rest: list[Output] = []
    folded.advance(19, rest)
    assert rest == []
    folded.advance(20, rest)
    assert [output.value for output in rest] == [b"fired 20"]
    assert folded.instant == 20


def test_a_broadcast_reaches_clients_whose_deadline_is_near_at_once_and_by_client() -> None:
    folded, said = feed((1, b"B", b"20"), (1, b"A", b"15"), (1, b"C", b"90"), (2, None, b"20"))
    assert said[3:] == ["A fired 2", "B fired 2"]
    assert folded.shared.pending == []


def test_a_broadcast_to_all_reaches_clients_without_deadline_too() -> None:
    _, said = feed((1, b"A", None), (2, None, str(NEVER).encode()))
    assert said == ["A record 1", "A fired 2"]


def test_a_rejected_record_is_a_dead_letter_with_its_place_and_leaves_no_client() -> None:
    # murmur2("A") % 12 = 10 (as Kafka's own partitioner says); a record without key is counted in every partition
    folded, said = feed((1, None, b"bad"), (2, b"A", b"bad"), (3, b"A", b"bad"))
    assert said == ["- payments/0/0", "A payments/10/1", "A payments/10/2"]
    assert list(folded.states()) == []


def test_states_come_by_client_id() -> None:
    folded, _ = feed((1, b"B", None), (1, b"A", None), (1, b"AA", None))
    assert [key for key, _ in folded.states()] == [b"A", b"AA", b"B"]
