"""Folds everything again and compares it with the outputs and the snapshots, partition by partition."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import TopicPartition

from schemas.catalogue import IMPORTANCE
from schemas.records import Output
from streams.agents.folds import FoldName
from streams.cli.proof.installation import FoldHere, Installation
from streams.cli.proof.made import MadeAgain, Place, at
from streams.cli.proof.partition import PartitionProof, PartitionProver
from streams.cli.proof.published import Comparison, Expected
from streams.engine.failures import ClientFailed
from streams.engine.folding import Folder
from streams.engine.reading import Reader

Folded = Callable[[int], None]
_WRITTEN_BY: Final[dict[str, FoldName]] = {IMPORTANCE: "importance"}
"""Topics that count with the fold of scopes; all others with that of clients."""


@dataclass
class Compared:
    """Outputs of one fold in one partition."""

    found: int = 0
    """Published as they are made again."""
    unexplained: int = 0
    """Published, and their making is cut off or later than what was read."""
    gone: int = 0
    """Made again, and removed by compaction or retention."""


@dataclass
class Verified:
    """What was compared; what differs stands in the proofs."""

    proofs: list[PartitionProof] = field(default_factory=list)
    outputs: dict[tuple[FoldName, int], Compared] = field(default_factory=dict)


class Verifier:
    """Reads only: workers may run meanwhile."""

    def __init__(self, all_of_it: Installation, folded: Folded) -> None:
        self._folds = all_of_it.folds
        self._partitions = all_of_it.partitions
        self._folded = folded
        self._settings = all_of_it.folds[0].settings
        self._keyed = sorted({topic for one in self._folds for topic in one.settings.keyed_topics})
        topics = {topic for one in self._folds for topic in one.settings.output_topics}
        self._topics = sorted(topics - set(self._keyed))
        self._sure: dict[Place, int] = {}
        self._sent_on: dict[Place, set[bytes]] = {}
        self._proofs: dict[tuple[FoldName, int], PartitionProof] = {}
        self._outputs: dict[tuple[FoldName, int], Compared] = {}

    async def run(self) -> Verified:
        """Everything. Raises Stopped when a request fails."""
        async with Reader(self._settings) as reader:
            return await self._run(reader)

    async def _run(self, reader: Reader) -> Verified:
        # first of all: what is published by now stands in the journals as read later
        self._sure = await self._ends(reader)
        keyed: dict[Place, Expected] = {}
        for number in range(self._partitions):
            here: dict[Place, Expected] = {}
            for one in self._folds:
                made = await self._prove(one, number)
                made.merge_into(here)
                for place, origins in made.sent_on.items():
                    self._sent_on.setdefault(place, set()).update(origins)
            for place in [place for place in here if place[0] in self._keyed]:
                at(keyed, place).absorb(here.pop(place))
            whole = all(self._proofs[one.name, number].whole for one in self._folds)
            for topic in self._topics:
                await self._compare(reader, (topic, number), at(here, (topic, number)), whole)
        whole = all(proof.whole for proof in self._proofs.values())
        for topic in self._keyed:
            for number in range(self._partitions):
                await self._compare(reader, (topic, number), at(keyed, (topic, number)), whole)
        self._compare_sent_on()
        return Verified(list(self._proofs.values()), self._outputs)

    async def _ends(self, reader: Reader) -> dict[Place, int]:
        places = [TopicPartition(t, n) for t in (*self._topics, *self._keyed) for n in range(self._partitions)]
        return {(tp.topic, tp.partition): end for tp, end in (await reader.ends(places)).items()}

    async def _prove(self, one: FoldHere, number: int) -> MadeAgain:
        apart: set[bytes] = set()
        while True:
            proof, made = PartitionProof(one.name, number), MadeAgain(one.settings, number, self._partitions)
            prover = PartitionProver(
                one.settings, one.fold, self._partitions, proof, made.emit, self._folded, set(apart)
            )
            try:
                folder = await prover.run(snapshots=True)
            except ClientFailed as failure:
                if failure.key in apart:
                    raise
                apart.add(failure.key)
                continue
            self._proofs[one.name, number] = proof
            if folder is not None and not proof.whole:
                for output in _last_outputs(folder):
                    made.at(output).add_last(output)
            return made

    async def _compare(self, reader: Reader, place: Place, expected: Expected, whole: bool) -> None:
        topic, number = place
        expected.whole = whole
        comparison = Comparison(topic, expected, self._sure[place])
        tp = TopicPartition(topic, number)
        begins, ends = await reader.bounds([tp])
        async for records in reader.span(tp, begins[tp], ends[tp]):
            for record in records:
                comparison.feed(record)
        comparison.finish(begins[tp])
        row = _WRITTEN_BY.get(topic, self._folds[0].name), number
        compared = self._outputs.setdefault(row, Compared())
        compared.found += comparison.compared
        compared.unexplained += comparison.unexplained
        compared.gone += comparison.gone
        self._proofs[row].differences.take(comparison.differences)

    def _compare_sent_on(self) -> None:
        """Every misrouted record has come where it was sent to."""
        for (topic, number), origins in sorted(self._sent_on.items()):
            for one in self._folds:
                proof = self._proofs[one.name, number]
                if proof.whole and topic in one.settings.input_topics:
                    for origin in sorted(origins - proof.arrived):
                        what = f"was sent on to {topic}/{number} and is not there"
                        proof.differences.add(origin.decode("utf-8", "replace"), what)


def _last_outputs(folder: Folder[Any, Any]) -> list[Output]:
    """What each client last published to the compacted topics, as its state remembers it (rule 17)."""
    states, fold = folder.states, folder.fold
    keys = sorted((states.stored.keys() | states.live.keys()) - states.held.keys())
    return [output for key in keys if (state := states.peek(key)) is not None for output in fold.republish(state)]
