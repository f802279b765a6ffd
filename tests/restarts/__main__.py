"""`python -m tests.restarts`: three workers under load; each is restarted in turn, one crashes, one stays dead.

Prints, for each event, the longest time in which a partition decided nothing: between two of its chunks in the journal,
by the broker's clock. Under a steady load the chunks of a partition come some ten milliseconds apart; how far apart
they were before anything happened is printed as well.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from schemas.catalogue import JOURNAL
from tests.benchmark.load import Load
from tests.benchmark.machine import description
from tests.benchmark.producing import append_all
from tests.harness.kafka import KafkaNode
from tests.harness.waiting import wait_until
from tests.restarts.fleet import Fleet
from tests.restarts.pauses import JournalWatch, Pause, pauses

_WORKERS = ("worker-1", "worker-2", "worker-3")
_RESTART_MAX_S, _TAKEOVER_MAX_S, _STOP_MAX_S = 3.0, 15.0, 5.0


class Figure(NamedTuple):
    """One line of the report."""

    name: str
    seconds: float
    limit_seconds: float | None
    note: str = ""

    def __str__(self) -> str:
        limit = "" if self.limit_seconds is None else f" (at most {self.limit_seconds:g} s wanted)"
        missed = " MISSED" if self.limit_seconds is not None and self.seconds >= self.limit_seconds else ""
        return f"{self.name:<60} {self.seconds:6.2f} s{limit}{missed}{'; ' if self.note else ''}{self.note}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.restarts", description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=1000, help="events a second over all partitions")
    parser.add_argument("--clients", type=int, default=20_000, help="clients that have a state")
    parser.add_argument("--partitions", type=int, default=12)
    parser.add_argument("--settle", type=float, default=8.0, help="seconds of load between two events")
    return parser.parse_args()


class Measurement:
    """Workers, load and what was measured."""

    def __init__(self, fleet: Fleet, watch: JournalWatch, partitions: int, settle: float) -> None:
        self._fleet = fleet
        self._watch = watch
        self._partitions = partitions
        self._settle = settle
        self.figures: list[Figure] = []

    def run(self) -> None:
        """Everything, while the load goes on."""
        self._quiet()
        for name in _WORKERS:
            self._restart(name)
        self._crash(_WORKERS[1])
        self._die(_WORKERS[0], list(_WORKERS[1:]))

    def _quiet(self) -> None:
        time.sleep(self._settle)  # until the load has found its pace
        since = _now_ms()
        time.sleep(self._settle)
        decided = [one for one in self._watch.decided() if one.at_ms >= since]
        self._tell("nothing happens", pauses(decided, since, _now_ms()), None)

    def _restart(self, name: str) -> None:
        mine = self._fleet.partitions(name)
        since = told = _now_ms()
        stop_s = self._fleet.stop(name)
        wait_until(lambda: all(self._watch.covered(number) for number in mine), f"checkpoints of {name}", 10)
        self._say(Figure(f"clean stop of {name}", stop_s, _STOP_MAX_S, f"{len(mine)} partitions, checkpoints written"))
        started = _now_ms()
        self._fleet.start(name)
        self._fleet.wait_for_all(list(_WORKERS), self._partitions)
        worked = self._fleet.worked(name)
        if self._fleet.partitions(name) != mine:
            print(f"{name} has other partitions than before: it was away for longer than its session", flush=True)
        self._explain(name, mine, told, started, worked)
        time.sleep(self._settle)
        found = pauses(self._watch.decided(), since, _now_ms() - 1000 * int(self._settle / 2))
        self._tell(f"restart of {name}, its partitions", _of(found, mine), _RESTART_MAX_S)
        others = [number for number in range(self._partitions) if number not in mine]
        self._tell(f"restart of {name}, the others'", _of(found, others), _RESTART_MAX_S)

    def _crash(self, name: str) -> None:
        mine = self._fleet.partitions(name)
        since = _now_ms()
        self._fleet.kill(name)
        started = _now_ms()
        self._fleet.start(name)
        self._fleet.wait_for_all(list(_WORKERS), self._partitions)
        worked = self._fleet.worked(name)
        self._explain(name, mine, since, started, worked)
        time.sleep(self._settle)
        found = pauses(self._watch.decided(), since, _now_ms() - 1000 * int(self._settle / 2))
        self._tell(f"crash and restart of {name}, its partitions", _of(found, mine), _RESTART_MAX_S)

    def _explain(self, name: str, mine: list[int], told: int, started: int, worked: tuple[float, float]) -> None:
        """What the pause of a worker's partitions went to; `worked`: until it was ready again (see `Fleet.worked`)."""
        closed = self._fleet.told(name, "partition_closed", told)
        serving = self._fleet.told(name, "serving", started)
        taken = self._fleet.told(name, "partition_taken", started)
        if not serving or not taken:
            return
        decided = [one.at_ms for one in self._watch.decided() if one.partition in mine]
        last = max(at_ms for at_ms in decided if at_ms < started)
        steps = {
            "last chunk until the partitions are closed": closed[-1] - last if closed else None,
            "closed until the process has ended": started - closed[-1] if closed else started - last,
            "started until the program is loaded": serving[0] - started,
            "loaded until the first partition is being taken": self._owned_since(mine, started) - serving[0],
            "until all are taken": taken[-1] - self._owned_since(mine, started),
            "taken until each has decided something": self._first(mine, started) - taken[-1],
        }
        told_s = (f"{step} {ms / 1000:.2f} s" for step, ms in steps.items() if ms is not None)
        print("  " + ", ".join(told_s), flush=True)
        print(
            f"  until it was ready it ran for {worked[0]:.2f} s and waited for a core for {worked[1]:.2f} s", flush=True
        )

    def _owned_since(self, mine: list[int], since_ms: int) -> int:
        """When the first owner record since an instant was written."""
        return min(at_ms for partition, at_ms in self._watch.owned() if partition in mine and at_ms >= since_ms)

    def _first(self, mine: list[int], since_ms: int) -> int:
        """When the last of these partitions decided something for the first time since an instant."""
        wait_until(lambda: self._decided_since(since_ms) >= set(mine), "something is decided everywhere", 30, 0.05)
        firsts: dict[int, int] = {}
        for one in self._watch.decided():
            if one.partition in mine and one.at_ms >= since_ms:
                firsts.setdefault(one.partition, one.at_ms)
        return max(firsts.values())

    def _decided_since(self, since_ms: int) -> set[int]:
        return {one.partition for one in self._watch.decided() if one.at_ms >= since_ms}

    def _die(self, name: str, others: list[str]) -> None:
        mine = self._fleet.partitions(name)
        since = _now_ms()
        self._fleet.kill(name)
        wait_until(lambda: self._watch.owner(mine[0]) in others, "another worker takes over", 120)
        self._fleet.wait_for_all(others, self._partitions)
        time.sleep(self._settle)
        found = pauses(self._watch.decided(), since, _now_ms() - 1000 * int(self._settle / 2))
        self._tell(f"death of {name}, its partitions", _of(found, mine), _TAKEOVER_MAX_S)
        rest = [number for number in range(self._partitions) if number not in mine]
        self._tell(f"death of {name}, the others'", _of(found, rest), _TAKEOVER_MAX_S)

    def _tell(self, name: str, found: dict[int, Pause], limit_seconds: float | None) -> None:
        longest = sorted(pause.seconds for pause in found.values())
        if longest:
            middle = longest[len(longest) // 2]
            note = f"{len(longest)} partitions, {middle:.2f} s in the middle"
            self._say(Figure(f"pause: {name}", longest[-1], limit_seconds, note))

    def _say(self, figure: Figure) -> None:
        self.figures.append(figure)
        print(figure, flush=True)


def _of(found: dict[int, Pause], partitions: list[int]) -> dict[int, Pause]:
    return {number: pause for number, pause in found.items() if number in partitions}


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


async def _under_load(load: Load, rate: int, measurement: Measurement) -> None:
    offering = asyncio.ensure_future(load.offer(rate, 24 * 3600))
    try:
        await asyncio.to_thread(measurement.run)
    finally:
        offering.cancel()
        await asyncio.wait([offering])


def main() -> int:
    """Measure, print; 1 when a limit is missed."""
    arguments = _arguments()
    print(f"conditions: {description()}; {vars(arguments)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="stoplist-restarts-") as folder, KafkaNode(fast=True) as node:
        topics = [sys.executable, "-m", "streams.cli", "topics", "create", "--bootstrap", node.bootstrap]
        subprocess.run([*topics, "--partitions", str(arguments.partitions)], check=True, stdout=subprocess.DEVNULL)
        load = Load(node.bootstrap, arguments.clients, arguments.partitions)
        asyncio.run(append_all(node.bootstrap, load.beginnings(), "the clients' beginnings"))
        with (
            Fleet(node.bootstrap, Path(folder)) as fleet,
            JournalWatch(node.bootstrap, JOURNAL, arguments.partitions) as watch,
        ):
            for name in _WORKERS:
                fleet.start(name)
            fleet.wait_for_all(list(_WORKERS), arguments.partitions)
            measurement = Measurement(fleet, watch, arguments.partitions, arguments.settle)
            try:
                asyncio.run(_under_load(load, arguments.rate, measurement))
            except BaseException:
                for name in _WORKERS:
                    print(f"--- {name}\n{fleet.tail(name)}", file=sys.stderr)
                raise
    missed = [one for one in measurement.figures if one.limit_seconds and one.seconds >= one.limit_seconds]
    print(f"{len(missed)} limits missed; load of the machine at the end: {description()['load_before']}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
