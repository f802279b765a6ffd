"""Section `main`: the real rules with journal, snapshots and outputs, over a population with habits."""

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.benchmark.engine_section import BASELINE
from tests.benchmark.node import Node
from tests.benchmark.population import Population
from tests.benchmark.processes import WORKER, Process, run_of
from tests.benchmark.producing import append_all
from tests.benchmark.progress import say
from tests.benchmark.reading import count_records
from tests.benchmark.report import Figure
from tests.benchmark.sizes import Sizes

SECTION = "main job"
OUTPUTS = ("category-changes", "shipment-blocks", "client-status", "dead-letters")
_FIRST_DAY = date(2026, 3, 2)


def environment(node: Node, application: str, sizes: Sizes, scratch: Path, **more: str) -> dict[str, str]:
    """Of a worker with the real rules."""
    return {
        "BROKER": node.bootstrap,
        "APP_ID": application,
        "PARTITIONS": str(sizes.partitions),
        "STATE_DIR": str(scratch / application),
        "JOB": "main",
        **more,
    }


async def fill(node: Node, population: Population, said: str, partitions: int) -> int:
    """Create the topics with simulated time and append the population's records; how many."""
    await node.create_ours(partitions, simulated_time=True)
    return await append_all(node.bootstrap, population.records(), said)


async def measure(node: Node, sizes: Sizes, scratch: Path) -> list[Figure]:
    """Everything from the first record to the last acknowledgement."""
    population = Population(
        sizes.main_job_clients, sizes.main_job_days, sizes.main_job_facts, sizes.partitions, first_day=_FIRST_DAY
    )
    count = await fill(node, population, "main: population appended", sizes.partitions)
    application = f"main-{time.time_ns() // 1_000_000}"
    more = environment(node, application, sizes, scratch, N=str(count), SIMULATED="1")
    broker_before = node.cpu_seconds()
    with Process(WORKER, more, scratch / f"{application}.log") as process:
        result = process.wait_result("t_flushed", sizes.limit_seconds)
    run = run_of(result, result["rss_mb"])
    broker_us = 1e6 * (node.cpu_seconds() - broker_before) / count
    published = {topic: await count_records(node.bootstrap, topic, sizes.partitions) for topic in OUTPUTS}
    say(f"main: {run.rate:,.0f} events/s, {run.cpu_us:.1f} µs CPU; published {published}")
    note = f"{sizes.main_job_clients:,} clients, {count:,} events; broker {broker_us:.1f} µs/event; {run.rss_mb:.0f} MB"
    per_event = sum(published.values()) / count
    return [
        Figure(section=SECTION, name="real rules", value=run.rate, unit="events/s", cpu_us=run.cpu_us, note=note),
        Figure(
            section=SECTION, name="second half of it", value=run.rate_second_half, unit="events/s", note="warmed up"
        ),
        Figure(section=SECTION, name="outputs per event", value=per_event, unit="", note=_parts(published)),
    ]


def _parts(published: dict[str, int]) -> str:
    return ", ".join(f"{topic} {count:,}" for topic, count in published.items())


def with_ratio(figures: list[Figure]) -> list[Figure]:
    """The main job beside the idiomatic agent of the small job, when both are of this run."""
    base = next((figure.value for figure in figures if figure.section == "engine" and figure.name == BASELINE), None)
    if base is None:
        return figures
    return [
        replace(figure, ratio=figure.value / base, baseline=BASELINE, target=12.0)
        if figure.section == SECTION and figure.name == "real rules"
        else figure
        for figure in figures
    ]
