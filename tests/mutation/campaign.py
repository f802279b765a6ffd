"""Runs the tests that reach a mutant, quickest first, until one fails; each mutant in a process of its own."""

import hashlib
import json
import math
import os
import resource
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.mutants import KEPT, RULES, Mutant, difference, lines, put

KILLED, SURVIVED, NO_TEST, TIMEOUT = "killed", "survived", "no test", "timeout"
_SECONDS_MORE = 3
_TIMES_MORE = 5
"""A test of a mutant may take this much longer than unbroken, in CPU time; then the mutant counts as noticed."""


class Reached(NamedTuple):
    """What a test does while nothing is broken."""

    seconds: float
    lines: dict[str, list[int]]
    """Lines it runs of the rules' modules, by path."""


class Campaign:
    """A plugin of pytest: takes the collected tests and runs them for each mutant instead of once."""

    def __init__(self, mutants: list[Mutant], seconds_max: float) -> None:
        self.mutants = mutants
        self.seconds_max = seconds_max
        """Tests that take longer are left out."""
        self.outcomes: dict[Mutant, str] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        every = _reached(session.items)
        reached = {name: found for name, found in every.items() if found.seconds <= self.seconds_max}
        started = time.monotonic()
        for count, mutant in enumerate(self.mutants, 1):
            tests = _tests_of(mutant, reached)
            outcome = _outcome([(items[name], reached[name].seconds) for name in tests], mutant)
            self.outcomes[mutant] = outcome
            _write(f"{count}/{len(self.mutants)} {time.monotonic() - started:.0f}s {outcome:8} {mutant.name}\n")
            if outcome in (SURVIVED, NO_TEST):
                _write(difference(mutant) + "\n")
        return True


def _write(text: str) -> None:
    """Past pytest, which keeps what is printed to itself."""
    with (KEPT / "log").open("a", encoding="utf-8") as log:
        log.write(text)


def _reached(items: list[pytest.Item]) -> dict[str, Reached]:
    """What each test reaches, kept for as long as it and what it stands on stay the same."""
    file = KEPT / "reached.json"
    kept = json.loads(file.read_text("utf-8")) if file.exists() else {}
    marks = _marks(items)
    missing = [item for item in items if kept.get(item.nodeid, [""])[0] != marks[item.nodeid]]
    if missing:
        kept |= {name: [marks[name], *found] for name, found in _measured(missing).items()}
        file.write_text(json.dumps(kept), "utf-8")
    return {item.nodeid: Reached(*kept[item.nodeid][1:]) for item in items}


def _marks(items: list[pytest.Item]) -> dict[str, str]:
    """Of each test, what its file, the rules, the contract and the helpers of the tests were."""
    paths = [path for folder in ("streams/domain", "schemas", "tests/domain") for path in Path(folder).rglob("*.py")]
    standing = hashlib.sha256()
    for path in sorted(paths):
        if not path.name.startswith("test_"):
            standing.update(path.read_bytes())
    return {item.nodeid: hashlib.sha256(standing.digest() + item.path.read_bytes()).hexdigest() for item in items}


def _measured(items: list[pytest.Item]) -> dict[str, Reached]:
    """Tests run once, in a process of their own: what they remember must not be remembered under a mutant."""
    file = KEPT / "measured.json"
    if (pid := os.fork()) == 0:
        status = 1
        try:
            file.write_text(json.dumps({item.nodeid: _run_measured(item) for item in items}), "utf-8")
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(pid, 0)[1]:
        raise pytest.UsageError("a test fails though nothing is broken: run tests/domain first")
    return {name: Reached(*found) for name, found in json.loads(file.read_text("utf-8")).items()}


def _run_measured(item: pytest.Item) -> Reached:
    measuring = coverage.Coverage(data_file=None, source=[str(RULES)], config_file=False)
    with measuring.collect():
        started = time.process_time()
        passed = _passes(item)
        seconds = time.process_time() - started
    if not passed:
        raise AssertionError(item.nodeid)
    data = measuring.get_data()
    here = {os.path.relpath(path): data.lines(path) for path in data.measured_files()}
    return Reached(seconds, {path: sorted(found or []) for path, found in here.items()})


def _passes(item: pytest.Item) -> bool:
    return all(report.passed or report.skipped for report in runtestprotocol(item, log=False, nextitem=None))


def _tests_of(mutant: Mutant, reached: dict[str, Reached]) -> list[str]:
    body, path = set(lines(mutant)), str(mutant.path)
    names = [name for name, found in reached.items() if not body.isdisjoint(found.lines.get(path, ()))]
    return sorted(names, key=lambda name: reached[name].seconds)


def _outcome(tests: list[tuple[pytest.Item, float]], mutant: Mutant) -> str:
    """What becomes of a mutant; each test comes with the CPU seconds it takes unbroken."""
    if not tests:
        return NO_TEST
    if (pid := os.fork()) == 0:
        status = 1
        try:
            put(mutant)
            status = 0 if all(_passes_in_time(item, seconds) for item, seconds in tests) else 1
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return TIMEOUT
    return KILLED if os.waitstatus_to_exitcode(status) else SURVIVED


def _passes_in_time(item: pytest.Item, seconds: float) -> bool:
    until = math.ceil(time.process_time() + seconds * _TIMES_MORE + _SECONDS_MORE)
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))  # the kernel ends what takes longer
    return _passes(item)


def by_module(outcomes: dict[Mutant, str]) -> Iterator[tuple[str, int, int]]:
    """Of each module: how many were tried, how many noticed."""
    found = defaultdict[str, list[bool]](list)
    for mutant, outcome in outcomes.items():
        found[mutant.module].append(outcome in (KILLED, TIMEOUT))
    for module, noticed in sorted(found.items()):
        yield module, len(noticed), sum(noticed)
