"""A rolling upgrade: workers of two rules versions in one history, and a person who decides when one refuses to start.

What must be so is read from the journal: who goes on behind chunks of other rules was told to, and has first published
the last word of each client that it folded again; who refuses has a reason.
"""

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final

import msgspec

from streams.engine.fold import Fold
from tests.simulation.broker import Broker, Log
from tests.simulation.subject import Subject

if TYPE_CHECKING:
    from tests.simulation.judge import Reference

_CHUNK_BYTES: Final = 8


@dataclass
class Take:
    """Somebody took the partition."""

    process: str
    rules: str
    at: int
    """When its owner record was appended."""
    pending: dict[int, str]
    """Chunks to be folded again, and the rules that made each."""
    worked_at: int | None = None
    """When it first appended anything that counts."""

    @property
    def others(self) -> set[int]:
        """Chunks to be folded again that other rules made."""
        return {n for n, rules in self.pending.items() if rules != self.rules}


def takes(log: Log) -> list[Take]:
    """Everybody who took the partition of a journal, by rule 2."""
    return takes_and_rest(log)[0]


def takes_and_rest(log: Log) -> tuple[list[Take], dict[int, str]]:
    """And the chunks that whoever comes next has to fold again."""
    found: list[Take] = []
    owner, c, chunks = -1, 0, dict[int, str]()
    for record in log.ever:
        entry = msgspec.json.decode(record.value or b"")
        if entry["type"] == "owner":
            owner = record.offset
            pending = {n: rules for n, rules in chunks.items() if n > c}
            found.append(Take(entry["instance"], entry["rules_version"], record.timestamp, pending))
        elif entry["owner"] == owner:
            if found[-1].worked_at is None:
                found[-1].worked_at = record.timestamp
            if entry["type"] == "checkpoint":
                c = max(c, entry["c"])
            else:
                chunks[entry["n"]] = entry["rules_version"]
    return found, {n: rules for n, rules in chunks.items() if n > c}


class Upgrade:
    """Which rules each slot runs."""

    def __init__(self, subject: Subject, broker: Broker, random: Random) -> None:
        self.subject, self.broker, self.random = subject, broker, random
        self.new: dict[int, bool] = {}
        self._accepting: set[int] = set()
        """Slots whose next process is told to go on."""
        self._accepted: set[str] = set()
        """Processes that were."""

    def start(self, slot: int, process: str) -> tuple[Fold[Any, Any], bool]:
        """The fold of the slot's next process, and whether it is told `--accept-new-rules`."""
        accepts = slot in self._accepting
        self._accepting.discard(slot)
        if accepts:
            self._accepted.add(process)
        new = self.subject.upgraded if self.new.get(slot) else None
        return (self.subject.fold if new is None else new)(), accepts

    def refused(self, slot: int, process: str) -> list[BaseException]:
        """A process refused chunks of other rules; a person accepts them, or starts the other version."""
        mine = [
            take for log in self.broker.every(self.subject.journal) for take in takes(log) if take.process == process
        ]
        if process in self._accepted or not any(take.others for take in mine):
            return [ValueError(f"{process} refused other rules that it has not met")]
        if self.random.random() < 0.5:
            self._accepting.add(slot)
        else:
            self.new[slot] = not self.new.get(slot, False)
        return []

    def closed(self, numbers: set[int], process: str) -> list[BaseException]:
        """A process was stopped in order: of its partitions nothing is left to be folded again."""
        for number in sorted(numbers):
            take, left = takes_and_rest(self.broker.logs[self.subject.journal, number])
            if take[-1].process == process and left:
                return [ValueError(f"{process} was stopped in order and left chunks {sorted(left)} to be folded again")]
        return []

    def judge(self, expected: "Reference") -> None:
        """Raises ValueError. Notes in `expected` which chunks others folded again."""
        for take in takes(self.broker.logs[self.subject.journal, expected.number]):
            if take.worked_at is not None and take.others and take.process not in self._accepted:
                raise ValueError(f"{take.process} went on behind chunks {sorted(take.others)} of other rules")
            if take.process in self._accepted:
                for n in take.others:
                    expected.again.setdefault(n, set()).add(take.rules)
                if take.worked_at is not None and take.others:
                    self._judge_fresh(expected, take, take.worked_at)

    def _judge_fresh(self, expected: "Reference", take: Take, until: int) -> None:
        """The last status of every client that was folded again is there anew, before anything else."""
        last = {key: n for n in sorted(take.pending) for key in expected.touched[n]}
        for topic in self.subject.compacted:
            made = {
                output.key or b"": output
                for output, n in zip(expected.out, expected.chunk_of, strict=True)
                if output.topic == topic and n <= max(take.pending)
            }
            there = [
                (record.key, dict(record.headers)["ce_id"])
                for record in self.broker.logs[topic, expected.number].ever
                if take.at <= record.timestamp <= until
            ]
            for key, n in last.items():
                if key not in made or key in expected.held or self._has_snapshot(expected.number, key, n, until):
                    continue
                if (key, dict(made[key].headers)["ce_id"]) not in there:
                    raise ValueError(f"{take.process} did not publish the last {topic} of {key!r} anew")

    def _has_snapshot(self, number: int, key: bytes, n: int, until: int) -> bool:
        """Whether a snapshot as new as the chunk was there, so that the client may have been left alone."""
        return any(
            (record.key or b"")[:-_CHUNK_BYTES] == key
            and record.value is not None
            and record.timestamp <= until
            and int.from_bytes(record.headers[0][1][:_CHUNK_BYTES], "big") >= n
            for record in self.broker.logs[self.subject.snapshots, number].ever
        )
