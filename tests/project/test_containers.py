"""What the containers of docker-compose.yml run, run here: same commands, environment and health check."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.harness.beside import CHECKOUT
from tests.harness.kafka import KafkaNode
from tests.harness.ports import free_port
from tests.harness.server import Server

_SERVICES = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text("utf-8"))["services"]
_STOPLIST = [sys.executable, "-m", "streams.cli"]


def health_check() -> list[str]:
    """The image's, with this Python."""
    text = (CHECKOUT / "deploy/Dockerfile").read_text("utf-8").replace("\\\n", " ")
    found = re.search(r"^HEALTHCHECK .* CMD (\[.*\])$", text, re.MULTILINE)
    assert found
    program, *arguments = json.loads(found[1])
    assert program == "python"
    return [sys.executable, *arguments]


def _environment(service: str, node: KafkaNode, port: int) -> dict[str, str]:
    ours: dict[str, str] = _SERVICES[service]["environment"]
    replaced = {"STOPLIST_BOOTSTRAP": node.bootstrap, "STOPLIST_METRICS_PORT": str(port)}
    return {**os.environ, **{name: replaced.get(name, value) for name, value in ours.items()}}


@pytest.mark.kafka
@pytest.mark.slow
def test_the_worker_comes_up_healthy_and_stops_in_order(kafka_node: KafkaNode, tmp_path: Path) -> None:
    port = free_port()
    topics = [*_STOPLIST, *_SERVICES["topics"]["command"]]
    made = subprocess.run(
        topics, env=_environment("topics", kafka_node, port), capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr  # the worker waits for this

    environment = _environment("worker", kafka_node, port)

    def healthy() -> bool:
        return subprocess.run(health_check(), env=environment, capture_output=True, check=False).returncode == 0

    assert not healthy(), "nothing runs yet"
    worker = Server("worker", tmp_path / "worker.log")
    worker.start([*_STOPLIST, *_SERVICES["worker"]["command"]], healthy, environment=environment)
    try:
        os.kill(worker.pid, signal.SIGTERM)  # docker compose stop
        assert worker.wait(int(_SERVICES["worker"]["stop_grace_period"].removesuffix("s"))) == 0, worker.log_tail()
    finally:
        worker.kill()
