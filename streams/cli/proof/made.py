"""Where the outputs of one partition of one fold belong, once they are made again."""

from dataclasses import dataclass, field

from schemas.catalogue import BY_NAME
from schemas.records import Output
from streams.cli.proof.published import Expected
from streams.engine.made import Made
from streams.engine.misrouting import ORIGIN_HEADER, partition_of
from streams.engine.settings import EngineSettings

Place = tuple[str, int]
"""Topic and partition."""


@dataclass
class MadeAgain:
    """Collects them by place."""

    settings: EngineSettings
    number: int
    partitions: int
    expected: dict[Place, Expected] = field(default_factory=dict)
    sent_on: dict[Place, set[bytes]] = field(default_factory=dict)
    """Where misrouted records came from, by where they were sent."""

    def emit(self, made: Made) -> None:
        """Take what a chunk makes."""
        for output in made.here:
            self.at(output).add(output)
        for target, output, _ in made.elsewhere:
            origin = next(data for name, data in output.headers if name == ORIGIN_HEADER)
            self.sent_on.setdefault((output.topic, target), set()).add(origin)

    def at(self, output: Output) -> Expected:
        """What is expected where this output belongs."""
        keyed = output.topic in self.settings.keyed_topics
        number = partition_of(output.key or b"", self.partitions) if keyed else self.number
        return at(self.expected, (output.topic, number))

    def merge_into(self, expected: dict[Place, Expected]) -> None:
        """Add it to what others make for the same places."""
        for place, found in self.expected.items():
            at(expected, place).absorb(found)


def at(expected: dict[Place, Expected], place: Place) -> Expected:
    """What is expected at a place."""
    if place not in expected:
        topic, number = place
        expected[place] = Expected(f"{topic}/{number}", BY_NAME[topic].cleanup_policy == "compact")
    return expected[place]
