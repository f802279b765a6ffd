"""Our overdue days are the ledger's own: every invoice, through Apache Kafka and a worker that is killed on the way."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from streams.cli.folding import HistoryFold
from streams.cli.history import read_history
from streams.cli.main import run
from streams.cli.options import load_policy
from streams.cli.state_reading import records, states
from streams.domain.fold import ClientFold
from tests.cli.ledgers import FULLEST, clients, days_late, overdue_days, policy_of_years
from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(420)]
ROOT = Path(__file__).parents[2]
OUTPUTS = ("shipment-blocks", "shipment-decisions", "shipment-alerts", "category-changes", "client-status")
Capture = pytest.CaptureFixture[str]


def worker(bootstrap: str, policy: Path, log: Path) -> subprocess.Popen[bytes]:
    """A worker on simulated time; small chunks, so that a kill finds it in the middle of many."""
    environment = {
        **os.environ,
        "STOPLIST_INSTANCE_ID": "only",
        "STOPLIST_POLICY": str(policy),
        "STOPLIST_CHUNK_RECORDS_MAX": "25",
        "STOPLIST_SNAPSHOT_INTERVAL_MS": "500",
    }
    command = [sys.executable, "-m", "streams.cli", "worker", "--simulated-time", "--bootstrap", bootstrap]
    with log.open("ab") as out:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)


@contextmanager
def reader(bootstrap: str) -> Iterator[KafkaConsumer]:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    try:
        yield consumer
    finally:
        consumer.close()


def published(bootstrap: str, topic: str) -> int:
    """How many records a topic holds."""
    with reader(bootstrap) as consumer:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        return int(sum(consumer.end_offsets(partitions).values()))


def paid(bootstrap: str) -> int:
    """Invoices of the snapshots that are there and paid."""
    return sum(
        obligation.outstanding == 0
        for state in states(bootstrap)
        for dispatch in state.facts.dispatches.values()
        for obligation in dispatch.obligations
    )


def test_overdue_days_of_every_invoice_survive_a_killed_worker(
    topics: Callable[..., str], tmp_path: Path, capfd: Capture
) -> None:
    bootstrap = topics("--simulated-time", "--partitions", "4")
    policy, log = policy_of_years(tmp_path), tmp_path / "worker.log"
    wanted = days_late(FULLEST)
    assert run(["import", str(FULLEST), "--format", "receivables", "--bootstrap", bootstrap]) == 0

    process = worker(bootstrap, policy, log)
    try:
        wait_until(
            lambda: process.poll() is not None or published(bootstrap, "client-status") > 0, "a first status", 60
        )
        assert process.poll() is None, log.read_text()
    finally:
        process.kill()
        process.wait()
    at_kill = published(bootstrap, "client-status")

    process = worker(bootstrap, policy, log)
    try:
        wait_until(lambda: process.poll() is not None or paid(bootstrap) == len(wanted), "every invoice", 240, 2.0)
        assert process.poll() is None, log.read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()

    assert 0 < at_kill < published(bootstrap, "client-status"), "the kill came after everything was done"
    capfd.readouterr()
    assert run(["obligations", "--bootstrap", bootstrap, "--policy", str(policy)]) == 0
    assert overdue_days(capfd.readouterr().out.splitlines()) == wanted
    outputs = all_outputs(bootstrap)
    assert_in_sequence(outputs)
    assert_statuses_follow_from_the_ledger(outputs)
    assert published(bootstrap, "dead-letters") == 0
    assert_as_replayed(outputs, tmp_path, policy, capfd)


def all_outputs(bootstrap: str) -> list[Any]:
    """Every output, topic by topic."""
    found = []
    for topic in OUTPUTS:
        with reader(bootstrap) as consumer:
            found += [(topic, json.loads(record.value)) for record in records(consumer, topic)]
    return found


def assert_as_replayed(outputs: list[Any], folder: Path, policy: Path, capfd: Capture) -> None:
    """The killed worker published what folding the same ledger uninterrupted does; only offsets differ.

    Clients alone, as here: when another worker tells them their importance depends on its haste.
    """
    history = folder / "history.jsonl"
    assert run(["import", str(FULLEST), "--format", "receivables", "--history", str(history)]) == 0
    folded = HistoryFold(ClientFold(load_policy(policy)))
    with history.open("rb") as stream:
        made = [output for line in read_history(stream, "history") for output in folded.feed(line)]
    folded.advance(folded.instant, made)
    events = [(output.topic, json.loads(output.value or b"")) for output in made if output.topic in OUTPUTS]
    wanted = {(topic, event["id"]): _without_place(event) for topic, event in events}
    found = {(topic, event["id"]): _without_place(event) for topic, event in outputs}
    assert found.keys() == wanted.keys()
    for name, event in wanted.items():
        assert found[name] == event


def _without_place(event: Any) -> Any:
    cause = {name: value for name, value in event["cause"].items() if name not in ("partition", "offset")}
    return {**event, "cause": cause}


def assert_in_sequence(outputs: list[Any]) -> None:
    """Each client's outputs are numbered without a gap, and what came twice came with the same body."""
    bodies: dict[tuple[str, str], Any] = {}
    numbers: dict[str, set[int]] = {}
    for topic, event in outputs:
        assert bodies.setdefault((topic, event["id"]), event) == event
        numbers.setdefault(event["client_id"], set()).add(event["sequence"])
    for client, seen in numbers.items():
        assert seen == set(range(1, max(seen) + 1)), client


def assert_statuses_follow_from_the_ledger(outputs: list[Any]) -> None:
    """The newest status of each client says as many violations and as long an episode as the ledger."""
    newest: dict[str, Any] = {}
    for topic, event in outputs:
        if topic == "client-status" and event["sequence"] >= newest.get(event["client_id"], event)["sequence"]:
            newest[event["client_id"]] = event
    for client, wanted in clients(FULLEST).items():
        status = newest[client]
        assert (status["violations"], status["overdue_days_longest"], status["outstanding"]) == (*wanted, "0.00"), (
            client
        )
