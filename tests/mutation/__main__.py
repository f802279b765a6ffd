"""A campaign: each mutant is one small break of a rule, and the tests of `tests/domain` that reach it must notice.

`make mutate` breaks everything, which takes hours; `make mutate ARGS="--share 0.03 --seed 3"` a random sample over all
modules, always the same of one seed; `make mutate ARGS="risk_group first_deal*"` single modules; a name that a run
printed tries that mutant again. Survivors with what was changed go to `.mutation/log` as they are found.

Tests that take long (most property tests) are left out, else a survivor would cost half a minute; survivors are tried
again with `--test-seconds-max 1000`.
"""

import random
import sys
from argparse import ArgumentParser
from collections import Counter
from fnmatch import fnmatch

import pytest

from tests.mutation.campaign import KILLED, TIMEOUT, Campaign, by_module
from tests.mutation.mutants import KEPT, Mutant, all_mutants

_OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "--timeout=0", "--tb=native")


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(prog="make mutate")
    parser.add_argument("names", nargs="*", default=["*"], help="modules below streams/domain, or mutants; * for any")
    parser.add_argument("--share", type=float, default=1.0, help="of the mutants, chosen at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--test-seconds-max", type=float, default=2.0, help="leave longer tests out (CPU, measured)")
    options = parser.parse_args(arguments)
    if not 0 < options.share <= 1:
        parser.error("--share: write a number above 0 and at most 1, like 0.03")
    KEPT.mkdir(exist_ok=True)
    wanted = [mutant for mutant in all_mutants() if any(_is_of(mutant, name) for name in options.names)]
    if not wanted:
        parser.error(f"no mutant of {' '.join(options.names)}: name modules like risk_group or importance.ranking")
    chosen = random.Random(options.seed).sample(wanted, max(1, round(len(wanted) * options.share)))
    (KEPT / "log").write_text(f"{len(chosen)} of {len(wanted)} mutants, seed {options.seed}\n", "utf-8")
    campaign = Campaign(chosen, options.test_seconds_max)
    status = pytest.main([*_OPTIONS, "--hypothesis-profile=mutation", "tests/domain"], plugins=[campaign])
    if campaign.outcomes:
        _tell(campaign.outcomes)
    return int(status)


def _is_of(mutant: Mutant, name: str) -> bool:
    asked = name.removeprefix("streams/domain/").removesuffix(".py").replace("/", ".")
    return fnmatch(mutant.module, asked) or fnmatch(mutant.name, asked)


def _tell(outcomes: dict[Mutant, str]) -> None:
    for module, tried, noticed in by_module(outcomes):
        print(f"{module:40} {noticed:4} of {tried:4}")
    count = Counter(outcomes.values())
    noticed = count[KILLED] + count[TIMEOUT]
    print(f"{noticed} of {len(outcomes)} noticed: {noticed / len(outcomes):.1%}", dict(count))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
