"""What the last full run of the benchmark measured: the pages and the deployment that count with it are held to it."""

import json
import re
from functools import cache
from typing import Any, Final

from streams.cli.settings import WorkerSettings
from tests.harness.beside import CHECKOUT

_MIB: Final = 1 << 20
WORKER_BYTES: Final = 82_000_000
"""Of a worker without clients: the largest of all runs, as docs/deploy.md says it."""


@cache
def run() -> dict[str, Any]:
    """docs/benchmarks/latest.json."""
    read: dict[str, Any] = json.loads((CHECKOUT / "docs/benchmarks/latest.json").read_text("utf-8"))
    return read


def figure(section: str, begins: str) -> dict[str, Any]:
    """The only figure of a section whose name begins so."""
    (found,) = [one for one in run()["figures"] if one["section"] == section and one["name"].startswith(begins)]
    return dict(found)


def noted(one: dict[str, Any], pattern: str) -> float:
    """A number in a figure's note."""
    found = re.search(pattern, one["note"])
    assert found, one["note"]
    return float(found[1].replace(",", ""))


def bytes_per_client() -> float:
    """Of a client with some 30 facts, as a worker that took it back from its snapshot holds it."""
    return float(figure("restore", "resident memory of a client")["value"])


def bytes_per_ready_client() -> float:
    """Of a client with some 60 facts that is kept ready: the worker of the main job, whose clients all are."""
    whole = noted(figure("main job", "real rules"), r"([0-9,]+) MB$") * _MIB
    return (whole - WORKER_BYTES) / int(run()["sizes"]["main_job_clients"])


def memory_of(clients: int) -> float:
    """Bytes that a worker with all of them holds; half as much again for each, as they gain facts with the years."""
    ready = min(clients, WorkerSettings().decoded_clients_max)
    return WORKER_BYTES + 1.5 * clients * bytes_per_client() + ready * bytes_per_ready_client()
