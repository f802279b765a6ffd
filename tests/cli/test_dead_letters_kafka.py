"""`stoplist dead-letters` on Apache Kafka: what is listed, shown whole, sent again, and what is refused."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from schemas.dead_letters import rejection_headers
from schemas.partitioning import partition_of
from schemas.records import Rejected
from streams.cli.main import run
from tests.cli.test_on_kafka import read
from tests.harness.waiting import SECONDS_MAX
from tests.schemas.examples import EXAMPLES, record

pytestmark = pytest.mark.kafka
Capture = pytest.CaptureFixture[str]
Topics = Callable[..., str]
PARTITIONS = 2
GOOD = record("client.closed", on="2026-03-01", client_id="C-7")
BINARY = b'{"type":"\xff\x00\x1b[31m'
LETTERS: dict[str, tuple[bytes | None, bytes | None, Rejected]] = {
    "clients/0/1": (b"C-8", GOOD, Rejected("key_mismatch", "client_id", "Send it under its client_id.")),
    "clients/0/2": (b"C-7", GOOD, Rejected("limit_exceeded", None, "Raise limits.facts_max of the policy.")),
    "payments/0/3": (b"C-7", BINARY, Rejected("invalid_json", None, "Send one JSON object in UTF-8.")),
    "payments/1/4": (b"C-7", GOOD, Rejected("wrong_topic", "type", "Send client.closed to the topic clients.")),
    "payments/1/5": (b"C-9", None, Rejected("empty_value", None, "Send the whole fact again with voided true.")),
    "clients/1/6": (b"C-7", GOOD, Rejected("conflicting_revision", "revision", "Send it with a higher revision.")),
    "payments/1/7": (
        b"C-7",
        b'{"type":"payments.completed","id":"day","through":"2026-03-01"}',
        Rejected("not_a_broadcast", "key", "Send it without a key, to every partition."),
    ),
    "stoplist-importance/0/8": (b"C-7", b"{", Rejected("invalid_json", None, "Only stoplist writes this topic.")),
}


@pytest.fixture
def letters(topics: Topics) -> str:
    """A broker with these dead letters, each written twice."""
    bootstrap = topics("--partitions", str(PARTITIONS))
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for place, (key, value, why) in LETTERS.items():
        topic, partition, offset = place.split("/")
        headers = rejection_headers(topic, int(partition), int(offset), why)
        for _ in range(2):
            producer.send("dead-letters", value, key, headers=headers, partition=int(partition)).get(30)
    producer.close()
    return bootstrap


def listed(capfd: Capture, bootstrap: str, *filters: str) -> list[dict[str, Any]]:
    assert run(["dead-letters", "list", "--bootstrap", bootstrap, *filters]) == 0
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def sent(bootstrap: str, topic: str) -> list[tuple[int, bytes | None, bytes | None, dict[str, bytes]]]:
    return sorted((one.partition, one.key, one.value, dict(one.headers)) for one in read(bootstrap, topic))


def refused(capfd: Capture, bootstrap: str, *arguments: str) -> str:
    assert run(["dead-letters", "retry", "--bootstrap", bootstrap, *arguments]) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "Traceback" not in err
    return err


def test_the_list_has_each_once_and_is_narrowed(letters: str, capfd: Capture) -> None:
    everything = listed(capfd, letters)
    assert sorted(one["place"] for one in everything) == sorted(LETTERS)
    (binary,) = [one for one in everything if one["place"] == "payments/0/3"]
    assert bytes.fromhex(binary["value_hex"]) == BINARY
    assert (binary["topic"], binary["reason"], binary["key"]) == ("payments", "invalid_json", "C-7")
    assert [one["place"] for one in listed(capfd, letters, "--client", "C-8")] == ["clients/0/1"]
    narrowed = listed(capfd, letters, "--topic", "payments", "--reason", "empty_value", "--reason", "invalid_json")
    assert sorted(one["place"] for one in narrowed) == ["payments/0/3", "payments/1/5"]
    assert listed(capfd, letters, "--since", "2200-01-01T00:00:00Z") == []
    assert len(listed(capfd, letters, "--since", "2020-01-01T00:00:00Z")) == len(LETTERS)
    assert run(["dead-letters", "list", "--bootstrap", letters, "--reason", "lost"]) == 2
    assert "'lost' is no reason; it is one of invalid_json, " in capfd.readouterr().err


def test_one_is_shown_whole_and_a_terminal_obeys_nothing_in_it(letters: str, capfd: Capture) -> None:
    assert run(["dead-letters", "show", "payments/0/3", "--bootstrap", letters]) == 0
    shown = capfd.readouterr().out
    assert "invalid_json: The value is not JSON in UTF-8." in shown
    assert "remedy    Send one JSON object in UTF-8." in shown
    assert "7b 22 74 79 70 65 22 3a 22 ff 00 1b" in shown
    assert "\x1b" not in shown
    assert run(["dead-letters", "show", "payments/1/5", "--bootstrap", letters]) == 0
    assert "none (a tombstone)" in capfd.readouterr().out
    assert run(["dead-letters", "show", "payments/0/99", "--bootstrap", letters]) == 2
    assert "there is no dead letter payments/0/99" in capfd.readouterr().err
    assert run(["dead-letters", "show", "payments", "--bootstrap", letters]) == 2
    assert "'payments' is no id of a dead letter; it is topic/partition/offset" in capfd.readouterr().err


def test_the_value_alone_is_given_byte_for_byte(letters: str) -> None:
    command = [sys.executable, "-m", "streams.cli", "dead-letters", "show", "payments/0/3", "--value"]
    given = subprocess.run([*command, "--bootstrap", letters], capture_output=True, check=True, timeout=SECONDS_MAX)
    assert given.stdout == BINARY


@pytest.mark.parametrize("place", ["clients/0/1", "clients/0/2", "payments/1/4"])
def test_its_bytes_go_to_the_right_topic_under_the_right_key(letters: str, capfd: Capture, place: str) -> None:
    assert run(["dead-letters", "retry", place, "--bootstrap", letters]) == 0
    partition = partition_of(b"C-7", PARTITIONS)
    assert f"{place}: sent to clients, key C-7 (partition {partition}, offset 0)" in capfd.readouterr().out
    assert sent(letters, "clients") == [(partition, b"C-7", GOOD, {"stoplist-retry": place.encode()})]
    assert sent(letters, "payments") == []


def test_a_broadcast_goes_to_every_partition_without_a_key(letters: str, capfd: Capture) -> None:
    assert run(["dead-letters", "retry", "payments/1/7", "--bootstrap", letters]) == 0
    assert capfd.readouterr().out.count("sent to payments, no key") == PARTITIONS
    assert [(one[0], one[1]) for one in sent(letters, "payments")] == [(0, None), (1, None)]


def test_what_cannot_help_is_refused_with_the_remedy(letters: str, capfd: Capture, tmp_path: Path) -> None:
    assert "it would be refused again as invalid_json" in refused(capfd, letters, "payments/0/3")
    assert "it would be refused again as empty_value" in refused(capfd, letters, "payments/1/5")
    assert "conflicting_revision will not change" in refused(capfd, letters, "clients/1/6")
    assert "only Stoplist writes its topic" in refused(capfd, letters, "stoplist-importance/0/8")
    file = tmp_path / "corrected.json"
    file.write_bytes(record("payment.received", client_id="C-7", amount="1.234"))
    assert "invalid_field; amount: must be" in refused(capfd, letters, "payments/0/3", "--value", str(file))
    file.write_bytes(record("credit_limit.set", client_id="C-7"))
    assert "not_authorised" in refused(capfd, letters, "payments/0/3", "--value", str(file))
    file.write_bytes(record("payment.received", client_id="C-7", value_date="2199-01-01"))
    assert "future_dated" in refused(capfd, letters, "payments/0/3", "--value", str(file))
    assert "name the dead letters by their ids" in refused(capfd, letters)
    assert "--value is for one dead letter" in refused(capfd, letters, "--client", "C-7", "--value", str(file))
    assert "cannot be read" in refused(capfd, letters, "payments/0/3", "--value", str(tmp_path / "nowhere"))
    assert "no dead letter is like that" in refused(capfd, letters, "--client", "nobody")
    assert sent(letters, "payments") == sent(letters, "clients") == []


def test_a_corrected_value_is_sent_instead(letters: str, capfd: Capture, tmp_path: Path) -> None:
    file = tmp_path / "corrected.json"
    corrected = json.dumps({**EXAMPLES["payment.received"], "client_id": "C-8"}).encode()
    file.write_bytes(corrected + b"\n")
    assert run(["dead-letters", "retry", "payments/0/3", "--value", str(file), "--bootstrap", letters]) == 0
    assert "sent to payments, key C-8" in capfd.readouterr().out
    assert [one[1:3] for one in sent(letters, "payments")] == [(b"C-8", corrected)]


def test_many_are_sent_only_when_that_is_meant(letters: str, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    chosen = ["--client", "C-7", "--topic", "payments", "--topic", "payments"]
    assert run(["dead-letters", "retry", "--bootstrap", letters, *chosen]) == 2
    err = capfd.readouterr().err
    assert "2 records would be sent (1 to clients, 1 to payments); give --yes when that is meant" in err
    assert "payments/0/3 is not sent: it would be refused again as invalid_json" in err
    assert sent(letters, "clients") == []
    assert run(["dead-letters", "retry", "--yes", "--bootstrap", letters, *chosen]) == 1  # one is refused
    assert len(sent(letters, "clients")) == 1
    assert len(sent(letters, "payments")) == PARTITIONS
