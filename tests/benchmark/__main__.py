"""Runs the benchmark: one node, the sections one after the other, one table, one JSON file.

python -m tests.benchmark [--only NAME[,NAME]] [--quick] [--json FILE]
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path

from tests.benchmark import (
    engine_section,
    http_section,
    import_section,
    latency_section,
    main_job_section,
    restore_section,
    scale_section,
)
from tests.benchmark.machine import description
from tests.benchmark.node import Node, running_node
from tests.benchmark.processes import Failed
from tests.benchmark.progress import say
from tests.benchmark.report import Figure, print_table, write_json
from tests.benchmark.sizes import FULL, QUICK, Sizes
from tests.harness.components import TEST_KAFKA
from tests.harness.kafka import kafka_missing
from tests.harness.redis import redis_missing

LATEST = Path(__file__).parents[2] / "docs" / "benchmarks" / "latest.json"

Section = Callable[[Node, Sizes, Path], Awaitable[list[Figure]]]
SECTIONS: dict[str, Section] = {
    "engine": engine_section.measure,
    "main": main_job_section.measure,
    "latency": latency_section.measure,
    "restore": restore_section.measure,
    "http": http_section.measure,
    "import": import_section.measure,
    "scale": scale_section.measure,
}
USUAL = ("engine", "main", "latency", "restore", "http", "import")
"""What runs when no section is named; `scale` takes as long as all of these."""


def run(names: list[str], sizes: Sizes, json_file: Path | None, *, fast: bool) -> list[Figure]:
    """Measure these sections on one node; raises Failed when a contestant gave no result."""
    machine = description()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="stoplist-bench-") as scratch, running_node(fast=fast) as node:
        for name in names:
            say(f"{name}: begins")
            asyncio.run(node.delete_all())
            figures += asyncio.run(_awaited(SECTIONS[name](node, sizes, Path(scratch))))
    figures = main_job_section.with_ratio(figures)
    print_table(figures)
    if json_file is not None:
        write_json(json_file, machine, asdict(sizes), figures)
        say(f"written to {json_file}")
    return figures


async def _awaited(section: Awaitable[list[Figure]]) -> list[Figure]:
    return await section


def _lacking(names: list[str]) -> list[str]:
    """What the sections need and the machine does not have."""
    needed = [None if os.environ.get(TEST_KAFKA) else kafka_missing()]
    needed += [redis_missing() for name in names if name == "http"]
    return [one for one in needed if one is not None]


def main(arguments: list[str] | None = None) -> int:
    """0 when everything was measured, 1 when a contestant failed, 2 for wrong arguments or what is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description="Measures Stoplist on Apache Kafka.")
    parser.add_argument("--only", help=f"sections, separated by commas: {', '.join(SECTIONS)}")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it works, measures nothing")
    parser.add_argument(
        "--json", type=Path, help="where to write the figures (a full run: docs/benchmarks/latest.json)"
    )
    options = parser.parse_args(arguments)
    names = options.only.split(",") if options.only else list(USUAL)
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        parser.error(f"there is no section {', '.join(unknown)}; choose of {', '.join(SECTIONS)}")
    lacking = _lacking(names)
    if lacking:
        parser.error(f"this machine lacks {', '.join(lacking)}; install it, or name other sections with --only")
    complete = not options.quick and not options.only
    json_file = options.json or (LATEST if complete else None)
    try:
        run(names, QUICK if options.quick else FULL, json_file, fast=not options.quick)
    except Failed as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
