"""Runs one history: the world of a plan from its first record until everything is at rest again."""

import asyncio
import gc
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from streams.engine.failures import Refusal
from streams.engine.settings import EngineSettings
from tests.simulation import judge
from tests.simulation.broker import Broker
from tests.simulation.group import Group
from tests.simulation.loop import Process, SimulatedLoop, Stuck
from tests.simulation.network import LINKS, Link
from tests.simulation.plan import JOURNAL, OF_ALL, OF_SLOTS, OUTPUTS, READING, SNAPSHOTS, Event, Plan
from tests.simulation.standing_in import World
from tests.simulation.subject import Subject
from tests.simulation.upgrade import Upgrade
from tests.simulation.worker import Worker

_SESSION_S: Final = 1.5
_REST_S: Final = 3.5
"""Without a new chunk, everything folded: then nothing more is to come."""
_PATIENCE_S: Final = 90.0
_STEPS_MAX: Final = 600_000


@dataclass
class Outcome:
    """What came of a history."""

    fault: str | None = None
    """What is wrong; None: nothing."""
    counts: dict[str, int] = field(default_factory=dict)
    seconds_simulated: float = 0.0


class Simulation:
    """The world of one plan."""

    def __init__(self, subject: Subject, plan: Plan, within: "Simulation | None" = None) -> None:
        """`within`: the workers of another fold, in whose world these are."""
        self.subject, self.plan = subject, plan
        self._name = "p" if within is None else "q"
        if within is None:
            self.loop = SimulatedLoop(_STEPS_MAX)
            World.begin(self.loop)
            self.broker = Broker(World.now)
        else:
            self.loop, self.broker = within.loop, within.broker
        self.broker.create(subject.inputs, plan.partitions, stamped=not plan.simulated_time)
        self.broker.create((subject.journal, subject.snapshots, *subject.outputs), plan.partitions)
        self.random = Random(plan.seed)
        self.upgrade = Upgrade(subject, self.broker, Random(plan.seed + 2))
        self.workers: dict[int, Worker] = {}
        self.crashes: list[BaseException] = []
        self.counts: dict[str, int] = {}
        self.references: dict[int, judge.Reference] = {}
        self.rest_ms = 0
        """Of the slowest clock, when nothing more was to come."""
        self.healed = False
        self._incarnations = 0
        self._group: Group | None = None
        self.beside = None if subject.beside is None else Simulation(subject.beside, plan, self)

    @property
    def all(self) -> "list[Simulation]":
        """These workers, and those beside them."""
        return [self] if self.beside is None else [self, self.beside]

    # processes

    def settings(self, name: str, accept_new_rules: bool = False) -> EngineSettings:
        """Those of one process."""
        subject = self.subject
        return EngineSettings(
            bootstrap_servers=(name,),
            client_id=name,
            input_topics=subject.inputs,
            journal_topic=subject.journal,
            snapshot_topic=subject.snapshots,
            compacted_output_topics=subject.compacted,
            output_topics=subject.outputs,
            keyed_topics=subject.keyed,
            simulated_time=self.plan.simulated_time,
            accept_new_rules=accept_new_rules,
            **{**subject.settings, **self.plan.settings},
        )

    def link(self, skew_ms: int = 0) -> Link:
        """A connection for a new process."""
        self._incarnations += 1
        process = Process(f"{self._name}{self._incarnations}", skew_ms)
        seed = self.plan.seed * 1000 + self._incarnations + (0 if self._name == "p" else 500)
        link = Link(self.broker, self.loop, process, Random(seed))
        LINKS[process.name] = link
        return link

    def _start(self, slot: int) -> None:
        assert self._group is not None
        link = self.link(self.plan.skews_ms[slot])
        fold, accepts = self.upgrade.start(slot, link.process.name)
        settings = self.settings(link.process.name, accepts)
        if accepts:
            self.count("accepted")

        def ended(worker: Worker) -> None:
            if isinstance(worker.crash, Refusal) and worker.crash.code == "rules_version":
                self.count("refused")
                self.crashes += self.upgrade.refused(slot, link.process.name)
            elif worker.crash is not None:
                self.crashes.append(worker.crash)
            self.count("stopped")
            self.crashes += self.upgrade.closed(worker.closed, link.process.name)
            self._again(slot, worker)

        make: Callable[[], Worker] = lambda: Worker(settings, fold, link, self._group, ended)  # type: ignore[arg-type]  # noqa: E731
        worker = self.workers[slot] = link.process.context.copy().run(make)
        link.kill = lambda: self._kill(slot, worker)

    def _again(self, slot: int, worker: Worker) -> None:
        """The supervisor starts it again."""
        if self.workers.get(slot) is worker:
            del self.workers[slot]
            worker.link.later(0.05 + self.random.random(), self._start, slot)

    def _kill(self, slot: int, worker: Worker) -> None:
        if worker.process.alive:
            worker.process.alive = False
            self.count("kills")
            assert self._group is not None
            worker.link.later(_SESSION_S * self.random.random(), self._group.lost, worker)
            self._again(slot, worker)

    def _pause(self, slot: int, worker: Worker, ms: int) -> None:
        if worker.process.alive and not worker.process.paused and not self.healed:
            worker.process.paused = True
            self.count("pauses")
            worker.link.later(ms / 1000, self.loop.wake, worker.process)
            if ms / 1000 > _SESSION_S:
                assert self._group is not None
                worker.link.later(_SESSION_S, self._group.lost, worker)
                worker.link.later(ms / 1000 + worker.link.delay(), self._group.heartbeat, worker)

    def count(self, what: str) -> None:
        """One more."""
        self.counts[what] = self.counts.get(what, 0) + 1

    # events

    def _do(self, event: Event) -> None:
        """Slots beyond ours are those of the workers beside."""
        simulations, args = [self], event.args
        if event.what in OF_SLOTS and args[0] >= self.plan.workers:
            assert self.beside is not None
            simulations, args = [self.beside], (args[0] - self.plan.workers, *args[1:])
        elif event.what in OF_ALL:
            simulations = self.all
        for simulation in simulations:
            getattr(simulation, "_on_" + event.what)(*args)

    def _on_send(self, topic: str, key: bytes, value: bytes, stamp: int | None, partition: int | None) -> None:
        number = judge.partition_of(key, self.plan.partitions) if partition is None else partition
        self.broker.append(topic, number, [(key, value, stamp, ())])
        self.count("records")

    def _on_broadcast(self, topic: str, value: bytes, stamp: int | None) -> None:
        for number in range(self.plan.partitions):
            self.broker.append(topic, number, [(None, value, stamp, ())])
        self.count("records")

    def _on_marker(self, topic: str, partition: int) -> None:
        self.broker.logs[topic, partition].mark()

    def _on_leap(self, ms: int) -> None:
        World.leapt_ms += ms

    def _strike(self, slot: int, blow: Callable[[int, Worker], None]) -> Worker | None:
        worker = self.workers.get(slot)
        if worker is not None:
            worker.process.struck = lambda: blow(slot, worker)
        return worker

    def _on_kill(self, slot: int) -> None:
        if (worker := self.workers.get(slot)) is not None:
            self._kill(slot, worker)

    def _on_pause(self, slot: int, ms: int) -> None:
        if (worker := self.workers.get(slot)) is not None:
            self._pause(slot, worker, ms)

    def _on_kill_step(self, slot: int, step: str, count: int) -> None:
        if (worker := self._strike(slot, self._kill)) is not None:
            worker.link.armed = {step: [count]}

    def _on_pause_step(self, slot: int, step: str, count: int, ms: int) -> None:
        if (worker := self._strike(slot, lambda slot, worker: self._pause(slot, worker, ms))) is not None:
            worker.link.armed = {step: [count]}

    def _on_kill_fuse(self, slot: int, callbacks: int) -> None:
        if (worker := self._strike(slot, self._kill)) is not None:
            worker.process.fuse = callbacks

    def _on_pause_fuse(self, slot: int, callbacks: int, ms: int) -> None:
        if (worker := self._strike(slot, lambda slot, worker: self._pause(slot, worker, ms))) is not None:
            worker.process.fuse = callbacks

    def _on_stop(self, slot: int) -> None:
        if (worker := self.workers.get(slot)) is not None:
            worker.stop()

    def _on_upgrade(self, slot: int, new: bool, how: str) -> None:
        """The slot runs the other rules from its next process on."""
        self.upgrade.new[slot] = new
        if (worker := self.workers.get(slot)) is not None:
            if how == "stop":
                worker.stop()
            else:
                self._kill(slot, worker)

    def _on_rebalance(self) -> None:
        assert self._group is not None
        self._group.rebalance()

    def _on_fate(self, slot: int, kind: str, fate: str, which: int) -> None:
        """`which` of the output topics."""
        if (worker := self.workers.get(slot)) is not None:
            output = self.subject.outputs[which % len(self.subject.outputs)]
            topic = {
                JOURNAL: self.subject.journal,
                SNAPSHOTS: self.subject.snapshots,
                READING: READING,
                OUTPUTS: output,
            }[kind]
            worker.link.fates.setdefault(topic, []).append(fate)

    def _on_drag(self, slot: int, ms: int, for_ms: int) -> None:
        if (worker := self.workers.get(slot)) is not None:
            worker.link.drag_s = ms / 1000
            worker.link.later(for_ms / 1000, setattr, worker.link, "drag_s", 0.0)

    def _on_compact(self, share: float, tombstones: bool) -> None:
        for topic in (self.subject.snapshots, *self.subject.compacted):
            for log in self.broker.every(topic):
                log.compact(int(log.end * share), tombstones)

    def _on_snare(self) -> None:
        """From now on who asks where the snapshots end is told, and then what is late there lands behind that end and
        all is compacted: what lay before it may be gone when it is read."""
        self.broker.snares.add(self.subject.snapshots)

    def _on_retain(self, share: float) -> None:
        """Of what every checkpoint has behind it, the first part goes."""
        for number in range(self.plan.partitions):
            needed = judge.needed(self.broker.logs[self.subject.journal, number])
            for topic in self.subject.inputs:
                self.broker.logs[topic, number].cut(int(needed.get(topic, 0) * share))

    # the course of it

    async def _course(self) -> Outcome:
        plan = self.plan
        for one in self.all:
            one._begin()
        end_ms = 0
        for index, event in enumerate(plan.events):  # those of one millisecond in their order
            self.loop.call_later(event.at_ms / 1000 + index * 1e-7, self._do, event)
            end_ms = max(end_ms, event.at_ms)
        await asyncio.sleep(end_ms / 1000 + 0.001)
        for one in self.all:
            one._heal()
        await self._rest()
        owned = [{} if plan.clean_end else one._owned() for one in self.all]
        for one in self.all:
            one.rest_ms = self.rest_ms
            if plan.clean_end:
                await one._stop_all()
            else:
                one._freeze()
        for one, partitions in zip(self.all, owned, strict=True):
            await one._judge(partitions)
        try:
            self.subject.judge_both(self)
        except ValueError as wrong:
            raise judge.Wrong(str(wrong)) from wrong
        return Outcome(None, self.counts, self.loop.time())

    def _begin(self) -> None:
        self._group = Group(self.loop, self.plan.partitions, Random(self.plan.seed + 1))
        for slot in range(self.plan.workers):
            self._start(slot)

    def _heal(self) -> None:
        self.healed = True
        for worker in self.workers.values():
            worker.link.fates.clear()
            worker.link.armed.clear()
            worker.process.fuse = 0

    async def _rest(self) -> None:
        """Until nothing more is to come."""
        since, chunks = self.loop.time(), -1
        give_up = since + _PATIENCE_S
        while True:
            await asyncio.sleep(0.5)
            if any(one.crashes for one in self.all):
                return
            now, before, chunks = self.loop.time(), chunks, _sum_of(one._chunks() for one in self.all)
            idle = all(one._busy_with_nothing() for one in self.all)
            if chunks != before or chunks < 0 or self.broker.on_its_way or not idle:
                since = now
            if now - since >= _REST_S:
                self.rest_ms = World.now() + min(0, *self.plan.skews_ms)
                return
            if now > give_up:
                raise Stuck(f"not at rest after {_PATIENCE_S:.0f} s without faults")

    def _chunks(self) -> int:
        """How many were journaled; -1: records are left to be folded."""
        total = 0
        for number in range(self.plan.partitions):
            reading = judge.read_journal(self.broker.logs[self.subject.journal, number].ever)
            for topic in self.subject.inputs:
                ever = self.broker.logs[topic, number].ever
                if ever and reading.next.get(topic, 0) <= ever[-1].offset:
                    return -1
            total += len(reading.chunks)
        return total

    def _busy_with_nothing(self) -> bool:
        """Every partition has an owner that has nothing left to do."""
        return len(self._owned()) == self.plan.partitions and not any(w.process.paused for w in self.workers.values())

    def _owned(self) -> dict[int, Any]:
        return {
            number: partition
            for worker in self.workers.values()
            if worker.process.alive and worker.engine.failure is None
            for number, partition in worker.engine.partitions.items()
        }

    def _freeze(self) -> None:
        """The owners do nothing more: a deadline that comes while they are judged would be an output of nobody."""
        for worker in self.workers.values():
            worker.process.paused = True

    async def _stop_all(self) -> None:
        workers, self.workers = list(self.workers.values()), {}
        for worker in workers:
            worker.stop()
        until = self.loop.time() + 30
        while any(worker.process.alive for worker in workers):
            if self.loop.time() > until:
                raise Stuck("a worker does not stop")
            await asyncio.sleep(0.2)

    async def _judge(self, partitions: dict[int, Any]) -> None:
        if self.crashes:
            raise judge.Wrong(f"a worker ended with {self.crashes[0]!r}") from self.crashes[0]
        for number in range(self.plan.partitions):
            await judge.judge(self, number, partitions.get(number))
        judge.judge_outputs(self)


def _sum_of(chunks: Iterable[int]) -> int:
    """-1 when one of them is."""
    counts = list(chunks)
    return -1 if min(counts) < 0 else sum(counts)


def run(subject: Subject, plan: Plan) -> Outcome:
    """Run a plan and judge it; inside of `simulated()`."""
    simulation = Simulation(subject, plan)
    asyncio.set_event_loop(simulation.loop)
    try:
        return simulation.loop.run_until_complete(simulation._course())
    except Exception as wrong:
        return Outcome(f"{type(wrong).__name__}: {wrong}", simulation.counts, simulation.loop.time())
    finally:
        for link in LINKS.values():
            link.process.alive = False
        LINKS.clear()
        simulation.loop.dispose()
        asyncio.set_event_loop(None)


def collect() -> None:
    """Between two histories: what is left of one is cycles."""
    gc.collect()
