"""Section `engine`: the small job on our engine, on a bare loop over aiokafka, and as an idiomatic Faust agent."""

import time
from collections import Counter
from pathlib import Path

from tests.benchmark.node import Node
from tests.benchmark.processes import WORKER, Process, Run, run_of
from tests.benchmark.producing import Record, append_all, partition_of
from tests.benchmark.progress import say
from tests.benchmark.reading import scan
from tests.benchmark.report import Figure
from tests.benchmark.sizes import Sizes
from tests.benchmark.small_job import Move, events, expected_moves, move_of

INPUT = "bench-in"
BASELINE = "idiomatic Faust"
BARE = "bare aiokafka loop"
_STAMPED = {"message.timestamp.type": "LogAppendTime"}


async def fill(node: Node, sizes: Sizes) -> None:
    """Append the small job's input."""
    await node.create({INPUT: _STAMPED}, sizes.partitions)
    keys: dict[bytes, int] = {}

    def records() -> "list[Record]":
        made = []
        for key, value in events(sizes.small_job_events, sizes.small_job_clients):
            partition = keys.get(key)
            if partition is None:
                partition = keys[key] = partition_of(key, sizes.partitions)
            made.append(Record(INPUT, partition, None, key, value))
        return made

    await append_all(node.bootstrap, records(), "engine: input appended")


async def run_one(node: Node, sizes: Sizes, scratch: Path, module: str, count: int) -> tuple[Run, bool]:
    """One contestant in a process of its own; whether its outputs are right."""
    application = f"{module.rpartition('.')[2].replace('_', '-')}-{time.time_ns() // 1_000_000}"
    output = f"{application}-out"
    await node.create_engine(application, output, sizes.partitions)
    environment = {
        "BROKER": node.bootstrap,
        "APP_ID": application,
        "INPUT": INPUT,
        "OUTPUT": output,
        "N": str(count),
        "PARTITIONS": str(sizes.partitions),
        "STATE_DIR": str(scratch / application),
        "JOB": "small",
    }
    with Process(module, environment, scratch / f"{application}.log") as process:
        result = process.wait_result("t_flushed", sizes.limit_seconds)
        run = run_of(result, result.get("rss_mb", 0.0))
    moves = Counter([move_of(record.value) async for record in scan(node.bootstrap, output, sizes.partitions)])
    return run, _right(moves, count, sizes)


def _right(moves: Counter[Move], count: int, sizes: Sizes) -> bool:
    """A contestant that ends early has read each partition to some point: its outputs are among the expected ones."""
    expected = expected_moves(sizes.small_job_events, sizes.small_job_clients)
    return moves == expected if count == sizes.small_job_events else not moves - expected


async def measure(node: Node, sizes: Sizes, scratch: Path) -> list[Figure]:
    """The three contestants on the same topic."""
    await fill(node, sizes)
    contestants = (
        (BASELINE, "tests.benchmark.faust_agent", min(sizes.faust_events, sizes.small_job_events)),
        (BARE, "tests.benchmark.bare_loop", sizes.small_job_events),
        ("Stoplist engine", WORKER, sizes.small_job_events),
    )
    runs: dict[str, Run] = {}
    notes: dict[str, str] = {}
    for name, module, count in contestants:
        run, right = await run_one(node, sizes, scratch, module, count)
        runs[name] = run
        notes[name] = "" if right else "OUTPUTS WRONG"
        say(f"engine: {name}: {run.rate:,.0f} events/s, {run.cpu_us:.1f} µs CPU{'' if right else ', OUTPUTS WRONG'}")
    ours = runs["Stoplist engine"]
    figures = [
        Figure(
            section="engine",
            name=name,
            value=run.rate,
            unit="events/s",
            ratio=run.rate / runs[BASELINE].rate,
            baseline=BASELINE,
            cpu_us=run.cpu_us,
            target=40.0 if run is ours else None,
            note=notes[name],
        )
        for name, run in runs.items()
    ]
    return [
        *figures,
        Figure(
            section="engine",
            name="Stoplist engine",
            value=ours.rate,
            unit="events/s",
            ratio=ours.rate / runs[BARE].rate,
            baseline=BARE,
            cpu_us=ours.cpu_us,
            target=0.85,
        ),
    ]
