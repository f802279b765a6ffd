"""A history as data: the settings of its workers, and what happens when; made by a seed, and shrunk by leaving out."""

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from tests.simulation.network import FATES

STEPS: Final = ("fold", "journal", "publish", "commit", "snapshot", "checkpoint", "fence", "recovered")

OF_SLOTS: Final = frozenset(
    ("kill", "pause", "kill_step", "pause_step", "kill_fuse", "pause_fuse", "stop", "upgrade", "fate", "drag")
)
"""Events that strike one worker, the first of their arguments."""
OF_ALL: Final = frozenset(("rebalance", "compact", "snare", "retain"))
"""Events that strike the workers of each fold, or their topics."""
JOURNAL, SNAPSHOTS, OUTPUTS, READING = "journal", "snapshots", "outputs", "reading"


@dataclass(frozen=True)
class Event:
    """At `at_ms` of the simulation."""

    at_ms: int
    what: str
    args: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.at_ms:>7} ms  {self.what} {' '.join(str(arg) for arg in self.args)}"


@dataclass(frozen=True)
class Plan:
    """Everything that is not chance of the network, and the seed of that."""

    seed: int
    partitions: int
    workers: int
    simulated_time: bool
    settings: dict[str, Any]
    skews_ms: tuple[int, ...]
    events: tuple[Event, ...]
    clean_end: bool = True
    """All workers are stopped in order at the end."""
    notes: dict[str, Any] = field(default_factory=dict)
    """What the subject of the history wants to keep."""

    def without(self, start: int, count: int) -> "Plan":
        """The plan less some events."""
        return replace(self, events=self.events[:start] + self.events[start + count :])


def settings_of(random: Random) -> dict[str, Any]:
    """Small limits of every kind, so that each is met."""
    return {
        "chunk_records_max": random.choice((1, 3, 10, 60)),
        "interleave_ms": random.choice((0, 30, 1000)),
        "deadline_clients_max": random.choice((1, 2, 5)),
        "snapshot_interval_ms": random.choice((100, 300, 900)),
        "snapshot_slice_records": random.choice((1, 2, 5, 50)),
        "decoded_clients_max": random.choice((1, 4, 50)),
        "request_timeout_ms": 2000,
        "stop_timeout_ms": random.choice((300, 3000)),
        "simulated_idle_ms": random.choice((50, 200)),
        "bad_records_max": 0,
    }


def faults_of(random: Random, workers: int, end_ms: int) -> list[Event]:
    """What goes wrong, and when."""
    events: list[Event] = []
    for _ in range(random.choice((0, 1, 3, 6, 10, 15))):
        at, slot = random.randrange(end_ms), random.randrange(workers)
        pick = random.random()
        pause_ms = random.choice((200, 2500, 6000))
        if pick < 0.1:
            events.append(Event(at, "kill", (slot,)))
        elif pick < 0.25:
            events.append(Event(at, "kill_step", (slot, random.choice(STEPS), random.choice((1, 1, 2, 4)))))
        elif pick < 0.32:
            events.append(Event(at, "kill_fuse", (slot, random.randrange(1, 120))))
        elif pick < 0.37:
            events.append(Event(at, "pause", (slot, pause_ms)))
        elif pick < 0.52:
            step = random.choice(STEPS)
            events.append(Event(at, "pause_step", (slot, step, random.choice((1, 1, 2, 4)), pause_ms)))
        elif pick < 0.6:
            events.append(Event(at, "pause_fuse", (slot, random.randrange(1, 120), pause_ms)))
        elif pick < 0.8:
            topic = random.choice((JOURNAL, SNAPSHOTS, SNAPSHOTS, OUTPUTS, OUTPUTS))
            events.append(Event(at, "fate", (slot, topic, random.choice(FATES), random.randrange(12))))
        elif pick < 0.82:
            events.append(Event(at, "fate", (slot, READING, "fails", 0)))
        elif pick < 0.85:  # a zombie whose first word is misheard
            events.append(Event(at, "pause_step", (slot, "fold", 1, random.choice((2500, 6000)))))
            events.append(Event(at, "fate", (slot, JOURNAL, "unknown", 0)))
        elif pick < 0.89:
            events.append(Event(at, "stop", (slot,)))
        elif pick < 0.96:
            events.append(Event(at, "rebalance"))
        else:
            events.append(Event(at, "drag", (slot, random.choice((20, 200)), random.choice((500, 3000)))))
    for _ in range(random.choice((0, 0, 0, 1))):  # what is late lands while the next owner reads
        at, slot = random.randrange(end_ms), random.randrange(workers)
        before = random.choice((0, 1, 2, 4))  # snapshots that a round needs and that its successor thins out
        events += [Event(at, "fate", (slot, SNAPSHOTS, "", 0))] * before
        events += [Event(at, "fate", (slot, SNAPSHOTS, "late", 0)), Event(at, "snare")]
    for _ in range(random.choice((0, 1, 4))):
        share, tombstones = random.choice((0.5, 0.9, 1.0)), random.random() < 0.3
        events.append(Event(random.randrange(end_ms), "compact", (share, tombstones)))
    for _ in range(random.choice((0, 0, 1, 2))):
        events.append(Event(random.randrange(end_ms), "retain", (random.choice((0.5, 1.0)),)))
    return events
