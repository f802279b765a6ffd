"""Section `latency`: from a record's append to the block that it makes being readable, at steady rates.

And while 5,000 clients fall due at one instant. On the wall's clock a midnight cannot be had on demand; the same work
is done at the posting cutoff, at which unpaid obligations are judged, and a policy says when that is: here the next
full minute. Each of those clients is blocked then, by time alone.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from schemas.policy_file import default_policy
from tests.benchmark import not_asking
from tests.benchmark.block_reader import LATE_SECONDS_MAX, Note, decode_notes
from tests.benchmark.group import committed, cpu_of, settled, start
from tests.benchmark.load import Load, Offered, Place
from tests.benchmark.main_job_section import environment
from tests.benchmark.node import Node
from tests.benchmark.processes import Failed, Process
from tests.benchmark.producing import Record, append_all
from tests.benchmark.progress import say
from tests.benchmark.report import Figure
from tests.benchmark.request_load import Requests
from tests.benchmark.sizes import Sizes

SECTION = "latency"
_P99_MS_MAX = 50.0
_P99_MS_MAX_DUE = 250.0
_SETTLE_SECONDS = 3.0
_CUTOFF_AHEAD_SECONDS = 25.0


def quantile(ordered: list[float], share: float) -> float:
    """The value that `share` of the sorted values do not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def policy_with_cutoff(path: Path) -> datetime:
    """Write the policy that ships, but for a posting cutoff that comes soon; that instant."""
    zone = ZoneInfo(default_policy().time_zone)
    soon = datetime.now(zone) + timedelta(seconds=_CUTOFF_AHEAD_SECONDS)
    cutoff = (soon + timedelta(minutes=1)).replace(second=0, microsecond=0)
    document = not_asking.policy().to_document()
    document.update(posting_cutoff=f"{cutoff:%H:%M}", weekly_rest_days=[], non_working_days=[], working_days=[])
    path.write_text(json.dumps(document), encoding="utf-8")  # JSON is YAML
    return cutoff


class Bench:
    """Workers on empty topics and a reader of their blocks."""

    def __init__(
        self,
        node: Node,
        sizes: Sizes,
        scratch: Path,
        beginnings: Sequence[list[Record]],
        policy: Path | None = None,
        topic: str = "shipment-blocks",
        workers: int = 1,
    ) -> None:
        """`beginnings`: what clients start with, in steps; `begin` appends them. `topic`: what the reader waits for."""
        application = f"latency-{time.time_ns() // 1_000_000}"
        self._notes = scratch / f"{application}.notes"
        more = {"POLICY": str(policy)} if policy is not None else {}
        self._node = node
        self._count = workers
        self._partitions = sizes.partitions
        self._beginnings = beginnings
        self._limit = sizes.limit_seconds
        self._scratch = scratch
        self._worker_environment = environment(node, application, sizes, scratch, **more)
        self._reader_environment = {
            "BROKER": node.bootstrap,
            "PARTITIONS": str(sizes.partitions),
            "NOTES": str(self._notes),
            "TOPIC": topic,
        }

    def __enter__(self) -> "Bench":
        with ExitStack() as stack:
            log = self._scratch / "latency-worker.log"
            self.workers = start(stack, self._worker_environment, log, self._count)
            self.reader = stack.enter_context(
                Process("tests.benchmark.block_reader", self._reader_environment, self._scratch / "latency-reader.log")
            )
            self.reader.wait_result("ready", self._limit)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    async def begin(self) -> None:
        """Append the beginnings once every worker has its share; returns when all they make is published.

        A step is appended when the one before is acknowledged: without its documents a client may not be shipped to.
        """
        await settled(self.workers, self._partitions, self._limit)
        for step in self._beginnings:
            await append_all(self._node.bootstrap, step, "latency: beginnings of the clients")
            await committed(self._node, self._worker_environment["APP_ID"], self._partitions, self._limit)

    def notes(self) -> list[Note]:
        """End the reader; every block it saw."""
        self.reader.stop(2 * LATE_SECONDS_MAX)
        return decode_notes(self._notes.read_bytes())


async def measure(node: Node, sizes: Sizes, scratch: Path) -> list[Figure]:
    """Each rate on fresh topics, alone and across the instant at which many clients fall due; then requests."""
    figures: list[Figure] = []
    for section in (_at, _across):
        for rate, workers in sizes.latency_rates:
            await node.delete_all()
            await node.create_ours(sizes.partitions)
            figures += await section(node, sizes, scratch, rate, workers)
    await node.delete_all()
    await node.create_ours(sizes.partitions)
    return figures + await _answers(node, sizes, scratch)


async def _at(node: Node, sizes: Sizes, scratch: Path, rate: int, workers: int) -> list[Figure]:
    load = Load(node.bootstrap, sizes.latency_clients, sizes.partitions)
    with Bench(node, sizes, scratch, [load.beginnings()], workers=workers) as bench:
        await bench.begin()
        await load.offer(rate, min(_SETTLE_SECONDS, sizes.latency_seconds))  # connections, caches; not counted
        cpu = cpu_of(bench.workers)
        offered = await load.offer(rate, sizes.latency_seconds)
        cpu = cpu_of(bench.workers) - cpu
        await asyncio.sleep(_SETTLE_SECONDS)
        waits = _waits(bench.notes(), offered)
    return _figures(f"at {rate:,} events/s", waits, offered, _P99_MS_MAX, 1e6 * cpu / offered.events, _blocks(workers))


async def _across(node: Node, sizes: Sizes, scratch: Path, rate: int, workers: int) -> list[Figure]:
    """The same load while the cutoff passes for many clients."""
    policy = scratch / "policy.yaml"
    cutoff = policy_with_cutoff(policy)
    load = Load(node.bootstrap, sizes.latency_clients, sizes.partitions)
    due = (cutoff - timedelta(days=1)).date()
    documents, dispatches = load.due_at(due, sizes.due_at_once_clients)
    with Bench(node, sizes, scratch, [load.beginnings() + documents, dispatches], policy, workers=workers) as bench:
        await bench.begin()
        await asyncio.sleep(max(0.0, cutoff.timestamp() - time.time() - sizes.latency_seconds / 2))
        offered = await load.offer(rate, sizes.latency_seconds)
        await asyncio.sleep(_SETTLE_SECONDS)
        notes = bench.notes()
    at_ms = cutoff.timestamp() * 1000
    by_time = sorted(
        note.readable_ms - at_ms
        for note in notes
        if note.block.cause.kind == "deadline" and note.block.type == "shipment.blocked"
    )
    if len(by_time) < sizes.due_at_once_clients:
        raise Failed(f"{len(by_time)} of {sizes.due_at_once_clients} clients were blocked at {cutoff.astimezone(UTC)}")
    count = f"{sizes.due_at_once_clients:,}"
    name = f"at {rate:,} events/s, {count} due at once"
    waits = _waits(notes, offered)
    near = _waits([note for note in notes if abs(note.readable_ms - at_ms - 1000) < 1500], offered)
    return [
        *_figures(name, waits, offered, _P99_MS_MAX_DUE, None, _blocks(workers)),
        _figure(f"{name}: the 3 s around, max", near[-1] if near else 0.0, f"{len(near)} blocks"),
        _figure(f"{name}: half of them readable", quantile(by_time, 0.5), "after the instant"),
        _figure(f"{name}: all of them readable", by_time[-1], "after the instant"),
    ]


async def _answers(node: Node, sizes: Sizes, scratch: Path) -> list[Figure]:
    """Requests to ship, and nothing else, at a rate that no warehouse has."""
    load = Requests(node.bootstrap, sizes.latency_clients, sizes.partitions)
    with Bench(node, sizes, scratch, [load.beginnings()], topic="shipment-decisions") as bench:
        await bench.begin()
        await load.offer(sizes.requests_rate, min(_SETTLE_SECONDS, sizes.latency_seconds))
        cpu = cpu_of(bench.workers)
        offered = await load.offer(sizes.requests_rate, sizes.latency_seconds)
        cpu = cpu_of(bench.workers) - cpu
        await asyncio.sleep(_SETTLE_SECONDS)
        notes = bench.notes()
    refused = sum(note.block.type == "shipment.refused" for note in notes)
    waits = _waits(notes, offered, "shipment.approved", "shipment.refused")
    name = f"{sizes.requests_rate:,} requests/s answered"
    cpu_us = 1e6 * cpu / offered.events
    return _figures(name, waits, offered, _P99_MS_MAX, cpu_us, f"answers, {refused:,} of all refused")


def _waits(notes: list[Note], offered: Offered, *kinds: str) -> list[float]:
    """Milliseconds from append to readable of every block (or output of these kinds) that the load made, sorted."""
    waits = []
    for note in notes:
        cause = note.block.cause
        if cause.kind == "record" and note.block.type in (kinds or ("shipment.blocked",)):
            place = Place(cause.topic or "", cause.partition or 0, cause.offset or 0)
            if place in offered.appended_ms:
                waits.append(max(0.0, note.readable_ms - offered.appended_ms[place]))
    return sorted(waits)


def _blocks(workers: int) -> str:
    return "blocks" if workers == 1 else f"blocks by {workers} workers"


def _figures(
    name: str, waits: list[float], offered: Offered, p99_ms_max: float, cpu_us: float | None, what: str = "blocks"
) -> list[Figure]:
    if not waits:
        raise Failed(f"{name}: none came")
    missing = len(offered.appended_ms) - len(waits)
    late = f", {missing:,} MISSING after {LATE_SECONDS_MAX:.0f} s" if missing else ""
    rate = f"{len(waits):,} {what}{late}, {offered.events / offered.seconds:,.0f} events/s offered"
    say(f"latency: {name}: p50 {quantile(waits, 0.5):.0f} ms, p99 {quantile(waits, 0.99):.0f} ms; {rate}")
    return [
        _figure(f"{name}: p50", quantile(waits, 0.5), rate, cpu_us=cpu_us),
        _figure(f"{name}: p99", quantile(waits, 0.99), target=p99_ms_max),
        _figure(f"{name}: max", waits[-1]),
    ]


def _figure(
    name: str, value: float, note: str = "", *, target: float | None = None, cpu_us: float | None = None
) -> Figure:
    return Figure(
        section=SECTION, name=name, value=value, unit="ms", note=note, target=target, at_least=False, cpu_us=cpu_us
    )
