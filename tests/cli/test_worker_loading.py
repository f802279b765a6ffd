"""What a worker loads before it works: a restart waits for it, so what no worker uses stays out."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.kafka
ROOT = Path(__file__).parents[2]
UNUSED = (
    "aiohttp",  # Faust's, for an annotation
    "kafka",  # kafka-python is for commands; a worker has aiokafka
    "rich",  # draws, where somebody looks
    "schemas.inputs",  # models of records that the fast path does not take, loaded for the first of them
    "schemas.outputs",  # models of what is published, for tests and generated documents
)
# Ends where the group has given the worker its partitions, and names what it has loaded by then.
CODE = """
import os, sys
import streams.agents.worker
streams.agents.worker.load()
from streams.engine.engine import Engine
async def assign(self, numbers):
    print(*sorted(sys.modules), sep="\\n", flush=True)
    os._exit(0)
Engine.assign = assign
sys.argv = ["stoplist", "worker", "--bootstrap", {bootstrap!r}]
from streams.cli.start import main
main()
"""


def test_a_worker_starts_without_what_it_does_not_use(topics: Callable[..., str], tmp_path: Path) -> None:
    bootstrap = topics("--partitions", "1")
    command = [sys.executable, "-c", CODE.format(bootstrap=bootstrap)]
    environment = {**os.environ, "STOPLIST_METRICS_PORT": "0", "STOPLIST_DATA_DIRECTORY": str(tmp_path)}
    loaded = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True)
    modules = loaded.stdout.splitlines()
    assert "faust.tables.recovery" in modules, loaded.stderr
    assert [name for name in UNUSED if name in modules] == []
