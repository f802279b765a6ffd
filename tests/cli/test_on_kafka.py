"""The commands against Apache Kafka: what they make there, and what they read from it."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic

from schemas.catalogue import TOPICS
from schemas.dead_letters import rejection_headers
from schemas.policy import policy_digest
from schemas.policy_file import default_policy
from schemas.records import Rejected
from streams.cli import sending
from streams.cli.main import run
from streams.cli.topic_readiness import wait_until_usable
from tests.harness.packaged import POLICY, SAMPLES
from tests.harness.waiting import SECONDS_MAX, wait_until

pytestmark = pytest.mark.kafka
ROOT = Path(__file__).parents[2]
SAMPLE = SAMPLES / "receivables.csv"
Capture = pytest.CaptureFixture[str]
Topics = Callable[..., str]


def read(bootstrap: str, topic: str) -> list[Any]:
    """Every record of a topic."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    try:
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Any] = []
        while len(found) < sum(ends.values()):
            for batch in consumer.poll(1_000).values():
                found += batch
        return found
    finally:
        consumer.close()


def publish(bootstrap: str, topic: str, *events: dict[str, Any]) -> None:
    """Sends outputs as a worker would."""
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for event in events:
        producer.send(topic, json.dumps(event).encode(), event["client_id"].encode()).get(30)
    producer.close()


def blocked(client: str, sequence: int) -> dict[str, Any]:
    return {
        "type": "shipment.blocked",
        "id": f"{client}:{sequence}",
        "client_id": client,
        "sequence": sequence,
        "effective_at": "2026-03-10T12:00:00+03:00",
        "explanation": {"en": f"Eight days overdue ({sequence}).", "ru": f"Просрочка восемь дней ({sequence})."},
    }


def test_created_topics_are_as_the_catalogue_says(empty: str, capfd: Capture) -> None:
    assert run(["topics", "create", "--bootstrap", empty, "--partitions", "3"]) == 0
    assert "payments: created with 3 partitions" in capfd.readouterr().out
    client = KafkaAdminClient(bootstrap_servers=empty)
    shapes = {topic["name"]: len(topic["partitions"]) for topic in client.describe_topics([t.name for t in TOPICS])}
    assert shapes == {topic.name: 3 for topic in TOPICS}
    resource = [ConfigResource(ConfigResourceType.TOPIC, name) for name in ("payments", "client-status")]
    config = client.describe_configs(resource, config_filter="all")["topic"]
    client.close()
    assert config["payments"]["message.timestamp.type"]["value"] == "LogAppendTime"
    assert config["payments"]["cleanup.policy"]["value"] == "delete"
    assert config["client-status"]["cleanup.policy"]["value"] == "compact"
    assert run(["topics", "check", "--bootstrap", empty]) == 0
    assert capfd.readouterr().out == f"all {len(TOPICS)} topics are as they should be, 3 partitions each\n"
    assert run(["topics", "create", "--bootstrap", empty]) == 0
    assert capfd.readouterr().out == f"all {len(TOPICS)} topics exist already\n"


def test_topics_with_simulated_time_keep_the_records_timestamps(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics("--simulated-time", "--partitions", "2")
    assert run(["topics", "check", "--bootstrap", bootstrap, "--simulated-time"]) == 0
    capfd.readouterr()
    assert run(["topics", "check", "--bootstrap", bootstrap]) == 1
    said = capfd.readouterr().out.splitlines()
    assert said == [
        "payments, shipments, sales, clients, judgements, policies, stoplist-turnover, stoplist-importance: "
        "message.timestamp.type is CreateTime, expected "
        "LogAppendTime; it is made for simulated time: give "
        "--simulated-time, or make it anew without"
    ]
    assert run(["topics", "check", "--bootstrap", bootstrap, "--simulated-time", "--partitions", "6"]) == 1
    (said_of_all,) = capfd.readouterr().out.splitlines()
    assert said_of_all.startswith(
        f"{', '.join(topic.name for topic in TOPICS)}: has 2 partitions where 6 are expected; "
    )


def test_check_says_each_difference_and_its_remedy(empty: str, capfd: Capture) -> None:
    client = KafkaAdminClient(bootstrap_servers=empty)
    wrong = [
        NewTopic("payments", 4, 1, topic_configs={"message.timestamp.type": "LogAppendTime", "retention.ms": "60000"}),
        NewTopic("client-status", 3, 1, topic_configs={"message.timestamp.type": "LogAppendTime"}),
    ]
    client.create_topics(wrong)
    wait_until_usable(client, [topic.name for topic in wrong])
    client.close()
    assert run(["topics", "check", "--bootstrap", empty, "--partitions", "4"]) == 1
    said = capfd.readouterr().out.splitlines()
    assert any(
        line.startswith("payments: retention.ms is 60000, expected ")
        and "kafka-configs.sh --alter --entity-type topics --entity-name payments --add-config retention.ms=" in line
        for line in said
    )
    assert any(line.startswith("client-status: has 3 partitions where 4 are expected; ") for line in said)
    assert any(line.startswith("client-status: cleanup.policy is delete, expected compact; ") for line in said)
    missing = next(line for line in said if line.endswith(": is missing; run stoplist topics create --partitions 4"))
    assert missing.startswith("shipments, sales, clients, ")
    assert not any(line.startswith("payments: message.timestamp.type") for line in said)


def test_more_copies_than_brokers_is_one_sentence(empty: str, capfd: Capture) -> None:
    assert run(["topics", "create", "--bootstrap", empty, "--replication", "3"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "cannot be created" in err


def test_a_policy_is_activated_in_every_partition(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics("--partitions", "3")
    file = POLICY
    assert run(["policy", "activate", str(file), "--bootstrap", bootstrap]) == 0
    digest = policy_digest(default_policy())
    assert capfd.readouterr().out == f"version 1, digest {digest}, activated on 3 partitions\n"
    records = read(bootstrap, "policies")
    assert sorted(record.partition for record in records) == [0, 1, 2]
    assert {record.key for record in records} == {None}
    assert len({record.value for record in records}) == 1
    event = json.loads(records[0].value)
    assert (event["type"], event["version"]) == ("policy.activated", 1)
    assert event["policy"] == default_policy().to_document()


def test_the_policy_in_force_is_the_highest_valid_one(topics: Topics, capfd: Capture, tmp_path: Path) -> None:
    bootstrap = topics("--partitions", "2")
    assert run(["policy", "show", "--active", "--bootstrap", bootstrap]) == 2
    assert "no policy was activated yet" in capfd.readouterr().err
    for version in (3, 4):
        file = tmp_path / f"{version}.yaml"
        file.write_text(f"version: {version}\nwindow_days: {version}00\n")
        assert run(["policy", "activate", str(file), "--bootstrap", bootstrap]) == 0
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    producer.send("policies", b'{"type":"policy.activated","policy":{"version":"no"}}', partition=0).get(30)
    lower = {**default_policy().to_document(), "version": 3, "window_days": 200}
    euro = {**default_policy().to_document(), "version": 9, "currency": "EUR"}
    for ignored in (lower, {**lower, "version": 4}, euro):  # as other programs may send them
        event = {"type": "policy.activated", "id": "P", "version": ignored["version"], "policy": ignored}
        producer.send("policies", json.dumps(event).encode(), partition=0).get(30)
    producer.close()
    capfd.readouterr()
    assert run(["policy", "show", "--active", "--bootstrap", bootstrap]) == 0
    shown = tmp_path / "shown.yaml"
    shown.write_text(capfd.readouterr().out)
    assert "window_days: 400\n" in shown.read_text()
    assert run(["policy", "check", str(shown)]) == 0  # what is shown is a policy file
    assert capfd.readouterr().out == shown.read_text().splitlines()[0].removeprefix("# ") + "\n"


def test_what_a_producer_aborts_is_not_read_by_commands_either(topics: Topics, capfd: Capture, unique: str) -> None:
    bootstrap = topics("--partitions", "1")
    event = {"type": "policy.activated", "id": "P", "version": 1, "policy": default_policy().to_document()}
    producer = KafkaProducer(bootstrap_servers=bootstrap, transactional_id=unique)
    producer.init_transactions()
    producer.begin_transaction()
    producer.send("policies", json.dumps(event).encode(), partition=0).get(30)
    producer.abort_transaction()
    producer.close()
    assert run(["policy", "show", "--active", "--bootstrap", bootstrap]) == 2
    assert "no policy was activated yet" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 3\n", "version 4 is in force and workers would ignore version 3; write version: 5 or higher"),
        (
            "version: 4\nwindow_days: 300\n",
            "version 4 is in force with other numbers and workers would ignore version 4; write version: 5 or higher",
        ),
        (
            "version: 5\ncurrency: EUR\n",
            "currency is EUR, but workers keep balances in USD and would not use it; write currency: USD",
        ),
    ],
)
def test_what_workers_would_not_use_is_not_activated(
    topics: Topics, capfd: Capture, tmp_path: Path, text: str, said: str
) -> None:
    bootstrap = topics("--partitions", "2")
    file = tmp_path / "policy.yaml"
    for _ in range(2):  # the same again changes nothing, and brings it where it did not arrive
        file.write_text("version: 4\nwindow_days: 400\n")
        assert run(["policy", "activate", str(file), "--bootstrap", bootstrap]) == 0
    capfd.readouterr()
    file.write_text(text)
    assert run(["policy", "activate", str(file), "--bootstrap", bootstrap]) == 2
    assert capfd.readouterr() == ("", f"stoplist: {file}: {said}\n")
    assert len(read(bootstrap, "policies")) == 4


def test_a_first_policy_has_the_currency_of_the_workers(topics: Topics, capfd: Capture, tmp_path: Path) -> None:
    bootstrap = topics("--partitions", "1")
    euro, own = tmp_path / "euro.yaml", tmp_path / "own.yaml"
    euro.write_text("version: 2\ncurrency: EUR\n")
    own.write_text("version: 1\ncurrency: EUR\n")
    command = ["policy", "activate", str(euro), "--bootstrap", bootstrap]
    assert run(command) == 2
    assert "workers keep balances in USD (so says the policy that ships; name another with --policy)" in (
        capfd.readouterr().err
    )
    assert run([*command, "--policy", str(own)]) == 0
    capfd.readouterr()
    show = ["policy", "show", "--active", "--bootstrap", bootstrap, "--policy", str(own)]
    assert run(show) == 0
    assert "currency: EUR\n" in capfd.readouterr().out


def test_a_policy_on_simulated_time_needs_its_instant(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics("--partitions", "2", "--simulated-time")
    command = ["policy", "activate", str(POLICY), "--bootstrap", bootstrap]
    assert run(command) == 2
    assert "say with --at when the policy comes into force" in capfd.readouterr().err
    assert run([*command, "--at", "2012-01-01T00:00:00+04:00"]) == 0
    assert {record.timestamp for record in read(bootstrap, "policies")} == {1_325_361_600_000}


def test_the_brokers_clock_says_when_a_policy_comes_into_force(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics("--partitions", "2")
    command = ["policy", "activate", str(POLICY), "--bootstrap", bootstrap]
    assert run([*command, "--at", "2012-01-01T00:00:00+04:00"]) == 2
    assert "leave out --at" in capfd.readouterr().err
    assert read(bootstrap, "policies") == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["policy", "activate", str(POLICY)],
        ["import", str(SAMPLE), "--format", "receivables"],
        ["watch", "blocks", "--once"],
        ["obligations"],
        ["worker"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_missing_topics_are_one_sentence(
    empty: str, capfd: Capture, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("STOPLIST_TOPICS_WAIT_MS", "1")
    assert run([*arguments, "--bootstrap", empty]) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "missing" in err
    assert "stoplist topics create" in err


def test_a_ledger_is_sent_with_its_own_times_to_the_clients_partitions(
    topics: Topics, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_BATCH", 10)  # the last is not full
    bootstrap = topics("--simulated-time", "--partitions", "12")
    assert run(["import", str(SAMPLE), "--format", "receivables", "--bootstrap", bootstrap]) == 0
    assert capfd.readouterr().out == "47 events sent\n"
    sent = {name: read(bootstrap, name) for name in ("shipments", "sales", "payments")}
    assert {name: len(records) for name, records in sent.items()} == {"shipments": 12, "sales": 12, "payments": 11}
    first = min(sent["shipments"], key=lambda record: record.timestamp)
    assert first.timestamp == 1_765_778_400_000  # 2025-12-15 09:00 in Moscow
    assert first.key == b"1001-NORTH"
    for records in sent.values():  # a client is in one partition, the same in every topic
        assert {record.partition for record in records if record.key == b"1001-NORTH"} == {first.partition}


def test_a_ledger_of_the_past_is_not_sent_to_topics_stamped_on_arrival(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics("--partitions", "1")
    assert run(["import", str(SAMPLE), "--format", "receivables", "--bootstrap", bootstrap]) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "stoplist topics create --simulated-time" in err
    assert read(bootstrap, "shipments") == []


def test_watch_prints_each_output_once_as_a_line(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics("--partitions", "2")
    publish(bootstrap, "shipment-blocks", blocked("A", 3), blocked("B", 1), blocked("A", 3), blocked("A", 2))
    assert run(["watch", "blocks", "--once", "--bootstrap", bootstrap]) == 0
    lines = sorted(capfd.readouterr().out.splitlines())
    assert lines == [
        "2026-03-10 12:00  A  BLOCKED   Eight days overdue (3).",
        "2026-03-10 12:00  B  BLOCKED   Eight days overdue (1).",
    ]
    assert run(["watch", "blocks", "--once", "--json", "--client", "B", "--bootstrap", bootstrap]) == 0
    assert json.loads(capfd.readouterr().out) == blocked("B", 1)
    assert run(["watch", "blocks", "--once", "--language", "ru", "--client", "B", "--bootstrap", bootstrap]) == 0
    assert "Просрочка восемь дней (1)." in capfd.readouterr().out


def test_watch_begins_with_what_is_new_and_ends_when_nothing_comes(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics("--partitions", "2")
    publish(bootstrap, "shipment-blocks", blocked("A", 1))
    assert run(["watch", "blocks", "--until-idle", "0.5", "--bootstrap", bootstrap]) == 0
    assert capfd.readouterr().out == ""
    assert run(["watch", "blocks", "--until-idle", "0.5", "--from-beginning", "--bootstrap", bootstrap]) == 0
    assert capfd.readouterr().out.count("BLOCKED") == 1


def test_watch_says_what_is_no_output_and_goes_on(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics("--partitions", "1")
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    producer.send("shipment-blocks", b"no json", b"A").get(30)
    producer.send("shipment-blocks", None, b"A").get(30)
    producer.close()
    publish(bootstrap, "shipment-blocks", blocked("A", 1))
    assert run(["watch", "blocks", "--once", "--bootstrap", bootstrap]) == 0
    out, err = capfd.readouterr()
    assert out.count("\n") == 1
    assert err == "stoplist: shipment-blocks/0/0 is no output of stoplist; look who writes there\n"


def test_dead_letters_are_told_once_with_place_reason_and_remedy(topics: Topics, capfd: Capture) -> None:
    bootstrap = topics("--partitions", "2")
    why = Rejected("unknown_type", "type", "Send an event that the contract lists.")
    headers = rejection_headers("payments", 1, 17, why)
    value = b'{"type":"payment.recieved",\n"id":"\x1b[31m' + b"x" * 200 + b'"}'
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for _ in range(2):  # at least once
        producer.send("dead-letters", value, b"C-1", headers=headers).get(30)
    producer.send("dead-letters", b"?", None, partition=0).get(30)  # somebody else's
    producer.close()
    assert run(["watch", "dead-letters", "--once", "--bootstrap", bootstrap]) == 0
    first, second = sorted(capfd.readouterr().out.splitlines(), reverse=True)
    assert first.startswith(
        "payments/1/17  C-1  unknown_type  The field `type` names no event of the contract. Send an event that the "
        'contract lists.  {"type":"payment.recieved",\\n"id":"\\x1b[31mxxx'
    )
    assert first.endswith("x…")
    assert second.startswith("dead-letters/0/")
    assert run(["watch", "dead-letters", "--once", "--json", "--bootstrap", bootstrap]) == 0
    letters = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    (letter,) = [letter for letter in letters if letter["place"] == "payments/1/17"]
    assert (letter["reason"], letter["field"], letter["key"]) == ("unknown_type", "type", "C-1")
    assert letter["value"] == value.decode()


def test_ctrl_c_ends_watch_without_a_trace(topics: Topics, tmp_path: Path) -> None:
    bootstrap = topics("--partitions", "1")
    publish(bootstrap, "shipment-blocks", blocked("A", 1))
    command = [sys.executable, "-m", "streams.cli", "watch", "blocks", "--from-beginning", "--bootstrap", bootstrap]
    seen = tmp_path / "out"
    with seen.open("wb") as out, subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.PIPE) as process:
        try:
            wait_until(lambda: b"BLOCKED" in seen.read_bytes(), "the first line")
            process.send_signal(signal.SIGINT)
            assert process.wait(SECONDS_MAX) == 130
            assert process.stderr is not None
            assert process.stderr.read() == b""
        finally:
            process.kill()  # else the block would wait for it without end


def test_a_judgement_is_tried_by_the_policy_in_force_and_sent_to_its_client(
    topics: Topics, capfd: Capture, tmp_path: Path
) -> None:
    bootstrap = topics("--partitions", "2")
    key, policy = tmp_path / "p.key", tmp_path / "policy.yaml"
    assert run(["keys", "new", "p", "--holder", "P", "--role", "manager", "--out", str(key)]) == 0
    policy.write_text("version: 2\n" + capfd.readouterr().out)
    limit = ["limit", "C-1", "500.00", "--key", str(key), "--id", "L1", "--bootstrap", bootstrap]
    assert run(limit) == 2
    assert "key_id: Use a key that the policy in force lists" in capfd.readouterr().err
    assert run(["policy", "activate", str(policy), "--bootstrap", bootstrap]) == 0
    capfd.readouterr()
    assert run(limit) == 0
    assert capfd.readouterr().out.startswith("L1: credit_limit.set sent (judgements, partition ")
    (record,) = read(bootstrap, "judgements")
    assert (record.key, json.loads(record.value)["amount"]) == (b"C-1", "500.00")
