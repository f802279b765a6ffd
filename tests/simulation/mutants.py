"""Classic mistakes, put into the engine for the time of a campaign: does the simulation find them?

Each is a replacement in the source text of one function; a text that is not there any more is an error, so that a
mutant cannot die of old age unseen.
"""

import asyncio
import contextlib
import inspect
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition

from schemas.records import NEVER
from streams.engine import checks
from streams.engine.deadlines import Deadlines
from streams.engine.folding import Folder
from streams.engine.journal_reading import JournalReading
from streams.engine.journal_writing import JournalWriter
from streams.engine.keeping import Keeper
from streams.engine.made import Made
from streams.engine.ownership import Taking
from streams.engine.partition import Partition
from streams.engine.publishing import Publisher
from streams.engine.reading import Reader
from streams.engine.repair import Repair
from streams.engine.restoring import Restoring
from streams.engine.snapshotting import SnapshotRound
from streams.engine.states import States

_DEAD_LETTERS = ("rejects", "dead-letters")


@dataclass(frozen=True)
class Change:
    """Of one function."""

    owner: Any
    """Class or module."""
    function: str
    replacements: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Mutant:
    """A mistake."""

    name: str
    changes: tuple[Change, ...]


def mutant(name: str, *changes: tuple[Any, str, *tuple[tuple[str, str], ...]]) -> Mutant:
    """A mistake from (class or module, function, replacements)."""
    return Mutant(name, tuple(Change(owner, function, tuple(pairs)) for owner, function, *pairs in changes))


# what replaced text may call


async def _without_fence(taking: Taking, writer: JournalWriter, record: Any) -> tuple[int, int | None]:
    """Go on under the name of the owner before."""
    from streams.engine import journal

    tp = TopicPartition(taking.settings.journal_topic, taking.partition)
    last, end = -1, 0
    async with Reader(taking.settings) as reader:
        begins, ends = await reader.bounds([tp])
        end = ends[tp]
        async for records in reader.span(tp, begins[tp], end):
            for one in records:
                if isinstance(journal.decode(one.value), journal.Owner):
                    last = one.offset
    if last < 0:
        return await writer.fence(record)
    writer.owner = writer.tenure = last
    writer.next = end
    return last, None


async def _read_before(taking: Taking) -> JournalReading:
    """The journal to its end as it is now."""
    tp = TopicPartition(taking.settings.journal_topic, taking.partition)
    async with Reader(taking.settings) as reader:
        begins, ends = await reader.bounds([tp])
        if begins[tp] == ends[tp]:
            return JournalReading(taking.partition)
        return await taking._read_journal(reader, ends[tp] - 1)


def _in_order_of_arrival(deadlines: Deadlines, until: int, most: int) -> list[tuple[int, bytes]]:
    taken = [(due, key) for key, due in deadlines.due.items() if due <= until][:most]
    for _, key in taken:
        deadlines.due[key] = NEVER
    return taken


def _take_too_early(keeper: Any, n: int) -> None:
    """Snapshots of what chunk `n` made, which may never be journaled."""
    if keeper._round is None and keeper._round_is_due():
        keeper._begin_round()
    if keeper._round is not None and keeper._round.may_take():
        keeper._round.take(n, 50)


async def _publish_behind(partition: Any, made: Made) -> None:
    """Start publishing; the next chunk waits for it only when it publishes itself."""
    before = getattr(partition, "in_flight", None)
    if before is not None:
        await before
    partition.in_flight = asyncio.ensure_future(partition._publisher.publish(partition.number, made))


def _letters_aside(partition: Any, made: Made) -> Made:
    letters = [output for output in made.here if output.topic in _DEAD_LETTERS]
    if letters:
        asyncio.ensure_future(partition._publisher.publish(partition.number, Made(letters, [])))  # noqa: RUF006
    return Made([output for output in made.here if output.topic not in _DEAD_LETTERS], made.elsewhere)


_HELPERS = {
    "_without_fence": _without_fence,
    "_read_before": _read_before,
    "_in_order_of_arrival": _in_order_of_arrival,
    "_take_too_early": _take_too_early,
    "_publish_behind": _publish_behind,
    "_letters_aside": _letters_aside,
    "contextlib": contextlib,
}
_PUBLISH = "self._keeper.published(await self._publisher.publish(self.number, made))"
_FENCE = "owner, stamped = await _to_its_end(writer.fence(record))"
_APPEND = "    await self._writer.append("
_IN_ORDER = "return _in_order_of_arrival(self, until, most)"
_HIGHER = "if new[-TAIL_BYTES : _CHUNK_BYTES - TAIL_BYTES] > known[-TAIL_BYTES : _CHUNK_BYTES - TAIL_BYTES]:"
_READ = "reading = await self._read_journal(reader, owner)"

MUTANTS: tuple[Mutant, ...] = (
    mutant(
        "publish before journal",
        (Partition, "_fold", (_APPEND, "    await self._publish(made)\n" + _APPEND),
         ('faults.reach("journal")\n    await self._publish(made)', 'faults.reach("journal")')),
    ),
    mutant(
        "no fence",
        (Taking, "take", (_FENCE, "owner, stamped = await _without_fence(self, writer, record)"),
         (_READ, "reading = await self._read_journal(reader, writer.next - 1)")),
    ),
    mutant(
        "fence without reading up to it",
        (Taking, "take", (_FENCE, "before = await _read_before(self)\n    " + _FENCE), (_READ, "reading = before")),
    ),
    mutant(
        "highest offset instead of highest chunk",
        (Restoring, "_another",
         (_HIGHER, "if new:")),
    ),
    mutant(
        "commit before publish (a journaled chunk counts as published)",
        (Taking, "_publish_and_own", ("if rebuilt.made is not None:", "if False:")),
    ),
    mutant(
        "one chunk in flight too many",
        (Partition, "_publish", (_PUBLISH, "await _publish_behind(self, made)")),
    ),
    mutant(
        "snapshot of an unacknowledged chunk",
        (Partition, "_fold", (_APPEND, "    _take_too_early(self._keeper, n)\n" + _APPEND)),
    ),
    mutant(
        "a chunk equal to the snapshot's is folded again",
        (Folder, "_open", ("states.taken(key) >= self._n", "states.taken(key) > self._n")),
        (Folder, "fire", ("states.taken(key) >= n", "states.taken(key) > n")),
    ),
    mutant(
        "unstable iteration (deadlines in order of arrival)",
        (Deadlines, "pop", ("taken: list[tuple[Instant, bytes]] = []", _IN_ORDER)),
    ),
    mutant(
        "dead letter outside the chunk",
        (Partition, "_publish", ("    if made.here", "    made = _letters_aside(self, made)\n    if made.here")),
    ),
    mutant("no offset check", (JournalWriter, "append", ("if metadata.offset != self.next:", "if False:"))),
    mutant(
        "unknown offset taken as expected",
        (JournalWriter, "append", ("metadata.offset != self.next", "metadata.offset not in (self.next, -1)")),
    ),
    mutant(
        "chunk sent again after a timeout",
        (Publisher, "append", ("    except Exception as error:",
         "    except Exception as error:\n"
         "        if value is not None:\n"
         "            with contextlib.suppress(Exception):\n"
         "                return await (await producer.send_batch(batch, topic, partition=partition))")),
    ),
    mutant(
        "void records of an old owner are read",
        (JournalReading, "feed", ("elif record.owner != self.owner:", "elif False:")),
    ),
    mutant(
        "checkpoint before the snapshots' acknowledgements",
        (SnapshotRound, "finished", ("and not self._pending ", "")),
    ),
    mutant(
        "checkpoint names the current chunk",
        (Keeper, "_checkpoint", ("            current.c,", "            self.owned.n,"),
         ("current.positions", "dict(self.owned.positions)"), ("current.at", "self.folder.at")),
    ),
    mutant(
        "snapshot named after the round's chunk, not its own",
        (SnapshotRound, "take", ("states.snapshot(client, n)", "states.snapshot(client, self.c)")),
    ),
    mutant(
        "old snapshots deleted before the new ones are acknowledged",
        (SnapshotRound, "_write",
         ("    await self._publisher.write(self._tp.topic, self._tp.partition, records)\n", ""),
         ("        await self._publisher.write(self._tp.topic, self._tp.partition, deleted)",
          "        await self._publisher.write(self._tp.topic, self._tp.partition, deleted)\n"
          "    await self._publisher.write(self._tp.topic, self._tp.partition, records)")),
    ),
    mutant(
        "snapshots read to the end as it was before",
        (Reader, "to_the_end", ("end = (await self.ends([tp]))[tp]", "end = start")),
    ),
    mutant("no repair of the last status", (Repair, "_difference", ("held = states", "return []\n    held = states"))),
    mutant(
        "repair on recovery only",
        (Keeper, "between_chunks", ("            return\n        self._start_look()", "            return")),
    ),
    mutant(
        "a journaled chunk of time chooses again",
        (Folder, "fire_again", ("deadlines.pop_through(through)", "deadlines.pop(instant, 1000)")),
    ),
    mutant(
        "time passes up to the partition's own instant",
        (Partition, "_instant", ("settled = all(max(folded", "instant = max(instant, self.folder.at)\n        "
                                 "settled = all(max(folded")),
    ),
    mutant(
        "a broadcast after the instant up to which a client fired is forgotten",
        (Folder, "_remind", ("if self._broadcasts:", "if False:")),
    ),
    mutant(
        "a client encoded to make room counts as in a snapshot",
        (States, "_store", ("self._header(0, state)", "self._header(1 << 40, state)")),
    ),
    mutant(
        "outputs pipelined",
        (Publisher, "write",
         ("written.append(await self._send(batch, topic, partition))\n            batch",
          "written.append(asyncio.ensure_future(self._send(batch, topic, partition)))\n            batch"),
         ("written.append(await self._send(batch, topic, partition))\n    return written",
          "written.append(asyncio.ensure_future(self._send(batch, topic, partition)))\n"
          "    return [await one for one in written]")),
    ),
)  # fmt: skip


UPGRADE_MUTANTS: tuple[Mutant, ...] = (
    mutant("chunks of other rules are folded again unasked", (checks, "rules", ("if others and", "if False and"))),
    mutant(
        "after other rules nothing is published anew",
        (Taking, "_publish_fresh", ("or not folder.folded_again:", "or True:")),
    ),
    mutant(
        "what is published anew is left decoded",
        (Taking, "_publish_fresh", ("(state := states.peek(key))", "(state := states.load(key))")),
    ),
    mutant(
        "a clean stop writes no checkpoint",
        (Keeper, "close", ("if self.owned.n > self.owned.c or self.folder.states.dirty:", "if False:")),
    ),
    mutant(
        "rules are accepted by whoever comes after as well",
        (checks, "other_rules", ("- {fold.rules_version}", "- {fold.rules_version, max(\n"
         "        (entry.rules_version for entry in reading.chunks.values()), default='')}")),
    ),
)  # fmt: skip
"""Those that a rolling upgrade meets."""


@contextmanager
def mistaken(mistake: Mutant) -> Iterator[None]:
    """The engine makes this mistake. Raises LookupError when its text is not there any more."""
    originals: list[tuple[Any, str, Any]] = []
    try:
        for change in mistake.changes:
            original = inspect.getattr_static(change.owner, change.function)
            originals.append((change.owner, change.function, original))
            setattr(change.owner, change.function, _changed(change, original))
        _forget()
        yield
    finally:
        for owner, name, original in reversed(originals):
            setattr(owner, name, original)
        _forget()


def _forget() -> None:
    """Results that the rules remember may be those of a mistake."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith("streams.domain"):
            for member in list(vars(module).values()):
                if hasattr(member, "cache_clear"):
                    member.cache_clear()


def _changed(change: Change, original: Any) -> Any:
    is_property = isinstance(original, property)
    function: Any = original.fget if is_property else original
    text = textwrap.dedent(inspect.getsource(function))
    for old, new in change.replacements:
        if old not in text:
            raise LookupError(f"{change.owner.__name__}.{change.function} has no text {old!r} any more")
        text = text.replace(old, new, 1)
    space: dict[str, Any] = {}
    exec(compile(text, f"<mutant of {change.function}>", "exec"), {**function.__globals__, **_HELPERS}, space)
    return space[change.function]
