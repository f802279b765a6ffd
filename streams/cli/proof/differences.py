"""What does not agree: all counted, the first few kept to be named."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

KEPT_MAX: Final = 100


class Difference(NamedTuple):
    """One thing that is not as the journal says."""

    where: str
    """Topic, partition and offset, or a topic and an output's id, or a client."""
    what: str


@dataclass
class Differences:
    """Of one partition, or of all."""

    count: int = 0
    first: list[Difference] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < KEPT_MAX:
            self.first.append(Difference(where, what))

    def take(self, others: "Differences") -> None:
        """All of these, too."""
        self.count += others.count
        self.first += others.first[: KEPT_MAX - len(self.first)]
