"""Through Apache Kafka: explain and what-if read what the workers folded; existing clients go live without a storm."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from kafka import KafkaConsumer

from schemas.policy_file import default_policy_text
from streams.cli.main import run
from streams.cli.state_reading import records
from streams.engine.journal import Chunk, decode
from tests.cli.ledgers import SAMPLE
from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(240)]
ROOT = Path(__file__).parents[2]
OUTPUTS = ("shipment-blocks", "shipment-decisions", "shipment-alerts", "category-changes", "client-status")
EVENTS = 47  # of the sample: 35 of invoices, and both documents of six clients
AT = "2026-07-21T09:02:00+03:00"  # its last record
Capture = pytest.CaptureFixture[str]
Topics = Callable[..., str]


@contextmanager
def worker(bootstrap: str, log: Path, *flags: str) -> Iterator[None]:
    """A worker until the block ends, small chunks; stopped as an operator does."""
    # a group of its own: one that another test's killed worker was in still holds that worker's partitions for it
    group = f"explained-{uuid4().hex}"
    environment = {**os.environ, "STOPLIST_APPLICATION_ID": group, "STOPLIST_CHUNK_RECORDS_MAX": "5"}
    command = [sys.executable, "-m", "streams.cli", "worker", "--bootstrap", bootstrap, *flags]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        yield
        assert process.poll() is None, log.read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


def read(bootstrap: str, topic: str) -> list[Any]:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    try:
        return list(records(consumer, topic))
    finally:
        consumer.close()


def journaled(bootstrap: str) -> int:
    """How many records the workers have folded."""
    entries = [decode(record.value) for record in read(bootstrap, "stoplist-journal")]
    ranges = [part for entry in entries if isinstance(entry, Chunk) for part in entry.ranges]
    return sum(part.last - part.first + 1 for part in ranges)


def json_of(capfd: Capture, *arguments: str) -> dict[str, Any]:
    capfd.readouterr()
    assert run([*arguments, "--json"]) == 0
    return dict(json.loads(capfd.readouterr().out))


def outputs_of(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [output for entry in told["timeline"] for output in entry["outputs"]]


def without_place(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of a history partitions and offsets are those of topics of the default size."""
    places = ("partition", "offset")
    return [
        {**output, "cause": {name: value for name, value in output["cause"].items() if name not in places}}
        for output in outputs
    ]


def test_explain_and_what_if_tell_what_the_workers_did(topics: Topics, capfd: Capture, tmp_path: Path) -> None:
    bootstrap = topics("--simulated-time", "--partitions", "3")
    history = tmp_path / "ledger.jsonl"
    assert run(["import", str(SAMPLE), "--format", "receivables", "--history", str(history)]) == 0
    assert run(["import", str(SAMPLE), "--format", "receivables", "--bootstrap", bootstrap]) == 0
    client = "1002-QUAY"
    from_file = json_of(capfd, "explain", client, "--history", str(history), "--at", AT)
    live = ("explain", client, "--bootstrap", bootstrap, "--at", AT)

    before = json_of(capfd, *live)  # no worker has been there: by append time
    assert without_place(outputs_of(before)) == without_place(outputs_of(from_file))

    with worker(bootstrap, tmp_path / "worker.log", "--simulated-time"):
        wait_until(lambda: journaled(bootstrap) == EVENTS, "every record", 120, 0.5)
    told = json_of(capfd, *live)
    published = [
        {"topic": topic, **value}
        for topic in OUTPUTS
        for record in read(bootstrap, topic)
        if record.value is not None and (value := json.loads(record.value))["client_id"] == client
    ]
    by_id = {(output["topic"], output["id"]): output for output in outputs_of(told)}
    assert len(published) > 10
    for output in published:  # offsets included: the same records in the same order
        if output["effective_at"] <= AT:
            assert by_id[output["topic"], output["id"]] == output
    assert told["conditions"] == from_file["conditions"]
    assert told["obligations"] == from_file["obligations"]

    draft = tmp_path / "draft.yaml"
    draft.write_text(default_policy_text().replace("overdue_days_max: 7}", "overdue_days_max: 4}"))
    command = ("--policy", str(draft), "--until", AT)
    wanted = json_of(capfd, "what-if", str(history), *command)
    found = json_of(capfd, "what-if", "--live", "--bootstrap", bootstrap, *command)
    assert wanted["outputs"]["counts"]
    assert {**found, "outputs": found["outputs"]["counts"]} == {**wanted, "outputs": wanted["outputs"]["counts"]}
    assert run(["explain", "nobody", "--bootstrap", bootstrap]) == 2
    assert "nothing is known of client 'nobody'; look at the id" in capfd.readouterr().err


def test_existing_clients_go_live_with_one_status_each_and_no_storm(
    topics: Topics, capfd: Capture, tmp_path: Path
) -> None:
    bootstrap = topics("--partitions", "3")
    today = datetime.now(ZoneInfo("Europe/Moscow")).date()
    count = 300
    rows = ["client_id;kind;as_of;id;due_date;amount;document"]
    for number in range(count):
        rows += [f"C-{number:03};document;;{kind};;;{kind}" for kind in ("cooperation_agreement", "supply_contract")]
        rows.append(f"C-{number:03};obligation;{today};new;{today + timedelta(days=20)};120,50;")
        if number % 10 == 0:  # two weeks late: group 3, blocked
            rows.append(f"C-{number:03};obligation;;old;{today - timedelta(days=14)};80;")
    form = tmp_path / "form.csv"
    form.write_text("\n".join(rows))
    assert run(["import", str(form), "--format", "opening", "--bootstrap", bootstrap]) == 0
    assert capfd.readouterr().out == "300 clients sent\n"
    with worker(bootstrap, tmp_path / "worker.log"):
        wait_until(lambda: journaled(bootstrap) == count, "every client", 120, 0.5)
    statuses = Counter(json.loads(record.value)["client_id"] for record in read(bootstrap, "client-status"))
    assert (len(statuses), set(statuses.values())) == (count, {1})
    blocks = [json.loads(record.value) for record in read(bootstrap, "shipment-blocks")]
    assert sorted(block["client_id"] for block in blocks) == [f"C-{number:03}" for number in range(0, count, 10)]
    assert {block["type"] for block in blocks} == {"shipment.blocked"}
    assert read(bootstrap, "dead-letters") == []


def test_balances_of_a_day_to_come_are_not_sent(topics: Topics, capfd: Capture, tmp_path: Path) -> None:
    bootstrap = topics("--partitions", "1")
    tomorrow = datetime.now(ZoneInfo("Europe/Moscow")).date() + timedelta(days=1)
    form = tmp_path / "form.csv"
    form.write_text(f"client_id,kind,as_of\nA,client,2026-03-01\nB,client,{tomorrow}\n")
    assert run(["import", str(form), "--format", "opening", "--bootstrap", bootstrap]) == 2
    err = capfd.readouterr().err
    assert err.startswith(f"{form}:3: as_of {tomorrow} lies ahead; send the balances on their day or later\n")
    assert read(bootstrap, "clients") == []
