"""Section `import`: files of other programs from the disk into Kafka, by the command as people run it."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.benchmark import import_files
from tests.benchmark.node import Node
from tests.benchmark.processes import Failed
from tests.benchmark.progress import say
from tests.benchmark.reading import count_records
from tests.benchmark.report import Figure
from tests.benchmark.sizes import Sizes

SECTION = "import"
_LINES_PER_SECOND_LEAST = 20_000.0
_LINES_A_PAYMENT = 10
"""At least, in a statement; so it gets a tenth of the payments of a table."""
_SENT = re.compile(r"([\d,]+) (?:events )?sent")
_TOPICS = ("clients", "shipments", "sales", "payments")


class _Job(NamedTuple):
    """A file to import."""

    name: str
    write: Callable[[Path, int, int], None]
    documents: int
    options: tuple[str, ...] = ()


async def measure(node: Node, sizes: Sizes, scratch: Path) -> list[Figure]:
    """Import a file of each format, the whole command measured, its start included."""
    await node.create_ours(sizes.partitions, simulated_time=True)  # which a ledger of past invoices asks for
    folder = scratch / "import"
    folder.mkdir()
    (folder / "policy.yaml").write_text(import_files.POLICY, "utf-8")
    (folder / "mapping.yaml").write_text(import_files.MAPPING, "utf-8")
    import_files.write_clients(folder / "clients.csv", sizes.import_clients)
    matching = ("--clients", "clients.csv", "--register", "register.sqlite")
    some = sizes.import_documents // _LINES_A_PAYMENT
    jobs = (
        _Job("1C statement", import_files.write_bank_1c, some, matching),
        _Job("camt.053 statement", import_files.write_camt053, some, matching),
        _Job("CSV", import_files.write_csv, sizes.import_documents, (*matching, "--mapping", "mapping.yaml")),
        _Job(
            "ledger of receivables", import_files.write_receivables, sizes.import_documents, ("--format", "receivables")
        ),
    )
    return [await _measured(job, node, sizes, folder) for job in jobs]


async def _measured(job: _Job, node: Node, sizes: Sizes, folder: Path) -> Figure:
    file = folder / "file"
    job.write(file, job.documents, sizes.import_clients)
    lines = file.read_bytes().count(b"\n")
    before = await _in_kafka(node, sizes)
    seconds, cpu, said = await asyncio.to_thread(_imported, job, node.bootstrap, folder)
    arrived = await _in_kafka(node, sizes) - before
    found = _SENT.search(said)
    if found is None or int(found[1].replace(",", "")) != arrived or arrived < job.documents:
        raise Failed(f"{job.name}: {arrived:,} events are in Kafka of {job.documents:,} documents; it said: {said}")
    rate = lines / seconds
    say(f"import: {job.name}, {lines:,} lines at {rate:,.0f}/s")
    return Figure(
        section=SECTION,
        name=f"{job.name} into Kafka",
        value=rate,
        unit="lines/s",
        target=_LINES_PER_SECOND_LEAST,
        cpu_us=1e6 * cpu / lines,
        note=f"{lines:,} lines, {arrived:,} events in {seconds:.1f} s with the command's start; CPU is a line's",
    )


async def _in_kafka(node: Node, sizes: Sizes) -> int:
    return sum([await count_records(node.bootstrap, topic, sizes.partitions) for topic in _TOPICS])


def _imported(job: _Job, bootstrap: str, folder: Path) -> tuple[float, float, str]:
    """Seconds on the wall and of the processor, and what the command said."""
    command = [
        sys.executable,
        "-m",
        "streams.cli",
        "import",
        "file",
        "--policy",
        "policy.yaml",
        "--bootstrap",
        bootstrap,
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    began = time.perf_counter()
    with (folder / "said").open("w+b") as said:
        process = subprocess.Popen([*command, *job.options], cwd=folder, env=environment, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode()
    if process.returncode:
        raise Failed(f"{job.name}: the import ended with {process.returncode}: {text}")
    return seconds, usage.ru_utime + usage.ru_stime, text
