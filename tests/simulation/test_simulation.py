"""Histories of every kind in each run of the tests; many more by `make simulate` (docs/simulation.md)."""

import hashlib
from collections.abc import Iterator

import pytest

from tests.simulation import run as running
from tests.simulation.making import plan_of
from tests.simulation.mutants import MUTANTS, UPGRADE_MUTANTS, Mutant, mistaken
from tests.simulation.rule_mutants import MARKET_MUTANTS, RULE_MUTANTS
from tests.simulation.run import Simulation, collect, run
from tests.simulation.shrink import shrink
from tests.simulation.standing_in import simulated
from tests.simulation.subjects import SUBJECTS

_BLOCK = 25


@pytest.fixture(autouse=True)
def _simulated() -> Iterator[None]:
    with simulated():
        yield
    collect()


@pytest.mark.parametrize("block", range(8))
def test_the_engine_keeps_its_promises(block: int) -> None:
    _run("counting", block)


@pytest.mark.parametrize("block", range(4))
def test_the_engine_keeps_its_promises_with_the_real_rules(block: int) -> None:
    _run("clients", block)


def test_two_folds_that_talk_through_topics_keep_their_promises() -> None:
    _run("market", 0)


def test_workers_are_upgraded_one_by_one() -> None:
    """Chunks of other rules are refused until a person accepts them; a clean stop leaves none to be folded again."""
    _run("upgrading", 0)


def _run(name: str, block: int) -> None:
    for seed in range(block * _BLOCK, (block + 1) * _BLOCK):
        fault = run(SUBJECTS[name], plan_of(SUBJECTS[name], seed)).fault
        assert fault is None, f"make simulate FOLD={name} SEED={seed} COUNT=1: {fault}"


@pytest.mark.parametrize("name", sorted(SUBJECTS))
def test_a_seed_gives_the_same_history_each_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Simulation] = []

    class Kept(Simulation):
        def __init__(self, *args: object) -> None:
            super().__init__(*args)  # type: ignore[arg-type]
            if args[2:] == ():  # not the workers beside, who share its topics
                kept.append(self)

    monkeypatch.setattr(running, "Simulation", Kept)
    for _ in range(2):
        for seed in (3, 5, 8):
            run(SUBJECTS[name], plan_of(SUBJECTS[name], seed))
    digests = [hashlib.sha256(repr([log.ever for log in one.broker.logs.values()]).encode()) for one in kept]
    assert [one.digest() for one in digests[:3]] == [one.digest() for one in digests[3:]]


@pytest.mark.parametrize(
    "mutant", [*MUTANTS, *UPGRADE_MUTANTS, *RULE_MUTANTS, *MARKET_MUTANTS], ids=lambda mutant: mutant.name
)
def test_every_mistake_can_still_be_made(mutant: Mutant) -> None:
    """Its text is where it was; whether it is found says `make simulate-mutants`."""
    with mistaken(mutant):
        pass


def test_a_mistake_is_found_and_its_history_shrunk() -> None:
    """Folding an equal chunk again is seen within a few dozen histories."""
    counting = SUBJECTS["counting"]
    mutant = next(one for one in MUTANTS if one.name.startswith("a chunk equal"))
    with mistaken(mutant):
        for seed in range(1, 100):
            plan = plan_of(counting, seed)
            fault = run(counting, plan).fault
            if fault is not None:
                small, _ = shrink(counting, plan, fault)
                assert len(small.events) < len(plan.events)
                assert run(counting, small).fault is not None
                return
    raise AssertionError("not found")
