"""Through Apache Kafka: a killed notifier loses nothing, a dead endpoint is parked and resumed, the others go on."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka import KafkaProducer

from streams.cli.main import run
from tests.cli.notify.receiver import Receiver
from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]
ROOT = Path(__file__).parents[3]
SECRET = "a-secret-of-enough-bytes"


@contextmanager
def notifier(bootstrap: str, config: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`stoplist notify run` until the block ends, then told to end; killed when it is still there."""
    command = [sys.executable, "-m", "streams.cli", "notify", "run", "--config", str(config), "--bootstrap", bootstrap]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "SECRET": SECRET}, stdout=out, stderr=out)
    try:
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


def publish(bootstrap: str, *ids: str) -> None:
    """Blocks by `client:sequence`."""
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for event_id in ids:
        client, sequence = event_id.split(":")
        event = {"type": "shipment.blocked", "id": event_id, "client_id": client, "sequence": int(sequence)}
        producer.send("shipment-blocks", json.dumps(event).encode(), client.encode())
    producer.flush()
    producer.close()


def test_nothing_is_lost_by_a_kill_and_a_dead_endpoint_is_parked(
    topics: Callable[..., str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bootstrap, config, log = topics("--partitions", "2"), tmp_path / "notify.yaml", tmp_path / "log"
    with Receiver(SECRET.encode()) as good, Receiver(SECRET.encode()) as bad:
        config.write_text(
            f"endpoints:\n"
            f"  good: {{url: '{good.url}', secret_env: SECRET, backoff_seconds: 0.05, attempts_max: 50}}\n"
            f"  bad: {{url: '{bad.url}', secret_env: SECRET, backoff_seconds: 0.01, attempts_max: 3}}\n"
            f"from_beginning: true\n"
        )
        publish(bootstrap, "A:1", "B:1", "A:2", "A:2")
        with notifier(bootstrap, config, log):
            wait_until(lambda: {*good.ids()} == {*bad.ids()} == {"A:1", "B:1", "A:2"}, "all were told")
            good.status = bad.status = 503
            publish(bootstrap, "A:3", "B:2")
            report = tmp_path / "bad.parked.txt"
            wait_until(report.exists, "the dead endpoint is parked")
            wait_until(lambda: good.refused, "the other is still tried")
        with notifier(bootstrap, config, log) as process:  # told anew: the good one had not taken them
            refused = good.refused
            wait_until(lambda: good.refused > refused, "it is tried after the restart")
            process.kill()
            process.wait()
        good.status = 204
        with notifier(bootstrap, config, log):
            wait_until(lambda: {"A:3", "B:2"} <= {*good.ids()}, "nothing was lost")
            publish(bootstrap, "A:4")
            wait_until(lambda: "A:4" in good.ids(), "the good one goes on while the other is parked")
            assert run(["notify", "list", "--config", str(config)]) == 1
            assert "PARKED since" in capfd.readouterr().out
            bad.status = 204
            assert run(["notify", "resume", "bad", "--config", str(config)]) == 0
            wait_until(lambda: "A:4" in bad.ids(), "what was kept is told")
            publish(bootstrap, "A:5")
            wait_until(lambda: "A:5" in bad.ids() and "A:5" in good.ids(), "both are told again")
        for receiver in (good, bad):
            first = [event_id for event_id in dict.fromkeys(receiver.ids()) if event_id.startswith("A")]
            assert first == ["A:1", "A:2", "A:3", "A:4", "A:5"]
            assert receiver.forged == 0
        assert bad.ids().count("A:3") == bad.ids().count("B:2") == 1
        assert run(["notify", "list", "--config", str(config)]) == 0
    said = log.read_text()
    assert SECRET not in said and "keep-out-of-logs" not in said
    assert "Traceback" not in said
