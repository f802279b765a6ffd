"""One small world in process: the folders of its partitions with the real rules, and every record's fate."""

from collections import Counter
from random import Random
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from schemas.policy import Policy
from schemas.records import Instant, Output, Reach, Rejected, Source
from streams.domain import allocation, folding
from streams.domain.calendar import DAY_MS
from streams.domain.client_facts import Profile
from streams.domain.decision import decide
from streams.domain.fold import ClientFold
from streams.domain.outputs import DeadlineCause
from streams.domain.shared import Shared, Standing
from streams.domain.state import Client
from streams.engine.bad_records import BadRecords
from streams.engine.failures import ClientFailed
from streams.engine.folding import Folder
from streams.engine.states import States
from tests.fuzz.fates import APPLIED, Broken, Fates
from tests.fuzz.sent import Sent
from tests.fuzz.stream import PARTITIONS, Stream

_CHUNK: Final = 50
_HELD_BYTES_MAX: Final = 1 << 20
_DECODED_MAX: Final = 3
"""Of a partition's clients: the others are encoded between two chunks, as in a worker with many."""
_ANYBODY: Final = b"\xff" * 65
_FORWARDED_FROM: Final = 1_000_000_000
"""Offsets of forwarded copies, apart from those of the senders."""


class WatchedFold(ClientFold):
    """The real rules; what they answer is told to the fates."""

    def __init__(self, policy: Policy, fates: Fates | None) -> None:
        super().__init__(policy)
        self._fates = fates
        self.told: set[int] = set()
        """Identities of the fold's own outputs of a chunk."""

    def record(self, shared: Shared, state: Client, source: Source, at: Instant, out: list[Output]) -> Rejected | None:
        mark = len(out)
        rejected = super().record(shared, state, source, at, out)
        if self._fates is not None:
            for output in out[mark:]:  # what waited in vain until now is forgotten before this record counts
                self._fates.output(output)
                self.told.add(id(output))
            self._fates.told(source, state, rejected)
        return rejected

    def broadcast(self, shared: Shared, source: Source, at: Instant) -> Reach | Rejected | None:
        answer = super().broadcast(shared, source, at)
        if self._fates is not None:
            self._fates.told_all(source, answer)
        return answer


class World:
    """Partitions, each with its folder, as one worker that owns them all."""

    def __init__(self, policy: Policy, fates: Fates | None, **settings: Any) -> None:
        self.fold = WatchedFold(policy, fates)
        self.fates = fates
        self.folders = [self._folder(partition, **settings) for partition in range(PARTITIONS)]
        self.waiting: list[list[Sent]] = [[] for _ in range(PARTITIONS)]
        """Forwarded records, not folded yet."""
        self._n = 0
        self._forwarded = 0

    def _folder(self, partition: int, held_bytes_max: int = _HELD_BYTES_MAX) -> Folder[Client, Shared]:
        states: States[Client, Shared] = States(self.fold, _DECODED_MAX)
        folder = Folder(
            self.fold, states, self.fold.shared_new(), partition=partition, partitions=PARTITIONS,
            held_bytes_max=held_bytes_max,
        )  # fmt: skip
        folder.bad = BadRecords(1_000, 0)
        return folder

    def take(self, records: list[Sent]) -> None:
        """Fold records in the order given, each in its partition; then time passes up to the last of them."""
        if not records:
            return
        if self.fates is not None:
            self.fates.sent.update((record.place, record) for record in records)
        for partition, folder in enumerate(self.folders):
            mine = [record for record in records if record.partition == partition]
            self._fold(folder, mine)
        self.pass_time(records[-1].timestamp)
        for folder in self.folders:
            try:
                folder.states.trim()
            except Exception as error:
                raise Broken(f"a state cannot be stored: {error!r}") from error

    def _fold(self, folder: Folder[Client, Shared], records: list[Sent]) -> None:
        self._n += 1
        try:
            made = folder.records(self._n, records)
        except ClientFailed as error:
            raise Broken(f"the rules raised on {error.key!r}: {error.__cause__!r}") from error
        if self.fates is not None:
            for output in made.here:
                if id(output) not in self.fold.told:
                    self.fates.output(output)
            self.fold.told.clear()
        for target, output, timestamp in made.elsewhere:
            self._forward(target, output, timestamp)

    def pass_time(self, instant: Instant) -> None:
        """Deadlines up to an instant, as the worker fires them when nothing arrives."""
        for folder in self.folders:
            self._n += 1
            try:
                made = folder.fire_again(self._n, instant, (instant, _ANYBODY))
            except ClientFailed as error:
                raise Broken(f"the rules raised on {error.key!r} by time: {error.__cause__!r}") from error
            if self.fates is not None:
                for output in made.here:
                    self.fates.output(output)

    def _forward(self, target: int, output: Output, timestamp: Instant) -> None:
        if self.fates is None:
            raise Broken("a record of the good ones alone is misrouted")
        origin = dict(output.headers)["stoplist-origin"].decode()
        before = self.fates.sent[origin]
        if (before.key, before.value) != (output.key, output.value):
            raise Broken(f"{origin}: sent on with other bytes")
        self.fates.forwarded(origin)
        self._forwarded += 1
        self.waiting[target].append(
            before._replace(
                partition=target, offset=_FORWARDED_FROM + self._forwarded, headers=tuple(output.headers),
                how=f"{before.how}+forwarded",
            )
        )  # fmt: skip

    def arrived(self, instant: Instant) -> list[Sent]:
        """The forwarded copies, appended now."""
        copies = [copy._replace(timestamp=instant) for waiting in self.waiting for copy in waiting]
        self.waiting = [[] for _ in range(PARTITIONS)]
        return copies

    def facts(self, instant: Instant) -> dict[bytes, dict[str, Any]]:
        """What counts of each client at an instant: facts, position, categories, conditions; nothing that only says
        that there were bad records (flags, sequence, the bytes of what was published)."""
        self.pass_time(instant)
        found: dict[bytes, dict[str, Any]] = {}
        for folder in self.folders:
            for key in list(folder.states.deadlines.due):
                if key in folder.states.held or (state := folder.states.peek(key)) is None:
                    continue
                self.fold.fire(folder.shared, state, instant, [])
                _decided_anew(folder.shared.standing(state.seen), state, instant)
                if state.facts.count or state.books is not None or state.decided.conditions:
                    found[key] = _what_counts(state)
        return found


def _decided_anew(standing: Standing, state: Client, instant: Instant) -> None:
    """Old facts folded away and everything decided as of one instant: the work that the rules put off is done."""
    rules, day = standing.rules, standing.rules.day_of(instant)
    allocation.advance(rules, state, day)
    folding.fold(rules, state, day)
    decide(standing, state, instant, day, DeadlineCause(rules.instant_text(instant)), False, [])


def _what_counts(state: Client) -> dict[str, Any]:
    """By part; what is only a shortcut (the profile found last) or counts published records is left out."""
    facts, decided = state.facts, state.decided
    parts: dict[str, Any] = {f"facts.{name}": getattr(facts, name) for name in facts.__struct_fields__}
    parts["facts.about"] = replace(facts.about, profile=Profile())
    if facts.requests is not None:
        blocks = [replace(one, sequence=0) for one in facts.requests.blocks]
        parts["facts.requests"] = replace(facts.requests, blocks=blocks)
    parts |= {f"position.{name}": getattr(state.position, name) for name in state.position.__struct_fields__}
    parts["books"] = state.books
    del parts["facts.deal"], parts["facts.count"]  # goods and reports are dropped once a decision finds the deal closed
    for name in ("risk_group", "volume", "conditions", "violations", "categories"):
        parts[name] = getattr(decided, name)
    return parts


class Outcome(NamedTuple):
    """What one world showed."""

    records: int
    """Sent, forwarded copies included."""
    fates: Counter[str]
    reasons: Counter[str]
    spoilt: Counter[str]
    """Records by the mutations they went through."""


def stream_of(seed: str, count: int) -> tuple[Stream, list[Sent]]:
    """The records of a world."""
    stream = Stream(Random(seed))
    return stream, stream.records(count)


def run(seed: str, count: int, compared: bool = True) -> Outcome:
    """Send `count` records through a world. Raises Broken when a promise is."""
    stream, records = stream_of(seed, count)
    return run_records(stream.writer.policy, records, compared)


def run_records(policy: Policy, records: list[Sent], compared: bool = True) -> Outcome:
    """Fold the records, count their fates, and compare with the good ones folded alone, if wanted."""
    fates = Fates()
    world = World(policy, fates)
    chunks: list[list[Sent]] = []
    for start in range(0, len(records), _CHUNK):
        chunk = records[start : start + _CHUNK]
        chunk += world.arrived(chunk[-1].timestamp)
        chunks.append(chunk)
        world.take(chunk)
    if records and (late := world.arrived(records[-1].timestamp)):
        chunks.append(late)
        world.take(late)
    counts = fates.close()
    spoilt = Counter(how for record in fates.sent.values() for how in record.how.split("+"))
    outcome = Outcome(len(fates.sent), counts, fates.reasons, spoilt)
    if not compared:
        return outcome
    end = (records[-1].timestamp if records else 0) + DAY_MS
    _same(world.facts(end), _alone(policy, chunks, fates).facts(end))
    return outcome


def _alone(policy: Policy, chunks: list[list[Sent]], fates: Fates) -> World:
    """The records that were applied, without the others, at their own instants."""
    alone = World(policy, None)
    for chunk in chunks:
        alone.take([record for record in chunk if record.place in fates.applied])
        alone.pass_time(chunk[-1].timestamp)
    return alone


def _same(with_bad: dict[bytes, dict[str, Any]], alone: dict[bytes, dict[str, Any]]) -> None:
    for key in sorted(with_bad.keys() | alone.keys()):
        one, other = with_bad.get(key, {}), alone.get(key, {})
        for part in sorted(one.keys() | other.keys()):
            if one.get(part) != other.get(part):
                raise Broken(
                    f"client {key!r} differs from what its good records alone make of it in {part}: "
                    f"{one.get(part)!r:.600}, alone {other.get(part)!r:.600}"
                )


__all__ = ["APPLIED", "Outcome", "World", "run", "run_records", "stream_of"]
