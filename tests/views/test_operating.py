"""What a projector says of itself over HTTP: whether it follows, what it applied, how much it is behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.harness.ports import LOOPBACK, answers, free_port
from tests.harness.records import produce
from tests.harness.redis import RedisServer
from tests.harness.server import Server
from tests.harness.waiting import wait_until
from tests.views.outputs import blocked, condition

pytestmark = pytest.mark.redis


def figure(port: int, sample: str) -> float | None:
    """The value of a sample; None: there is none."""
    lines = httpx.get(f"http://{LOOPBACK}:{port}/metrics").text.splitlines()
    return next((float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"{sample} ")), None)


def test_a_projector_tells_how_far_it_is(contract_topics: str, redis_node: RedisServer, tmp_path: Path) -> None:
    port = free_port()
    projector = Server("projector", tmp_path / "projector.log")
    command = [sys.executable, "-m", "streams.cli", "project", "--bootstrap", contract_topics]
    command += ["--redis", redis_node.url, "--metrics-port", str(port)]
    projector.start(command, lambda: answers(port), 60)
    try:
        ask = f"http://{LOOPBACK}:{port}"
        assert httpx.get(f"{ask}/healthz").status_code == 200
        wait_until(lambda: httpx.get(f"{ask}/readyz").status_code == 200, "it follows")
        applied = 'stoplist_projection_records_total{topic="shipment-blocks"}'
        before = figure(port, applied) or 0
        events = [blocked(client, 1, condition("conduct")) for client in ("a", "b", "c")]
        produce(
            contract_topics,
            "shipment-blocks",
            [(one["client_id"].encode(), json.dumps(one).encode()) for one in events],
        )
        wait_until(lambda: figure(port, applied) == before + 3, "three blocks are applied and counted")
        assert figure(port, 'stoplist_projection_lag_records{topic="shipment-blocks"}') == 0
        assert figure(port, "stoplist_projection_progress_ratio") == 1
        second = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (second.returncode, second.stderr.count("Traceback")) == (2, 0), second.stderr
        assert "choose another --metrics-port" in second.stderr
        redis_node.kill()
        produce(
            contract_topics, "shipment-blocks", [(b"d", json.dumps(blocked("d", 1, condition("conduct"))).encode())]
        )
        wait_until(lambda: httpx.get(f"{ask}/readyz").status_code == 503, "it cannot follow without Redis", 60)
        assert httpx.get(f"{ask}/healthz").status_code == 200  # started again it would be no better off
        os.kill(projector.pid, signal.SIGTERM)
        assert projector.wait(30) == 0, projector.log_tail()
    finally:
        projector.kill()
