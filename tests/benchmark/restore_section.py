"""Section `restore`: taking all clients back from snapshots, their memory, and work going on after a kill."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from schemas.catalogue import SNAPSHOTS
from tests.benchmark.load import Load
from tests.benchmark.main_job_section import environment, fill
from tests.benchmark.node import Node
from tests.benchmark.population import Population
from tests.benchmark.processes import WORKER, Process, run_of
from tests.benchmark.progress import say
from tests.benchmark.reading import count_records
from tests.benchmark.report import Figure
from tests.benchmark.sizes import Sizes

SECTION = "restore"
_CLIENTS_PER_SECOND_LEAST = 100_000.0
_BYTES_MOST = 4096.0
_SECONDS_MOST = 4.0
_NEVER_MS = 86_400_000


async def measure(node: Node, sizes: Sizes, scratch: Path) -> list[Figure]:
    """Fill by a worker, stop it cleanly, start it again; then kill it and start it again."""
    first_day = datetime.now(UTC).date() - timedelta(days=sizes.restore_days)
    clients = sizes.restore_clients
    population = Population(clients, sizes.restore_days, sizes.restore_facts, sizes.partitions, first_day=first_day)
    count = await fill(node, population, "restore: population appended", sizes.partitions)
    application = f"restore-{time.time_ns() // 1_000_000}"
    log = scratch / f"{application}.log"
    base = environment(node, application, sizes, scratch, SIMULATED="1")
    # To make the state quickly: all snapshots are written at the clean stop, one of each client. A topic in use also
    # holds some that compaction has not removed yet. What is measured afterwards runs with the defaults.
    filling = {
        "N": str(count),
        "ENDS": "0",
        "DECODED_CLIENTS_MAX": str(clients),
        "SNAPSHOT_INTERVAL_MS": str(_NEVER_MS),
        "STOP_TIMEOUT_MS": str(round(sizes.limit_seconds * 1000)),
    }
    with Process(WORKER, {**base, **filling}, log) as process:
        run = run_of(process.wait_result("t_flushed", sizes.limit_seconds), 0.0)
        say(f"restore: folded {count:,} events at {run.rate:,.0f}/s; stopping cleanly")
        process.stop(sizes.limit_seconds)
    snapshots = await count_records(node.bootstrap, SNAPSHOTS, sizes.partitions)
    figures = _restored(base, log, sizes, count / clients, snapshots)
    seconds = [await _killed(node, base, log, sizes, number) for number in range(sizes.restarts)]
    say(f"restore: processing again after {', '.join(f'{value:.2f}' for value in seconds)} s")
    note = f"kill -9, {clients:,} clients, median of {len(seconds)}, max {max(seconds):.2f} s"
    return [
        *figures,
        Figure(
            section=SECTION,
            name="processing again after a kill",
            value=median(seconds),
            unit="s",
            target=_SECONDS_MOST,
            at_least=False,
            note=note,
        ),
    ]


def _restored(base: dict[str, str], log: Path, sizes: Sizes, facts: float, snapshots: int) -> list[Figure]:
    """Start on what the clean stop left: nothing is to be folded again."""
    clients = sizes.restore_clients
    with Process(WORKER, base, log) as process:
        result = process.wait_result("recovered", sizes.limit_seconds)
        process.stop(sizes.limit_seconds)
    seconds = result["t_recovered"] - result["t_began"]
    grown = (result["rss_after"] - result["rss_before"]) / clients
    cpu_us = 1e6 * result["cpu_seconds"] / clients
    say(f"restore: {clients:,} clients in {seconds:.2f} s, {grown:,.0f} bytes each")
    return [
        Figure(section=SECTION, name=f"{clients:,} clients from snapshots", value=seconds, unit="s", cpu_us=cpu_us),
        Figure(
            section=SECTION,
            name="clients a second",
            value=clients / seconds,
            unit="clients/s",
            target=_CLIENTS_PER_SECOND_LEAST,
            note=f"from the first fence to the last partition ready; {snapshots:,} snapshots; CPU is per client",
        ),
        Figure(
            section=SECTION,
            name=f"resident memory of a client with {facts:.0f} facts",
            value=grown,
            unit="B",
            target=_BYTES_MOST,
            at_least=False,
            note=f"{result['rss_after'] / 2**20:.0f} MB less {result['rss_before'] / 2**20:.0f} MB before",
        ),
    ]


async def _killed(node: Node, base: dict[str, str], log: Path, sizes: Sizes, number: int) -> float:
    """Seconds from the kill of the only worker, started again at once, to the first chunk of the next one published."""
    load = Load(node.bootstrap, 1_000, sizes.partitions, name=f"again-{number}")
    with Process(WORKER, {**base, "N": "1", "ENDS": "0"}, log) as process:
        process.wait_result("recovered", sizes.limit_seconds)
        await load.offer(200, 2.0)
        await asyncio.to_thread(process.wait_result, "t_flushed", sizes.limit_seconds)
        process.kill()
    killed_at = time.time()
    with Process(WORKER, {**base, "N": "1", "ENDS": "0"}, log) as process:
        await load.offer(200, 2.0)
        result = await asyncio.to_thread(process.wait_result, "t_flushed", sizes.limit_seconds)
        process.stop(sizes.limit_seconds)
    return float(result["t_flushed"] - killed_at)
