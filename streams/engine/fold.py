"""What the engine asks of the rules: a fold over the records of one partition.

The engine knows no rule. It owns time, order, journal, snapshots and publishing; the fold owns what a record means.
Everything here must be deterministic: the same calls in the same order give the same bytes, on any machine, because
recovery folds journaled records again and publishes what that makes.
"""

from typing import Protocol, TypeVar

from schemas.records import Instant, Output, Reach, Rejected, Source

State = TypeVar("State")
Shared = TypeVar("Shared")


class Fold(Protocol[State, Shared]):
    """The rules of one table. `State` is one client's, `Shared` is the partition's (the policy, broadcasts)."""

    rules_version: str
    """Changes whenever the same records may give other outputs; every journaled chunk names it."""
    state_version: int
    """Of the bytes of `encode`; a newer one in a snapshot is refused."""
    flag: str
    """What `flagged` says of a client, as one word: the engine counts such clients for the metrics."""

    # the partition's shared state: changed by broadcasts only, kept in checkpoints
    def shared_new(self) -> Shared: ...
    def shared_encode(self, shared: Shared) -> bytes: ...
    def shared_decode(self, data: bytes) -> Shared: ...

    # one client's state: the engine keeps it as bytes until it is touched
    def create(self, shared: Shared, key: bytes) -> State: ...
    def encode(self, state: State) -> bytes: ...
    def decode(self, data: bytes) -> State: ...
    def canonical(self, state: State) -> bytes:
        """The state as bytes that are the same on any machine; `encode` may compress."""
        ...

    def empty(self, state: State) -> bool:
        """True when nothing is known: the engine need not keep it (a dead letter under a key never seen)."""
        ...

    def deadline(self, state: State) -> Instant:
        """The earliest instant at which this client may change if nothing arrives; NEVER when none."""
        ...

    def seen(self, state: State) -> int:
        """How many broadcasts this client has taken; a snapshot's header carries it beside the deadline."""
        ...

    def flagged(self, state: State) -> bool:
        """Whether `flag` holds for this client. Asked when a client is encoded, and when somebody looks."""
        ...

    def broadcasts(self, shared: Shared) -> list[tuple[int, Instant, Reach]]:
        """The broadcasts (number, instant, reach) that some client may still have to take, by number."""
        ...

    def settle(self, shared: Shared, number: int) -> None:
        """No client of this partition still has to take a broadcast up to `number`: they need not be kept."""
        ...

    # folding
    def record(self, shared: Shared, state: State, source: Source, at: Instant, out: list[Output]) -> Rejected | None:
        """Fold one keyed record decided at `at`.

        First what is older than the record takes effect, in order of time: this client's deadlines up to `at` and
        broadcasts not taken yet. Then the record. Outputs are appended to `out`. A `Rejected` record becomes a dead
        letter, made by the engine; what its rejection changes in the state (a flag) is the fold's to do and to publish.
        """
        ...

    def broadcast(self, shared: Shared, source: Source, at: Instant) -> Reach | Rejected | None:
        """Fold a record without a client (its key is None) into `shared`; None: it changes nothing (a repeat)."""
        ...

    def fire(self, shared: Shared, state: State, until: Instant, out: list[Output]) -> None:
        """Deadlines and broadcasts of this client up to `until`, each taking effect at its own instant."""
        ...

    def rejected(self, source: Source, why: Rejected, at: Instant) -> Output:
        """The dead letter of a record: bytes unchanged, headers say why and from where (KIP-1034's names)."""
        ...

    def republish(self, state: State) -> list[Output]:
        """The last published record of each compacted topic (key = client), byte for byte, for the engine's repair."""
        ...
