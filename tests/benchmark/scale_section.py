"""Section `scale`: a million clients beside few, and one, two and three workers over the same partitions."""

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path

from schemas.catalogue import SNAPSHOTS
from tests.benchmark.cloned import Patterns, fill, folded
from tests.benchmark.group import committed, cpu_of, settled, start
from tests.benchmark.load import Load
from tests.benchmark.main_job_section import environment
from tests.benchmark.node import Node
from tests.benchmark.processes import WORKER, Process, Run, run_of
from tests.benchmark.progress import say
from tests.benchmark.reading import scan
from tests.benchmark.report import Figure
from tests.benchmark.sizes import Sizes

SECTION = "scale"
_FIRST_NUMBER = 10_000_001
_OFFERED_PER_SECOND = 30_000
_RESTORE_SECONDS_MOST = 20.0
_THROUGHPUT_LEAST = 0.7
_SAMPLE = 2_000


async def measure(node: Node, sizes: Sizes, scratch: Path) -> list[Figure]:
    """The large population after the small one, which the workers are then counted over."""
    patterns = folded(sizes.scale_patterns, sizes.restore_days, sizes.restore_facts)
    say(f"scale: {sizes.scale_patterns:,} patterns of {patterns.facts:.0f} records each")
    small, large = sizes.scale_clients
    few, few_figures = await _population(node, sizes, scratch, patterns, small)
    shared = await _workers(node, sizes, scratch, small)
    await node.delete_all()
    many, many_figures = await _population(node, sizes, scratch, patterns, large)
    ratio = Figure(
        section=SECTION,
        name=f"throughput with {large:,} clients",
        value=many.rate,
        unit="events/s",
        ratio=many.rate / few.rate,
        baseline=f"with {small:,}",
        cpu_us=many.cpu_us,
        target=_THROUGHPUT_LEAST,
        note="hardly a client is touched twice",
    )
    return [*few_figures, *many_figures, ratio, *shared]


async def _population(
    node: Node, sizes: Sizes, scratch: Path, patterns: Patterns, clients: int
) -> tuple[Run, list[Figure]]:
    """Restored by two workers, then by one, which folds a load over all of them and stops cleanly."""
    partitions, said = sizes.scale_partitions, f"scale: {clients:,} clients"
    await fill(node, patterns, clients, partitions, said)
    load = Load(node.bootstrap, clients, partitions, first_number=_FIRST_NUMBER)
    application = f"scale-{clients}"
    base = environment(node, application, sizes, scratch, PARTITIONS=str(partitions))
    log = scratch / f"{application}.log"
    # a group of its own: a member with a name keeps its partitions for a while after it has stopped
    by_two = await _restored({**base, "APP_ID": f"{application}-by-two"}, log, 2, partitions, sizes)
    count = sizes.scale_events
    await load.offer(_OFFERED_PER_SECOND, count / _OFFERED_PER_SECOND)
    with Process(WORKER, {**base, "N": str(count), "ENDS": "0"}, log) as process:
        result = await asyncio.to_thread(process.wait_result, "recovered", sizes.limit_seconds)
        run = run_of(await asyncio.to_thread(process.wait_result, "t_flushed", sizes.limit_seconds), 0.0)
        say(f"{said}: {run.rate:,.0f} events/s, {run.cpu_us:.0f} µs CPU")
        await asyncio.to_thread(process.stop, sizes.limit_seconds)
    grown = (result["rss_after"] - result["rss_before"]) / clients
    size = await _snapshot_bytes(node, partitions)
    seconds = result["t_recovered"] - result["t_began"]
    return run, [
        Figure(
            section=SECTION,
            name=f"{clients:,} clients restored by two workers",
            value=by_two,
            unit="s",
            target=_RESTORE_SECONDS_MOST,
            at_least=False,
            note=f"by one: {seconds:.2f} s; a snapshot is {size:,.0f} B, a client {grown:,.0f} B of memory",
        ),
        Figure(
            section=SECTION,
            name=f"events/s over {clients:,} clients",
            value=run.rate,
            unit="events/s",
            cpu_us=run.cpu_us,
            note=f"{count:,} events",
        ),
    ]


async def _restored(base: dict[str, str], log: Path, workers: int, partitions: int, sizes: Sizes) -> float:
    """Seconds from the first fence to the last partition taken; the workers stop cleanly then."""
    with ExitStack() as stack:
        processes = start(stack, base, log, workers)
        await settled(processes, partitions, sizes.limit_seconds)
        began = min(result["t_began"] for one in processes for result in one.results if "t_began" in result)
        ended = max(result["t_taken"] for one in processes for result in one.results if "t_taken" in result)
        for one in processes:
            await asyncio.to_thread(one.stop, sizes.limit_seconds)
    return float(ended - began)


async def _workers(node: Node, sizes: Sizes, scratch: Path, clients: int) -> list[Figure]:
    """The same load by one worker and by several: CPU of all of them for one event."""
    partitions = sizes.scale_partitions
    figures: list[Figure] = []
    for workers in sizes.scale_workers:
        base = environment(node, f"scale-workers-{workers}", sizes, scratch, PARTITIONS=str(partitions))
        load = Load(node.bootstrap, clients, partitions, first_number=_FIRST_NUMBER * (workers + 1))
        with ExitStack() as stack:
            processes = start(stack, base, scratch / f"scale-{workers}-workers.log", workers)
            await settled(processes, partitions, sizes.limit_seconds)
            before, began = cpu_of(processes), time.monotonic()
            await load.offer(_OFFERED_PER_SECOND, sizes.scale_events / _OFFERED_PER_SECOND)
            await committed(node, base["APP_ID"], partitions, sizes.limit_seconds)
            seconds = time.monotonic() - began
            used = cpu_of(processes) - before
            for one in processes:
                await asyncio.to_thread(one.stop, sizes.limit_seconds)
        per_cpu_second = sizes.scale_events / used
        say(f"scale: {workers} workers: {per_cpu_second:,.0f} events per CPU second")
        figures.append(
            Figure(
                section=SECTION,
                name=f"{workers} workers over {partitions} partitions" if workers > 1 else "1 worker",
                value=per_cpu_second,
                unit="events per CPU s",
                ratio=per_cpu_second / figures[0].value if figures else None,
                baseline="1 worker" if figures else None,
                target=0.8 if figures else None,
                cpu_us=1e6 / per_cpu_second,
                note=f"{sizes.scale_events / seconds:,.0f} events/s, offered {_OFFERED_PER_SECOND:,}/s",
            )
        )
    return figures


async def _snapshot_bytes(node: Node, partitions: int) -> float:
    """Average size of a snapshot, of the first some thousand."""
    sizes: list[int] = []
    async for record in scan(node.bootstrap, SNAPSHOTS, partitions):
        if record.value is not None:
            sizes.append(len(record.value))
        if len(sizes) == _SAMPLE:
            break
    return sum(sizes) / len(sizes)
