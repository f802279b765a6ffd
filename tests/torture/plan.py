"""Which faults happen when: all of it follows from the seed."""

import random
from typing import NamedTuple

WORKERS = 3
NODES = 3
SESSION_TIMEOUT_S = 6.0
_QUIET_S = 4.0
"""After the start, and before the end."""


class Kind(NamedTuple):
    """A kind of fault."""

    name: str
    share: float
    """Of all faults."""
    seconds: tuple[float, float] = (0, 0)
    """How long it lasts."""
    targets: int = 1


KINDS = (
    Kind("worker_killed", 0.37, targets=WORKERS),
    # somebody else has the partitions when it wakes
    Kind("worker_paused", 0.13, (SESSION_TIMEOUT_S + 1.5, SESSION_TIMEOUT_S + 6), WORKERS),
    Kind("worker_added", 0.08, (4, 15)),
    Kind("worker_removed", 0.07, (2, 8), WORKERS),
    Kind("importance_killed", 0.07),
    Kind("broker_killed", 0.08, targets=NODES),
    Kind("node_lost", 0.04, (8, 20), NODES),
    Kind("redis_lost", 0.06),
    Kind("redis_flushed", 0.05),
    Kind("projector_killed", 0.05),
)
LASTING_S_MAX = max(kind.seconds[1] for kind in KINDS)


class Fault(NamedTuple):
    """One fault, at so many seconds after the beginning."""

    at_s: float
    kind: str
    target: int
    lasts_s: float


def plan(seed: int, seconds: float, every_s: float) -> list[Fault]:
    """Faults over `seconds`, one in `every_s` on average, each kind at least once where there is room for it.

    All of them are over shortly before the end.
    """
    generator = random.Random(seed)
    room = seconds - 2 * _QUIET_S
    count = max(1, round(room / every_s))
    kinds = list(KINDS[:count]) + generator.choices(KINDS, [kind.share for kind in KINDS], k=max(0, count - len(KINDS)))
    faults = []
    for kind in kinds:
        lasts = round(min(generator.uniform(*kind.seconds), room / 2), 1)
        at = round(_QUIET_S + generator.random() * (room - lasts), 2)
        faults.append(Fault(at, kind.name, generator.randrange(kind.targets), lasts))
    return sorted(faults)
