"""`make fuzz SEED=… COUNT=…`: mutated records through the real rules; exit code 1 when a promise was broken."""

import argparse
import sys
import time
from collections import Counter
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.fuzz.fates import FATES, Broken
from tests.fuzz.run import Outcome, run, stream_of
from tests.fuzz.shrink import shrink

RECORDS_A_WORLD: Final = 1_000
_COMPARED_EVERY: Final = 2
"""World that is folded a second time, its good records alone: it costs half as much again."""
_SHOWN_MAX: Final = 12
_TO_TERMINAL: Final = Console(stderr=True)


class Totals:
    """What all worlds showed together."""

    def __init__(self) -> None:
        self.records = 0
        self.fates: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.spoilt: Counter[str] = Counter()
        self.broken = 0

    def add(self, outcome: Outcome) -> None:
        """One world more."""
        self.records += outcome.records
        self.fates += outcome.fates
        self.reasons += outcome.reasons
        self.spoilt += outcome.spoilt


def campaign(seed: int, count: int, failures_max: int) -> Totals:
    """Worlds of `RECORDS_A_WORLD` until `count` records were sent; says what is broken, shrunk."""
    totals = Totals()
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[said]}"))
    with Progress(*columns, console=_TO_TERMINAL, disable=not _TO_TERMINAL.is_terminal) as progress:
        task = progress.add_task("fuzz", total=count, said="")
        world = 0
        while totals.records < count and totals.broken < failures_max:
            name = f"{seed}/{world}"
            size = min(RECORDS_A_WORLD, count - totals.records)
            try:
                totals.add(run(name, size, compared=world % _COMPARED_EVERY == 0))
            except Broken as error:
                totals.broken += 1
                totals.records += size
                _show(name, size, error)
            world += 1
            progress.update(task, completed=min(totals.records, count), said=f"{totals.broken} broken")
    return totals


def _show(name: str, size: int, error: Broken) -> None:
    sys.stdout.write(f"\nworld {name}: {error}\n")
    stream, records = stream_of(name, size)
    small, said = shrink(stream.writer.policy, records, str(error))
    sys.stdout.write(f"shrunk to {len(small)} of {len(records)} records: {said}\n")
    for record in small[:_SHOWN_MAX]:
        sys.stdout.write(f"  {record!r:.700}\n")
    sys.stdout.flush()


def told(totals: Totals, seconds: float) -> str:
    """The figures of a run, as docs/fuzzing.md has them."""
    each = seconds / max(totals.records, 1) * 1e6
    fates = ", ".join(f"{fate} {totals.fates[fate]:,}" for fate in FATES)
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in totals.reasons.most_common())
    spoilt = ", ".join(f"{how} {count:,}" for how, count in totals.spoilt.most_common())
    return (
        f"{totals.records:,} records in {seconds:,.0f} s ({each:,.0f} µs each), {totals.broken} promises broken\n"
        f"fates: {fates}; together {sum(totals.fates.values()):,}\nreasons: {reasons}\nmutations: {spoilt}\n"
    )


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300_000, help="records, about")
    parser.add_argument("--failures", type=int, default=1, help="stop after so many broken worlds")
    given = parser.parse_args()
    if given.count < 1:
        parser.error("--count must be at least 1")
    started = time.monotonic()
    totals = campaign(given.seed, given.count, given.failures)
    sys.stdout.write(told(totals, time.monotonic() - started))
    return 1 if totals.broken else 0


if __name__ == "__main__":
    sys.exit(main())
