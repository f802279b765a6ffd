"""What the rules cost without a broker: microseconds of CPU per event for each stage, and bytes of a client's state.

    python -m tests.benchmark.pure [--clients 300] [--days 120] [--facts 60] [--profile]

`fold` is everything of one record from its bytes to its outputs; `decode` and `ledger` (revisions, allocation) are
parts of it, measured alone. With `--profile` the fold runs once more under cProfile.
"""

import argparse
import cProfile
import pstats
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from schemas.decoding import decode
from schemas.records import NEVER, Output, Rejected
from streams.domain import ledger
from streams.domain.fold import ClientFold
from streams.domain.state import Client
from tests.benchmark import not_asking
from tests.benchmark.population import Population
from tests.benchmark.producing import Record
from tests.benchmark.report import Figure, print_table

FIRST_DAY = date(2026, 3, 2)


class Source(NamedTuple):
    """A record as the engine hands it to the fold."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[()] = ()


class Folded(NamedTuple):
    """What a run over all records left."""

    fold: ClientFold
    states: dict[bytes, Client]
    outputs: list[Output]
    rejected: list[Rejected]
    seconds: float


def sources(records: Sequence[Record]) -> list[Source]:
    """The records as one partition has them."""
    return [
        Source(record.topic, 0, offset, record.timestamp or 0, record.key, record.value)
        for offset, record in enumerate(records)
    ]


def run_fold(records: Sequence[Source]) -> Folded:
    """Fold everything as the engine does, deadlines with each client's next record."""
    fold = ClientFold(not_asking.policy())
    shared = fold.shared_new()
    states: dict[bytes, Client] = {}
    outputs: list[Output] = []
    rejections: list[Rejected] = []
    began = time.process_time()
    for record in records:
        key = record.key
        if key is None:
            fold.broadcast(shared, record, record.timestamp)
            continue
        state = states.get(key)
        if state is None:
            state = states[key] = fold.create(shared, key)
        rejected = fold.record(shared, state, record, record.timestamp, outputs)
        if rejected is not None:
            rejections.append(rejected)
    return Folded(fold, states, outputs, rejections, time.process_time() - began)


def run_ledger(records: Sequence[Source]) -> tuple[float, int]:
    """CPU seconds of the ledger alone, and how many events it took."""
    fold = ClientFold(not_asking.policy())
    shared = fold.shared_new()
    rules = shared.current.rules
    states: dict[bytes, Client] = {}
    events = [(record, decode(record.topic, record.value)) for record in records if record.key is not None]
    work: list[tuple[Client, Any, int, Source]] = []
    for record, event in events:
        assert record.key is not None
        state = states.setdefault(record.key, Client(id=record.key.decode()))
        work.append((state, event, rules.day_of(record.timestamp), record))
    began = time.process_time()
    for state, event, day, record in work:
        ledger.accept(rules, state, event, day, record.timestamp, record)
    return time.process_time() - began, len(work)


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of the quickest of three runs."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def measure(clients: int, days: int, facts: int) -> list[Figure]:
    """Every stage over the same records."""
    population = Population(clients, days, facts, 1, first_day=FIRST_DAY)
    records = sources(list(population.records()))
    folded = run_fold(records)
    count = len(records)
    figures = [
        _per_event("decode", timed(lambda: [decode(record.topic, record.value) for record in records]), count),
        _per_event("ledger and allocation", *run_ledger(records)),
        _per_event("fold, all of it", folded.seconds, count, f"{len(folded.rejected)} rejected"),
    ]
    states = list(folded.states.values())
    encoded = [folded.fold.encode(state) for state in states]
    figures += [
        _per_event("encode a state", timed(lambda: [folded.fold.encode(state) for state in states]), len(states)),
        _per_event("decode a state", timed(lambda: [folded.fold.decode(data) for data in encoded]), len(states)),
        _figure("outputs per event", len(folded.outputs) / count, ""),
        _figure("bytes per output", sum(len(o.value or b"") for o in folded.outputs) / len(folded.outputs), "B"),
        _figure("bytes of a state", sum(map(len, encoded)) / len(encoded), "B", f"{count / len(encoded):.0f} facts"),
        _figure("states with a deadline", sum(s.deadline != NEVER for s in states) / len(states), ""),
    ]
    return figures


def _per_event(name: str, seconds: float, count: int, note: str = "") -> Figure:
    return _figure(name, 1e6 * seconds / count, "µs", note)


def _figure(name: str, value: float, unit: str, note: str = "") -> Figure:
    return Figure(section="pure", name=name, value=value, unit=unit, note=note)


def profile(clients: int, days: int, facts: int) -> None:
    """Where the fold spends its time, function by function, on stderr."""
    records = sources(list(Population(clients, days, facts, 1, first_day=FIRST_DAY).records()))
    profiler = cProfile.Profile()
    profiler.runcall(run_fold, records)
    pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(40)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.pure", description="The rules without a broker.")
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--facts", type=int, default=60)
    parser.add_argument("--profile", action="store_true", help="also say where the time goes")
    options = parser.parse_args()
    print_table(measure(options.clients, options.days, options.facts))
    if options.profile:
        profile(options.clients, options.days, options.facts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
