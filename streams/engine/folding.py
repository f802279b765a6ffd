"""Folds a chunk into one partition's states: the same code while running and on recovery (rule 7).

Recovery leaves a client alone while its snapshot is as new as the chunk; such a client, a held one and a misrouted
record are met only where a client is not decoded yet, so the loop over the records pays nothing for them.
"""

from collections.abc import Sequence
from typing import Final, Generic

from schemas.records import NEVER, Instant, Output, Rejected, Source
from streams.engine.bad_records import BadRecords
from streams.engine.broadcasting import fold_broadcast, make_due, remind, settle
from streams.engine.failures import ClientFailed
from streams.engine.fitting import fitting
from streams.engine.fold import Fold, Shared, State
from streams.engine.made import Made
from streams.engine.misrouting import MISROUTED, forwarded, partition_of
from streams.engine.snapshot_records import TOO_MUCH_HELD, HeldClient, kept
from streams.engine.states import States

_APART_MAX: Final = 8


class Folder(Generic[State, Shared]):
    """The fold of one partition; owns its states, its shared state and its instant."""

    def __init__(
        self,
        fold: Fold[State, Shared],
        states: States[State, Shared],
        shared: Shared,
        *,
        partition: int,
        partitions: int,
        held_bytes_max: int,
        at: Instant = 0,
    ) -> None:
        self.fold = fold
        self.states = states
        self.shared = shared
        self.partition = partition
        self.partitions = partitions
        self.held_bytes_max = held_bytes_max
        self.at = at
        """The partition's instant: never goes back."""
        self.records_folded = 0
        self.bad: BadRecords | None = None
        """None while chunks are folded again: they were judged when they were new."""
        self.apart: set[bytes] = set()
        """Clients on which the fold raised: folded one record at a time, their last good state at hand."""
        self.folded_again: set[bytes] | None = None
        """On recovery: collects the clients that were folded."""
        self._n = 0
        self._broadcasts = len(fold.broadcasts(shared))

    # records

    def records(self, n: int, records: Sequence[Source]) -> Made:
        """Fold the records as chunk `n`. Raises ClientFailed when the rules raise on a client not folded apart."""
        self._n = n
        made = Made([], [])
        run = self.states.run_records(len(records))
        for first in range(0, len(records), run):
            self._run(records[first : first + run], first, made)
            if run < len(records):
                self.states.trim()
        self.records_folded += len(records)
        if self.bad is not None:
            self.bad.folded(len(records))
        self._settle()
        return made

    def _run(self, records: Sequence[Source], first: int, made: Made) -> None:
        """Fold records of a chunk, `first` the place of their first in it."""
        live, fold_record, shared, at = self.states.live, self.fold.record, self.shared, self.at
        touched: dict[bytes, State] = {}
        created: list[bytes] = []
        out = made.here
        for index, record in enumerate(records, first):
            if record.timestamp > at:
                at = record.timestamp
            key = record.key
            if key is None:
                self.at = at
                self._finish(touched, created)
                self._broadcast(record, index, out)
                shared = self.shared
                continue
            state = live.get(key)
            if state is None:
                state = self._open(key, record, at, index, made, created)
                if state is None:
                    continue
            try:
                rejected = fold_record(shared, state, record, at, out)
            except Exception as error:
                raise ClientFailed(key) from error
            touched[key] = state
            if rejected is not None:
                self._reject(record, rejected, at, index, out)
        self.at = at
        self._finish(touched, created)

    def _finish(self, touched: dict[bytes, State], created: list[bytes]) -> None:
        """Take over what a run of records changed, and forget new clients of which nothing is known."""
        for key in created:
            if self.fold.empty(touched[key]):
                del touched[key]
                self.states.live.pop(key)
        self.states.changed(touched)
        if self.folded_again is not None:
            self.folded_again.update(touched)
        touched.clear()
        created.clear()

    def _open(
        self, key: bytes, record: Source, at: Instant, index: int, made: Made, created: list[bytes]
    ) -> State | None:
        """The state of a client that is not decoded; None when the record is dealt with already."""
        states = self.states
        if states.taken(key) >= self._n:  # rule 7: its snapshot has this chunk in it
            return None
        if key in states.held:
            self._keep(key, record, at, made.here)
            return None
        if key in self.apart or len(self.apart) > _APART_MAX:
            self._fold_apart(key, record, at, index, made)
            return None
        state = states.load(key)
        if state is None:
            if self._misroute(key, record, at, index, made):
                return None
            try:
                state = states.live[key] = self.fold.create(self.shared, key)
            except Exception as error:
                raise ClientFailed(key) from error
            created.append(key)
        return state

    def _misroute(self, key: bytes, record: Source, at: Instant, index: int, made: Made) -> bool:
        """Send a record of a client that belongs elsewhere to its partition, once."""
        target = partition_of(key, self.partitions)
        if target == self.partition:
            return False
        output = forwarded(record)
        if output is None:
            self._reject(record, MISROUTED, at, index, made.here)
        else:
            made.elsewhere.append((target, output, record.timestamp))
        return True

    def _reject(self, record: Source, rejected: Rejected, at: Instant, index: int, out: list[Output]) -> None:
        out.append(fitting(self.fold.rejected(record, rejected, at)))
        if self.bad is not None:
            self.bad.rejected(index, record, rejected.reason)

    # held clients

    def _keep(self, key: bytes, record: Source, at: Instant, out: list[Output]) -> None:
        """Keep an input of a held client; beyond the limit it is a dead letter, so that nothing is lost in silence."""
        held = self.states.held[key]
        keeping = kept(record, at)
        if held.size + keeping.size > self.held_bytes_max:
            out.append(fitting(self.fold.rejected(record, TOO_MUCH_HELD, at)))
            if self.bad is not None:
                self.bad.letter(TOO_MUCH_HELD.reason)
            return
        held.records.append(keeping)
        held.size += keeping.size
        self.states.dirty[key] = None

    def _fold_apart(self, key: bytes, record: Source, at: Instant, index: int, made: Made) -> None:
        """Fold a record of a client that failed before: when it fails again, the state before it is at hand."""
        fold, states, out = self.fold, self.states, made.here
        data = states.data(key)
        if data is None and self._misroute(key, record, at, index, made):
            return
        mark, seen = len(out), NEVER
        try:
            if data is None:
                data = fold.encode(fold.create(self.shared, key))
            state = fold.decode(data)
            seen = fold.seen(state)
            rejected = fold.record(self.shared, state, record, at, out)
        except Exception:
            del out[mark:]
            states.hold(key, HeldClient(data or b"", [], fold.rules_version, "rules", seen=seen))
            self._keep(key, record, at, out)
            return
        if rejected is not None:
            self._reject(record, rejected, at, index, out)
        if not fold.empty(state):
            states.put(key, state)
            self._touched_apart(key)

    def _touched_apart(self, key: bytes) -> None:
        if self.folded_again is not None:
            self.folded_again.add(key)

    def hold(self, n: int, clients: Sequence[bytes]) -> None:
        """Fold a chunk that says: these clients are too large."""
        states, fold = self.states, self.fold
        for key in clients:
            if states.taken(key) < n and key not in states.held and (state := states.load(key)) is not None:
                held = HeldClient(fold.encode(state), [], fold.rules_version, "state_bytes", seen=fold.seen(state))
                states.hold(key, held)

    def retry(self, n: int, clients: Sequence[bytes]) -> Made:
        """Fold a chunk that says: try these held clients again, from their last good state."""
        states, fold = self.states, self.fold
        made = Made([], [])
        for key in clients:
            held = states.held.get(key)
            if held is None or states.taken(key) >= n:
                continue
            mark = len(made.here)
            try:
                state = fold.decode(held.state) if held.state else fold.create(self.shared, key)
                for index, record in enumerate(held.records):
                    rejected = fold.record(self.shared, state, record, record.at, made.here)
                    if rejected is not None:
                        self._reject(record, rejected, record.at, index, made.here)
                self._fire_one(state, self.at, made.here)
            except Exception:
                del made.here[mark:]
                held.rules_version = fold.rules_version
                states.dirty[key] = None
                continue
            del states.held[key]
            states.put(key, state)
            self._touched_apart(key)
        return made

    # time

    def fire(self, n: int, instant: Instant, chosen: Sequence[tuple[Instant, bytes]]) -> Made:
        """Fold the deadlines of the chosen clients as chunk `n`."""
        made = Made([], [])
        states, out = self.states, made.here
        for due, key in chosen:
            if states.taken(key) >= n:  # rule 7
                states.deadlines.set(key, due)
                continue
            if key in self.apart or len(self.apart) > _APART_MAX:
                self._fire_apart(key, instant, out)
                continue
            state = states.load(key)
            assert state is not None, f"client {key!r} is due and unknown"
            try:
                self._fire_one(state, instant, out)
            except Exception as error:
                raise ClientFailed(key) from error
            self._finish({key: state}, [])
            self._remind(key, state)
        self.at = max(self.at, instant)
        self._settle()
        return made

    def fire_again(self, n: int, instant: Instant, through: tuple[Instant, bytes]) -> Made:
        """Fold a journaled chunk of time again: what is due up to `through`; it does not choose (rule 7)."""
        return self.fire(n, instant, self.states.deadlines.pop_through(through))

    def _fire_one(self, state: State, instant: Instant, out: list[Output]) -> None:
        self.fold.fire(self.shared, state, instant, out)
        if self.fold.deadline(state) <= instant:
            raise RuntimeError(f"still due after it fired until {instant}")

    def _fire_apart(self, key: bytes, instant: Instant, out: list[Output]) -> None:
        fold, states = self.fold, self.states
        mark = len(out)
        data = states.data(key)
        assert data is not None, f"client {key!r} is due and unknown"
        state = fold.decode(data)
        seen = fold.seen(state)
        try:
            self._fire_one(state, instant, out)
        except Exception:
            del out[mark:]
            states.hold(key, HeldClient(data, [], fold.rules_version, "rules", seen=seen))
            return
        states.put(key, state)
        self._remind(key, state)
        self._touched_apart(key)

    # broadcasts

    def _remind(self, key: bytes, state: State) -> None:
        """A client that fired up to an instant before a broadcast, which had reached it, is due at the broadcast."""
        if self._broadcasts:
            remind(self.fold, self.states, self.shared, key, state)

    def _broadcast(self, record: Source, index: int, out: list[Output]) -> None:
        """Fold a record without a client; those it reaches are due at its instant."""
        self.shared, reach = fold_broadcast(self.fold, self.shared, record, self.at)
        if isinstance(reach, Rejected):
            self._reject(record, reach, self.at, index, out)
        elif reach is not None:
            number, instant, _ = self.fold.broadcasts(self.shared)[-1]
            self._broadcasts += 1
            make_due(self.states, number, instant, reach)

    def _settle(self) -> None:
        """Tell the fold which broadcasts nobody still has to take."""
        if self._broadcasts:
            settle(self.fold, self.states, self.shared)
            self._broadcasts = len(self.fold.broadcasts(self.shared))
