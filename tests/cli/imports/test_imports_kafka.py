"""Through Apache Kafka: each client's partition, a register that is lost, a folder, ten thousand lines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer

from schemas.partitioning import partition_of
from streams.cli.imports import importing
from streams.cli.main import run
from streams.cli.state_reading import records
from tests.cli.imports.harness import CLIENTS, statement

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]
Topics = Callable[..., str]
Capture = pytest.CaptureFixture[str]


def _payments(bootstrap: str) -> list[Any]:
    reader = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    try:
        return list(records(reader, "payments"))
    finally:
        reader.close()


def test_a_folder_is_sent_once_even_when_its_register_is_lost(topics: Topics, tmp_path: Path, capfd: Capture) -> None:
    bootstrap = topics("--partitions", "3")
    policy, folder = tmp_path / "policy.yaml", tmp_path / "folder"
    policy.write_text("version: 1\ncurrency: RUB\n")
    folder.mkdir()
    (folder / "clients.csv").write_bytes(CLIENTS.read_bytes())
    command = ["import", "--watch", str(folder), "--once", "--policy", str(policy), "--bootstrap", bootstrap]

    (folder / "a.txt").write_bytes(statement({"Номер": "1"}, {"Номер": "2", "ПлательщикИНН": "7702000028"}))
    assert run(command) == 0
    sent = _payments(bootstrap)
    assert sorted(record.key for record in sent) == [b"romashka", b"vesna"]
    assert all(record.partition == partition_of(record.key, 3) for record in sent)

    (folder / "b.txt").write_bytes(statement({"Номер": "1", "Сумма": "120.00"}))
    assert run(command) == 0
    for file in folder.glob("register.sqlite*"):
        file.unlink()
    (folder / "a.txt").write_bytes(statement({"Номер": "1"}, {"Номер": "3"}))
    assert run(command) == 0
    values = [json.loads(record.value) for record in _payments(bootstrap)]
    told = sorted((value["document"], value.get("revision", 1), value["amount"]) for value in values)
    assert told == [("1", 1, "100.00"), ("1", 2, "120.00"), ("2", 1, "100.00"), ("3", 1, "100.00")]
    assert "1 older than a correction that was imported" in capfd.readouterr().out


def test_a_table_of_many_lines_arrives_whole_and_in_order(
    topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_BATCH", 3_000)
    bootstrap = topics("--partitions", "3")
    policy, mapping, table = tmp_path / "p.yaml", tmp_path / "m.yaml", tmp_path / "t.csv"
    policy.write_text("version: 1\ncurrency: RUB\n")
    mapping.write_text("kind: payment.received\ncolumns: {number: n, value_date: d, amount: a, client_id: c}\n")
    table.write_text("n;d;a;c\n" + "".join(f"{n};2026-03-03;{n + 1}.00;c{n % 7}\n" for n in range(10_000)))
    register = ["--register", str(tmp_path / "r.sqlite"), "--unmatched", str(tmp_path / "u.csv")]
    options = ["--mapping", str(mapping), "--policy", str(policy), "--bootstrap", bootstrap, *register]
    assert run(["import", str(table), *options]) == 0
    by_client: dict[bytes, list[int]] = {}
    for record in _payments(bootstrap):
        by_client.setdefault(record.key, []).append(int(json.loads(record.value)["document"]))
    assert by_client == {f"c{n}".encode(): list(range(n, 10_000, 7)) for n in range(7)}


def test_a_broker_that_does_not_answer_is_one_sentence_and_the_file_stays(tmp_path: Path, capfd: Capture) -> None:
    (tmp_path / "a.txt").write_bytes(statement({}))
    assert run(["import", "--watch", str(tmp_path), "--once", "--bootstrap", "127.0.0.1:1"]) == 2
    assert capfd.readouterr().err == (
        "stoplist: no Kafka broker answers at 127.0.0.1:1; start it, or name another with --bootstrap\n"
    )
    assert (tmp_path / "a.txt").exists()
