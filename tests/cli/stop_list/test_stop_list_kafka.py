"""Through Apache Kafka: readers in Python and Java drop repeats and fail closed; pages and tables say who is out."""

import csv
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from schemas.envelope import cloud_event_headers
from streams.cli.main import run
from streams.cli.stop_list import Answer, StopList
from tests.harness.kafka.jars import jars
from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]
EXAMPLES = Path(__file__).parents[3] / "docs/examples/integrate"
Topics = Callable[..., str]
Capture = pytest.CaptureFixture[str]
AT = "2026-03-01T12:00:00+03:00"
PAY = {"kind": "payment", "amount": "1180000.00", "currency": "RUB", "obligations": []}


def block(client: str, sequence: int) -> dict[str, Any]:
    conditions = [{"reason": "overdue", "since": "2026-02-28T12:00:00+03:00", "because": [], "lifted_by": [PAY]}]
    said = {"en": "Nine days overdue.", "ru": "Просрочка девять дней."}
    event = {"type": "shipment.blocked", "id": f"{client}:{sequence}", "client_id": client, "sequence": sequence}
    more = {"conditions": conditions, "opened": ["overdue"], "closed": []}
    return {**event, "effective_at": AT, "explanation": said, **more}


def release(client: str, sequence: int) -> dict[str, Any]:
    return {**block(client, sequence), "type": "shipment.released", "conditions": [], "opened": []}


def publish(bootstrap: str, topic: str, *events: dict[str, Any]) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for event in events:
        headers = cloud_event_headers(event["client_id"], event.get("sequence", 1), event["type"], AT)
        producer.send(topic, json.dumps(event).encode(), event["client_id"].encode(), headers=headers)
    producer.flush()
    producer.close()


@pytest.fixture
def published(topics: Topics) -> str:
    """A is stopped; B was, and an old record of its block comes once more; C never was."""
    bootstrap = topics("--partitions", "2")
    publish(bootstrap, "shipment-blocks", release("A", 1), block("A", 2), block("B", 1), release("B", 2), block("B", 1))
    return bootstrap


def test_the_reader_in_three_lines_follows_and_drops_repeats(published: str) -> None:
    with StopList(published) as stop_list:
        answers = [stop_list.ask(client) for client in "ABC"]
        assert answers == [Answer.BLOCKED, Answer.FREE, Answer.FREE]
        publish(published, "shipment-blocks", block("C", 1))
        wait_until(lambda: stop_list.ask("C") is Answer.BLOCKED, "the block arrives")
        publish(published, "shipment-blocks", {**block("C", 2), "type": "shipment.something_new"})
        publish(published, "shipment-blocks", release("A", 3))
        wait_until(lambda: stop_list.ask("A") is Answer.FREE, "the release arrives")
        assert stop_list.ask("C") is Answer.BLOCKED  # what we do not know is no permission
    assert stop_list.ask("B") is Answer.UNKNOWN


def test_without_word_from_the_broker_the_answer_is_unknown(published: str) -> None:
    with StopList("127.0.0.1:1", wait_seconds=0.1) as stop_list:
        assert stop_list.ask("C") is Answer.UNKNOWN
        assert not stop_list.ask("C").may_ship
    with StopList(published, silent_seconds_max=-1) as stop_list:
        assert stop_list.ask("C") is Answer.UNKNOWN


def _told(*command: str | Path) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()


def test_the_recipe_in_plain_python_answers_and_fails_closed(published: str) -> None:
    script = EXAMPLES / "stop_list.py"
    assert _told(sys.executable, script, published, "A", "B", "C") == ["A blocked", "B free", "C free"]
    assert _told(sys.executable, script, "127.0.0.1:1", "C") == ["C unknown"]


def test_the_recipe_in_java_compiles_answers_and_fails_closed(published: str) -> None:
    java = shutil.which("java")
    assert java is not None
    command = (java, "-XX:TieredStopAtLevel=1", "-cp", f"{jars()}/*", EXAMPLES / "StopList.java")
    assert _told(*command, published, "A", "B", "C") == ["A blocked", "B free", "C free"]
    assert _told(*command, "127.0.0.1:1", "C") == ["C unknown"]


def test_the_stop_list_is_a_page_and_a_table(published: str, capfd: Capture, tmp_path: Path) -> None:
    name = {"type": "client.registered", "id": "A", "client_id": "A", "name": "<b>=Ромашка</b>"}
    publish(published, "clients", name, {**name, "revision": 2, "name": "=Ромашка & <i>Ко</i>"})
    status = {"outstanding": "1180000.00", "currency": "RUB", "overdue_days_current": 9, "effective_at": AT}
    publish(published, "client-status", {"type": "client.status", "client_id": "A", "sequence": 2, **status})
    page = tmp_path / "page.html"
    assert run(["stop-list", "--language", "ru", "--out", str(page), "--bootstrap", published]) == 0
    html = page.read_text()
    for said in ("=Ромашка &amp; &lt;i&gt;Ко&lt;/i&gt;", "Просрочка девять дней.", "оплата 1\u00a0180\u00a0000.00 RUB",
                 "2026-02-28", "клиентов: 1"):  # fmt: skip
        assert said in html
    assert "<i>" not in html and ">B<" not in html
    assert run(["stop-list", "--format", "csv", "--bootstrap", published]) == 0
    (row,) = csv.DictReader(io.StringIO(capfd.readouterr().out))
    assert (row["client_id"], row["name"], row["reasons"]) == ("A", "'=Ромашка & <i>Ко</i>", "overdue")
    assert (row["outstanding"], row["overdue_days"]) == ("1180000.00", "9")


def test_the_digest_tells_one_day_in_the_companys_zone(published: str, capfd: Capture, tmp_path: Path) -> None:
    refused = {**block("C", 7), "type": "shipment.refused", "effective_at": "2026-03-01T23:30:00+03:00"}
    other = {**refused, "sequence": 8, "id": "C:8", "effective_at": "2026-03-01T22:30:00Z"}  # 2 March in Moscow
    publish(published, "shipment-decisions", refused, other)
    assert run(["digest", "--day", "2026-03-01", "--bootstrap", published]) == 0
    out = capfd.readouterr().out
    assert "Stopped: 2\n" in out and "Requests refused: 1\n  23:30  C  Nine days overdue.\n" in out
    assert "Left and should not have: none\n" in out
    page = tmp_path / "day.html"
    assert run(["digest", "--day", "2026-03-02", "--format", "html", "--out", str(page), "--bootstrap", published]) == 0
    assert "Requests refused: 1" in page.read_text()
    assert run(["digest", "--day", "1 March", "--bootstrap", published]) == 2
