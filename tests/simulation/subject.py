"""What is folded in a simulation: the fold, its topics, and records that mean something to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from streams.engine.fold import Fold
from tests.simulation.plan import Event


@dataclass(frozen=True)
class Subject:
    """A fold and how to write histories for it."""

    name: str
    fold: Callable[[], Fold[Any, Any]]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    dead_letters: str
    compacted: tuple[str, ...]
    events: Callable[[Random, int, bool], tuple[list[Event], int]]
    """By chance, partitions, and whether time is simulated: the events that send records, and when they end."""
    keyed: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    may_simulate_time: bool = True
    journal: str = "stoplist-journal"
    snapshots: str = "stoplist-clients"
    beside: "Subject | None" = None
    """Another fold whose workers run in the same world: what one publishes the other reads."""
    judge_both: Callable[[Any], None] = lambda _: None
    """Judges what follows from both together, given the simulation; raises ValueError."""
    upgraded: Callable[[], Fold[Any, Any]] | None = None
    """The fold of the next rules version, which some workers run: a rolling upgrade."""
    told_by: Callable[[bytes, str], bytes] = lambda value, _: value
    """An output's value as another rules version says it."""
    check: Callable[[int], Any] | None = None
    """Makes, for a partition, what holds the rules to an oracle."""
