"""Compares what was published to one partition of a topic with what folding again makes."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from schemas.records import Output
from streams.cli.proof.differences import Differences
from streams.cli.proof.identity import Identity, digest_of, identity_of

_Line = tuple[bytes, bytes]
"""Sender and key: the records between them are numbered."""


@dataclass
class Expected:
    """What must be in one partition of a topic. Take every output in the order it is made; then compare."""

    place: str
    compacted: bool = False
    """Older records of a key may be gone, the last one counts."""
    whole: bool = True
    """Everything that was ever made is here: what else is published, nobody made."""
    numbers: dict[_Line, list[int]] = field(default_factory=lambda: defaultdict(list))
    bodies: dict[_Line, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    letters: dict[bytes, bytes] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.letters) + sum(map(len, self.numbers.values()))

    def add(self, output: Output) -> None:
        """One more output; one that both folds make (the dead letter of a policy) counts once."""
        identity = identity_of(output.topic, output)
        assert identity is not None, f"{self.place}: an output without identity"
        if not identity.sequence:
            self.letters[identity.sender] = digest_of(output)
            return
        line = identity[:2]
        self.numbers[line].append(identity.sequence)
        self.bodies[line].append(digest_of(output))

    def absorb(self, others: "Expected") -> None:
        """What another partition, or the other fold, makes for the same place."""
        self.letters.update(others.letters)
        for line, numbers in others.numbers.items():  # one line comes from one partition alone
            self.numbers[line] += numbers
            self.bodies[line] += others.bodies[line]

    def add_last(self, output: Output) -> None:
        """The last output of its client, unless later ones are here already."""
        identity = identity_of(output.topic, output)
        if identity is not None and not self.numbers.get(identity[:2]):
            self.add(output)


@dataclass
class Comparison:
    """Feed it every record of the partition, in order; then `finish`."""

    topic: str
    expected: Expected
    sure_before: int
    """Records from this offset on may be of chunks that were journaled after the journal was read."""
    differences: Differences = field(default_factory=Differences)
    compared: int = 0
    """Outputs that were published as they were made."""
    unexplained: int = 0
    """Records whose making is not in the journal as it was read: cut off, or later."""
    gone: int = 0
    """Outputs that compaction or retention has removed."""
    _reached: dict[_Line, int] = field(default_factory=dict)
    _met: set[bytes] = field(default_factory=set)
    _next: int = 0
    _holes: bool = False
    _last: dict[_Line, int] = field(default_factory=dict)

    def feed(self, record: Any) -> None:
        """The next record."""
        self._holes = self._holes or record.offset != self._next
        self._next = record.offset + 1
        where = f"{self.expected.place}/{record.offset}"
        identity = identity_of(self.topic, record)
        if identity is None:
            self.differences.add(where, "is no record of Stoplist's")
        elif not identity.sequence:
            self._letter(where, identity, record)
        else:
            self._output(where, identity, record)

    def _letter(self, where: str, identity: Identity, record: Any) -> None:
        digest = self.expected.letters.get(identity.sender)
        if digest is None:
            self._unknown(where, identity, record.offset)
        elif digest != digest_of(record):
            self.differences.add(where, f"dead letter {identity.named()}: another one is made of that record")
        else:
            self.compared += identity.sender not in self._met
            self._met.add(identity.sender)

    def _output(self, where: str, identity: Identity, record: Any) -> None:
        line = identity[:2]
        numbers = self.expected.numbers.get(line, [])
        index = bisect_left(numbers, identity.sequence)
        if index == len(numbers) or numbers[index] != identity.sequence:
            self._unknown(where, identity, record.offset)
            return
        if self.expected.bodies[line][index] != digest_of(record):
            self.differences.add(where, f"{identity.named()}: published with another body than is made")
        self._last[line] = index
        reached = self._reached.get(line, 0)
        if index < reached:
            return  # a repeat, which readers drop
        self.compared += 1
        if index > reached and self._holes:
            self.gone += index - reached
        elif index > reached:
            missing = Identity(*line, numbers[reached])
            self.differences.add(where, f"{identity.named()} came before {missing.named()}, which readers then drop")
        self._reached[line] = index + 1

    def _unknown(self, where: str, identity: Identity, offset: int) -> None:
        if self.expected.whole and offset < self.sure_before:
            self.differences.add(where, f"{identity.named()}: nothing in the journal makes it")
        else:
            self.unexplained += 1

    def finish(self, begin: int) -> None:
        """Everything was fed; `begin`: the first offset that the topic still has."""
        removed = (self._holes or begin > 0) and not self.expected.compacted
        for line, numbers in self.expected.numbers.items():
            reached = self._reached.get(line, 0)
            if reached < len(numbers) and removed:
                self.gone += len(numbers) - reached
            elif reached < len(numbers):
                more = f" and {len(numbers) - reached - 1} more" if len(numbers) - reached > 1 else ""
                name = Identity(*line, numbers[reached]).named()
                self.differences.add(self.expected.place, f"{name}{more}: made, and not published")
            elif self.expected.compacted and self._last[line] != len(numbers) - 1:
                name, older = Identity(*line, numbers[-1]).named(), numbers[self._last[line]]
                self.differences.add(self.expected.place, f"{name} is the newest, the last record is number {older}")
        for letter in self.expected.letters.keys() - self._met if not removed else ():
            self.differences.add(self.expected.place, f"dead letter {letter.decode()}: made, and not published")
        if removed:
            self.gone += len(self.expected.letters) - len(self._met)
