"""What must be so after a history: the journal read by rule 2, its inputs folded in one go, and what readers then see.

Finds it out without the engine, whose code is only asked what the next owner would find; of the fold it asks what a
record, a broadcast and a deadline do.
"""

import base64
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiokafka.partitioner import murmur2

from schemas.records import NEVER, Output, Reach, Rejected
from streams.engine.auditing import rebuild
from streams.engine.failures import Refusal, Stopped
from tests.simulation.broker import Log, Record
from tests.simulation.standing_in import World
from tests.simulation.subject import Subject

if TYPE_CHECKING:
    from tests.simulation.run import Simulation

_ORIGIN: Final = "stoplist-origin"
_LATE_MS: Final = 1500

Sender = tuple[bytes, bytes]
"""Client and key."""


def partition_of(key: bytes, partitions: int) -> int:
    """Where a key belongs."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


class Wrong(Exception):
    """A promise is broken."""


@dataclass
class Journal:
    """What every reader accepts."""

    chunks: list[dict[str, Any]] = field(default_factory=list)
    next: dict[str, int] = field(default_factory=dict)
    """Next offset of each topic."""
    checkpoint: dict[str, Any] | None = None


def read_journal(records: list[Record]) -> Journal:
    """Rule 2: what names the nearest owner record before it."""
    owner, found = -1, Journal()
    for record in records:
        entry = msgspec.json.decode(record.value or b"")
        if entry["type"] == "owner":
            owner = record.offset
        elif entry["owner"] != owner:
            continue
        elif entry["type"] == "checkpoint":
            if found.checkpoint is None or entry["c"] >= found.checkpoint["c"]:
                found.checkpoint = entry
        else:
            found.chunks.append(entry)
            for topic, _, last, _ in ranges(entry):
                found.next[topic] = last + 1
    return found


def ranges(entry: dict[str, Any]) -> list[list[Any]]:
    """[topic, first, last, timestamp] of everything in a chunk."""
    if entry["type"] != "chunk":
        return []
    return [[entry["topic"], entry["first"], entry["last"], entry["timestamp"]], *entry.get("more", ())]


def needed(log: Log) -> dict[str, int]:
    """By topic, the first offset that a recovery may still ask for."""
    checkpoint = read_journal(log.ever).checkpoint
    return {topic: at[0] for topic, at in checkpoint["positions"].items()} if checkpoint else {}


class Reference:
    """One partition, folded record by record without interruption."""

    def __init__(self, subject: Subject, number: int, partitions: int) -> None:
        self.number, self.partitions = number, partitions
        self.fold = subject.fold()
        folds = [self.fold] if subject.upgraded is None else [self.fold, subject.upgraded()]
        self.folds = {fold.rules_version: fold for fold in folds}
        self.n = 0
        """The chunk that is folded."""
        self.chunk_of: list[int] = []
        """Of each output."""
        self.touched: dict[int, dict[bytes, None]] = {}
        """By chunk, the clients it changed."""
        self.again: dict[int, set[str]] = {}
        """By chunk, other rules versions that folded it again."""
        self.shared: Any = self.fold.shared_new()
        self.at = 0
        self.states: dict[bytes, Any] = {}
        self.due: dict[bytes, int] = {}
        self.broadcasts: list[tuple[int, int]] = []
        """(instant, the deadlines up to which it reaches clients) of each."""
        self.held: dict[bytes, tuple[bytes, list[tuple[str, int]]]] = {}
        """Clients on which the rules raised: the state before, and (topic, offset) of every record since."""
        self.out: list[Output] = []
        self.forwarded: list[Record] = []
        self.check: Any = subject.check(number) if subject.check is not None else None

    def begin(self, entry: dict[str, Any]) -> None:
        """The next chunk, by the rules that it names."""
        self.chunk_of += [self.n] * (len(self.out) - len(self.chunk_of))
        self.n, self.fold = entry["n"], self.folds[entry["rules_version"]]
        self.touched[self.n] = {}

    def records(self, records: list[Record]) -> None:
        """Fold them."""
        for record in records:
            self.at = max(self.at, record.timestamp)
            if record.key is None:
                self._broadcast(record)
            else:
                self._record(record.key, record)
            if self.check is not None:
                self.check.folded(self, record)

    def _record(self, key: bytes, record: Record) -> None:
        if key in self.held:
            self.held[key][1].append((record.topic, record.offset))
            return
        state = self.states.get(key)
        if state is None and partition_of(key, self.partitions) != self.number:
            if any(name == _ORIGIN for name, _ in record.headers):
                why = Rejected("misrouted", None, "")
                self.out.append(self.fold.rejected(record, why, self.at))
            else:
                self.forwarded.append(record)
            return
        new = state is None
        if new:
            state = self.fold.create(self.shared, key)
        before, mark = self.fold.encode(state), len(self.out)
        try:
            rejected = self.fold.record(self.shared, state, record, self.at, self.out)
        except Exception:
            del self.out[mark:]
            self.held[key] = before, [(record.topic, record.offset)]
            self.states.pop(key, None)
            self.due.pop(key, None)
            return
        if rejected is not None:
            self.out.append(self.fold.rejected(record, rejected, self.at))
        if not (new and self.fold.empty(state)):
            self.touched[self.n][key] = None
            self.states[key] = state
            self.due[key] = self.fold.deadline(state)

    def _broadcast(self, record: Record) -> None:
        reach = self.fold.broadcast(self.shared, record, self.at)
        if isinstance(reach, Rejected):
            self.out.append(self.fold.rejected(record, reach, self.at))
        elif isinstance(reach, Reach):
            self.broadcasts.append((self.at, reach.deadline_until))
            for key, due in self.due.items():
                if self.at < due <= reach.deadline_until:
                    self.due[key] = self.at

    def time(self, instant: int, through: tuple[int, bytes]) -> None:
        """Everything due up to `through` takes effect."""
        for due, key in sorted((due, key) for key, due in self.due.items() if due < NEVER):
            if (due, key) <= through:
                state = self.states[key]
                self.touched[self.n][key] = None
                self.fold.fire(self.shared, state, instant, self.out)
                self.due[key] = self._due_after(instant, self.fold.deadline(state))
        self.at = max(self.at, instant)
        if self.check is not None and self.states:
            self.check.look(self, through[1])

    def _due_after(self, instant: int, deadline: int) -> int:
        """A broadcast after the instant up to which a client fired comes before its next deadline."""
        for at, until in self.broadcasts:
            if instant < at < deadline <= until:
                return at
        return deadline

    def canonical(self) -> dict[bytes, bytes]:
        """Every state, with all broadcasts taken that are due."""
        return {key: self._canonical(self.fold.encode(state)) for key, state in self.states.items()}

    def _canonical(self, data: bytes) -> bytes:
        state = self.fold.decode(data)
        self.fold.fire(self.shared, state, self.at, [])
        return self.fold.canonical(state)


def reference(simulation: "Simulation", number: int) -> Reference:
    """Fold what the journal of a partition accepts. Raises Wrong when it has gaps or repetitions."""
    subject, plan = simulation.subject, simulation.plan
    reading = read_journal(simulation.broker.logs[simulation.subject.journal, number].ever)
    made = Reference(subject, number, plan.partitions)
    inputs = {topic: {r.offset: r for r in simulation.broker.logs[topic, number].ever} for topic in subject.inputs}
    position = dict.fromkeys(subject.inputs, 0)
    ahead = max(0, *plan.skews_ms)
    for expected, entry in enumerate(reading.chunks, 1):
        if entry["n"] != expected:
            raise Wrong(f"partition {number}: chunk {entry['n']} follows chunk {expected - 1}")
        made.begin(entry)
        if entry["type"] == "time":
            client = base64.b64decode(entry["client"])
            if not plan.simulated_time:
                _all_before(number, entry, inputs, position, entry["instant"] - ahead)
            made.time(entry["instant"], (entry["due"], client))
            continue
        for topic, first, last, _ in ranges(entry):
            skipped = [offset for offset in inputs[topic] if position[topic] <= offset < first]
            if skipped or first < position[topic]:
                raise Wrong(f"partition {number}: chunk {expected} has {topic} {first}-{last} after {position[topic]}")
            made.records([inputs[topic][offset] for offset in range(first, last + 1) if offset in inputs[topic]])
            position[topic] = last + 1
    made.chunk_of += [made.n] * (len(made.out) - len(made.chunk_of))
    for topic, records in inputs.items():
        if left := [offset for offset in records if offset >= position[topic]]:
            raise Wrong(f"partition {number}: {topic} from {left[0]} on was never folded")
    if made.check is not None:
        made.check.end(made)
        if made.check.differences:
            raise Wrong(f"partition {number}: {made.check.differences[0]}")
    return made


def _all_before(
    number: int, entry: dict[str, Any], inputs: dict[str, dict[int, Record]], position: dict[str, int], instant: int
) -> None:
    """Time passes only when every record before it has been folded."""
    for topic, records in inputs.items():
        for offset, record in records.items():
            if offset >= position[topic] and record.timestamp < instant:
                raise Wrong(f"partition {number}: chunk {entry['n']} of time goes before {topic} {offset}")


async def judge(simulation: "Simulation", number: int, partition: Any) -> None:
    """State of a partition: of its live owner, if any, and as the next owner would find it. Raises Wrong."""
    expected = simulation.references.setdefault(number, reference(simulation, number))
    try:
        simulation.upgrade.judge(expected)
    except ValueError as wrong:
        raise Wrong(f"partition {number}: {wrong}") from wrong
    if partition is not None:
        _compare(number, "its owner", expected, partition.folder)
        if partition.owned.n != len(
            read_journal(simulation.broker.logs[simulation.subject.journal, number].ever).chunks
        ):
            raise Wrong(f"partition {number}: its owner is at chunk {partition.owned.n}")
    link = simulation.link()
    settings = simulation.settings(link.process.name, accept_new_rules=simulation.subject.upgraded is not None)
    count = simulation.plan.partitions
    rebuilt: Any = None
    for attempt in range(3):  # a live owner may cut the journal meanwhile
        rebuilding = rebuild(settings, simulation.subject.fold(), number, count)
        try:
            rebuilt = await simulation.loop.create_task(rebuilding, context=link.process.context)
            break
        except (Refusal, Stopped) as failure:
            if isinstance(failure, Refusal) or attempt == 2:
                raise Wrong(f"partition {number}: the next owner says: {failure}") from failure
    _compare(number, "the next owner", expected, rebuilt.folder)
    until = expected.at if simulation.plan.simulated_time else simulation.rest_ms - _LATE_MS
    if late := [(due, key) for key, due in expected.due.items() if due <= until]:
        raise Wrong(f"partition {number}: {min(late)} was due and did not happen until {until}")


def _compare(number: int, whose: str, expected: Reference, folder: Any) -> None:
    states, fold, shared = folder.states, folder.fold, folder.shared
    found: dict[bytes, bytes] = {}
    for key in sorted((states.stored.keys() | states.live.keys()) - states.held.keys()):
        state = fold.decode(fold.encode(states.peek(key)))
        fold.fire(shared, state, folder.at, [])
        found[key] = fold.canonical(state)
    held = {key: (one.state, [(r.topic, r.offset) for r in one.records]) for key, one in states.held.items()}
    before = {key: (data, records) for key, (data, records) in expected.held.items()}
    where = f"partition {number}, {whose}"
    if folder.at != expected.at:
        raise Wrong(f"{where}: is at {folder.at}, should be at {expected.at}")
    if {key: records for key, (_, records) in held.items()} != {key: records for key, (_, records) in before.items()}:
        raise Wrong(f"{where}: holds {held}, should hold {before}")
    should = expected.canonical()
    for key in sorted(found.keys() | should.keys()):
        if found.get(key) != should.get(key):
            raise Wrong(f"{where}: client {key!r} is {_shown(fold, found, key)}, should be {_shown(fold, should, key)}")


def _shown(fold: Any, states: dict[bytes, bytes], key: bytes) -> Any:
    return msgspec.msgpack.decode(states[key]) if key in states else "unknown"


# outputs


def judge_outputs(simulation: "Simulation") -> None:
    """Every output is there, in sequence, with one body an id; nothing is there that nobody made. Raises Wrong."""
    subject, partitions = simulation.subject, simulation.plan.partitions
    wanted: dict[tuple[str, int, Sender], list[Output]] = defaultdict(list)
    others: dict[tuple[str, int, Any], list[Any]] = defaultdict(list)
    letters: dict[tuple[str, int], dict[bytes, Output]] = defaultdict(dict)
    for number, expected in simulation.references.items():
        for output, n in zip(expected.out, expected.chunk_of, strict=True):
            target = partition_of(output.key or b"", partitions) if output.topic in subject.keyed else number
            if output.topic == subject.dead_letters:
                letters[output.topic, target][_header(output.headers, "stoplist-id")] = output
            else:
                identity = _identity(output)
                wanted[output.topic, target, identity[0]].append(output)
                for version in sorted(expected.again.get(n, ())):
                    said = msgspec.structs.replace(output, value=subject.told_by(output.value or b"", version))
                    others[output.topic, target, identity].append(_body(said))
        for record in expected.forwarded:
            _judge_forwarded(simulation, record)
    for topic in subject.outputs:
        for number in range(partitions):
            ever = simulation.broker.logs[topic, number].ever
            if topic == subject.dead_letters:
                ours = [one for one in ever if _origin_topic(one) in subject.inputs]
                _judge_letters(f"{topic}/{number}", ours, letters[topic, number])
            else:
                of_place = {sender: outs for (name, n, sender), outs in wanted.items() if (name, n) == (topic, number)}
                also = {
                    identity: bodies for (name, n, identity), bodies in others.items() if (name, n) == (topic, number)
                }
                _judge_place(f"{topic}/{number}", ever, of_place, topic in subject.compacted, also)


def _origin_topic(letter: Record) -> str:
    """Where the record of a dead letter lay."""
    return _header(letter.headers, "stoplist-id").decode().split("/")[0]


def _header(headers: Any, name: str) -> bytes:
    return next((data for key, data in headers if key == name), b"")


def _identity(one: Any) -> tuple[Sender, int]:
    """Who says it to whom, and the number of it: in the header, or in what one fold tells another."""
    if identity := _header(one.headers, "ce_id"):
        client, _, sequence = identity.rpartition(b":")
    else:
        told = msgspec.json.decode(one.value)
        client, sequence = told["client_id"].encode(), told["sequence"]
        if "scope_id" in told:
            client = f"{told['kind']}/{told['scope_id']}".encode()
    return (client, one.key or b""), int(sequence)


def _body(one: Any) -> tuple[Any, ...]:
    return one.key, one.value, tuple((name, data) for name, data in one.headers)


def _judge_place(
    place: str, ever: list[Record], wanted: dict[Sender, list[Output]], compacted: bool, also: dict[Any, list[Any]]
) -> None:
    """`also`: by identity, what other rules say that folded it again."""
    bodies = {_identity(out): _body(out) for outs in wanted.values() for out in outs}
    seen: dict[Sender, list[int]] = defaultdict(list)
    last: dict[bytes, int] = {}
    for record in ever:
        identity = sender, sequence = _identity(record)
        if bodies.get(identity) != _body(record) and _body(record) not in also.get(identity, ()):
            what = "nothing makes it" if identity not in bodies else f"it should be {bodies[identity]}"
            raise Wrong(f"{place}: {identity} at offset {record.offset} is {_body(record)}: {what}")
        last[record.key or b""] = sequence
        if not seen[sender] or sequence > seen[sender][-1]:  # the readers' filter
            seen[sender].append(sequence)
    for sender, outs in wanted.items():
        should = [_identity(out)[1] for out in outs]
        if seen[sender] != should:
            raise Wrong(f"{place}: readers see {seen[sender]} of {sender}, should see {should}")
        if compacted and last[outs[-1].key or b""] != should[-1]:
            raise Wrong(f"{place}: the last record of {sender} is {last[outs[-1].key or b'']}, not {should[-1]}")


def _judge_letters(place: str, ever: list[Record], wanted: dict[bytes, Output]) -> None:
    seen = set()
    for record in ever:
        identity = _header(record.headers, "stoplist-id")
        if identity not in wanted or _body(wanted[identity])[:2] != (record.key, record.value):
            raise Wrong(f"{place}: dead letter {identity!r} at offset {record.offset} is of no such record")
        seen.add(identity)
    if missing := sorted(wanted.keys() - seen):
        raise Wrong(f"{place}: dead letters {missing} are missing")


def _judge_forwarded(simulation: "Simulation", record: Record) -> None:
    target = partition_of(record.key or b"", simulation.plan.partitions)
    origin = f"{record.topic}/{record.partition}/{record.offset}".encode()
    ever = simulation.broker.logs[record.topic, target].ever
    if not any(_header(one.headers, _ORIGIN) == origin and one.value == record.value for one in ever):
        raise Wrong(f"{record.topic}/{record.partition}: record {record.offset} was not forwarded")


__all__ = ["Reference", "World", "Wrong", "judge", "judge_outputs", "needed", "read_journal", "reference"]
