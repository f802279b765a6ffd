"""What a sale costs the fold of scopes, by how many clients sell in the scope: microseconds of CPU, bytes of state.

    python -m tests.benchmark.importance_section [--sales 20000] [--clients 1000 10000 100000]

Everything of one record from its bytes to its outputs. Clients are of very different sizes, as clients are; each sale
is of one at random.
"""

import argparse
import gc
import random
import sys
import time

import msgspec

from schemas.importance import ScopeTurnover, encode
from schemas.policy_file import default_policy
from schemas.records import Output
from streams.domain.importance.fold import ImportanceFold
from tests.benchmark.pure import Source
from tests.benchmark.report import Figure, print_table

_AT = 1_772_442_000_000
_KEY = b"direction/watches"
_MONTHS = [f"2025-{month:02d}" for month in range(4, 13)] + ["2026-01", "2026-02", "2026-03"]


def measure(clients: int, sales: int, seed: int = 1) -> list[Figure]:
    """Fill a scope, then sell."""
    generator = random.Random(seed)
    cause = msgspec.Raw(
        b'{"kind":"record","id":"SA-1","type":"sale.recorded","topic":"sales","partition":3,"offset":17,"client_id":"L"}'
    )
    fold = ImportanceFold(default_policy())
    shared = fold.shared_new()
    state = fold.create(shared, _KEY)
    running = [int(generator.paretovariate(1.2) * 1_000) for _ in range(clients)]
    filling = [
        ScopeTurnover(
            client_id=f"C-{number:06d}",
            sequence=1,
            months={**{month: int(generator.paretovariate(1.2) * 1_000) for month in _MONTHS[:-1]}, "2026-03": amount},
            registered_on=None,
            cause=cause,
        )
        for number, amount in enumerate(running)
    ]
    out: list[Output] = []
    for told in filling:
        fold.record(shared, state, Source("stoplist-turnover", 0, 0, _AT, _KEY, encode(told)), _AT, out)
    records = []
    for offset in range(sales):
        number = generator.randrange(clients)
        running[number] += generator.randrange(100, 50_000)
        told = ScopeTurnover(
            client_id=f"C-{number:06d}",
            sequence=offset + 2,
            months={"2026-03": running[number]},
            registered_on=None,
            cause=cause,
        )
        records.append(Source("stoplist-turnover", 0, offset, _AT, _KEY, encode(told)))
    out.clear()
    gc.collect()
    gc.freeze()  # as a worker does
    began = time.process_time()
    for record in records:
        fold.record(shared, state, record, _AT, out)
    seconds = time.process_time() - began
    began = time.process_time()
    data = fold.encode(state)
    encoding = time.process_time() - began
    began = time.process_time()
    rolled: list[Output] = []
    fold.fire(shared, state, fold.deadline(state), rolled)
    rolling = time.process_time() - began
    name = f"{clients:,} clients"
    return [
        _figure(f"a sale, {name}", 1e6 * seconds / sales, "µs", f"{len(out) / sales:.2f} told"),
        _figure(f"state, {name}", len(data) / 1e6, "MB", f"encoded in {1000 * encoding:.0f} ms"),
        _figure(f"a month's end, {name}", 1000 * rolling, "ms", f"{len(rolled)} told"),
    ]


def _figure(name: str, value: float, unit: str, note: str) -> Figure:
    return Figure(section="importance", name=name, value=value, unit=unit, note=note)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.importance_section", description=__doc__)
    parser.add_argument("--sales", type=int, default=20_000)
    parser.add_argument("--clients", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options = parser.parse_args()
    print_table([figure for clients in options.clients for figure in measure(clients, options.sales)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
