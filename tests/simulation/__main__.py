"""`make simulate SEED=… COUNT=…` and `make simulate-mutants`; exit code 1 when a promise was broken."""

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Final

from tests.simulation.making import plan_of
from tests.simulation.mutants import MUTANTS, UPGRADE_MUTANTS, Mutant, mistaken
from tests.simulation.plan import Plan
from tests.simulation.rule_mutants import MARKET_MUTANTS, RULE_MUTANTS
from tests.simulation.run import collect, run
from tests.simulation.shrink import shrink
from tests.simulation.standing_in import simulated
from tests.simulation.subject import Subject
from tests.simulation.subjects import SUBJECTS

_COLLECT_EVERY: Final = 25
_SAY_EVERY: Final = 5000
_TALLY_S: Final = 60
_MUTANTS: Final[dict[str, tuple[Mutant, ...]]] = {
    "clients": RULE_MUTANTS,
    "market": MARKET_MUTANTS,
    "upgrading": UPGRADE_MUTANTS,
}


def _say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def show(subject: Subject, plan: Plan, fault: str) -> None:
    """A failed history, shrunk."""
    _say(f"\nseed {plan.seed} ({subject.name}): {fault}")
    small, fault = shrink(subject, plan, fault)
    _say(f"shrunk to {len(small.events)} of {len(plan.events)} events: {fault}")
    _say(f"  {small.workers} workers, {small.partitions} partitions, simulated time: {small.simulated_time}, "
         f"clocks off by {small.skews_ms} ms, {small.settings}")  # fmt: skip
    for event in small.events:
        _say(f"  {event}")
    _say(f"again: make simulate FOLD={subject.name} SEED={plan.seed} COUNT=1\n")


def campaign(subject: Subject, seed: int, count: int, failures_max: int, tally: Path | None) -> int:
    """Run so many histories; how many failed. Each minute `tally` is told how many so far: it may be stopped."""
    failures = 0
    counts: Counter[str] = Counter()
    started, simulated_s, next_tally = time.monotonic(), 0.0, 0.0
    for index in range(count):
        plan = plan_of(subject, seed + index)
        outcome = run(subject, plan)
        counts.update(outcome.counts)
        simulated_s += outcome.seconds_simulated
        if outcome.fault is not None:
            failures += 1
            show(subject, plan, outcome.fault)
            if failures >= failures_max:
                break
        if index % _COLLECT_EVERY == 0:
            collect()
        if tally is not None and time.monotonic() >= next_tally:
            next_tally = time.monotonic() + _TALLY_S
            passed = time.monotonic() - started
            said = f"{subject.name}: seeds {seed} to {seed + index}, {index + 1} histories, {failures} failed"
            tally.write_text(f"{said}, {passed:.0f} s, {time.process_time():.0f} s CPU\n")
        if (index + 1) % _SAY_EVERY == 0:
            _say(f"{subject.name}: {index + 1} histories in {time.monotonic() - started:.0f} s, {failures} failed")
    _say(
        f"{subject.name}: {index + 1} histories in {time.monotonic() - started:.0f} s ({time.process_time():.0f} s CPU,"
        f" {simulated_s / 3600:.1f} h simulated), {failures} failed; {dict(sorted(counts.items()))}"
    )
    return failures


def mutants(subject: Subject, seed: int, count: int, named: str) -> int:
    """How many histories each mistake survives; how many mistakes survive all."""
    alive = 0
    _say(f"| mistake | first found at history | found in, of {count} | says |\n|---|---|---|---|")
    for mutant in _MUTANTS.get(subject.name, MUTANTS):
        if named not in mutant.name:
            continue
        first, found, says = 0, 0, ""
        with mistaken(mutant):
            for index in range(count):
                fault = run(subject, plan_of(subject, seed + index)).fault
                if fault is not None:
                    found += 1
                    first, says = first or index + 1, says or fault
                if index % _COLLECT_EVERY == 0:
                    collect()
        alive += not found
        _say(f"| {mutant.name} | {first or 'never'} | {found} | {says[:110]} |")
    return alive


def _parts(seed: int, count: int, processes: int) -> list[tuple[int, int]]:
    """(first seed, count) of each process."""
    borders = [count * part // processes for part in range(processes + 1)]
    return [(seed + first, last - first) for first, last in pairwise(borders) if last > first]


def _work(given: argparse.Namespace, seed: int, count: int) -> None:
    """One process; its exit code is 1 when a promise was broken."""
    bad = 0
    with simulated():
        for name in given.fold or sorted(SUBJECTS):
            if given.mutants:
                bad += mutants(SUBJECTS[name], seed, count, given.named)
            else:
                bad += campaign(SUBJECTS[name], seed, count, given.failures, given.tally)
    sys.exit(1 if bad else 0)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--fold", choices=sorted(SUBJECTS), action="append", default=[])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=1, help="share the histories among so many")
    parser.add_argument("--failures", type=int, default=1, help="stop after so many")
    parser.add_argument("--tally", type=Path, help="a file that is told each minute how many so far; one process only")
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("--named", default="", help="only mistakes whose name has this in it")
    given = parser.parse_args()
    if given.mutants or given.tally or given.processes == 1:
        _work(given, given.seed, given.count)
    parts = _parts(given.seed, given.count, given.processes)
    workers = [multiprocessing.Process(target=_work, args=(given, *part)) for part in parts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return max(abs(worker.exitcode or 0) for worker in workers)


if __name__ == "__main__":
    sys.exit(main())
