"""Bad input through `stoplist worker` on Apache Kafka: nothing lost, and a producer that turns bad stops it."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from kafka import KafkaProducer

from schemas import decoding
from schemas.catalogue import DEAD_LETTERS, JOURNAL
from schemas.events import BROADCASTS
from schemas.records import Rejected
from streams.cli.state_reading import states
from streams.engine.misrouting import ORIGIN_HEADER
from tests.cli.test_on_kafka import read
from tests.fuzz.facts import FORGOTTEN, fact_id, fact_of
from tests.fuzz.sent import Sent
from tests.fuzz.stream import PARTITIONS, Stream
from tests.fuzz.valid import IMPORTANCE
from tests.harness.records import end_offsets
from tests.harness.waiting import SECONDS_MAX, wait_until
from tests.schemas.examples import record

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]
Topics = Callable[..., str]
ROOT = Path(__file__).parents[2]
RECORDS = 10_000
SEED = "worker/3"


class Worker:
    """`stoplist worker` as a process."""

    def __init__(self, bootstrap: str, directory: Path, policy: dict[str, Any], *flags: str, **settings: str) -> None:
        self.log = directory / "worker.log"
        file = directory / "policy.yaml"
        file.write_text(yaml.safe_dump(policy))
        environment = {**os.environ, **{f"STOPLIST_{name.upper()}": value for name, value in settings.items()}}
        command = [sys.executable, "-m", "streams.cli", "worker", "--bootstrap", bootstrap, "--policy", str(file)]
        with self.log.open("wb") as out:
            self.process = subprocess.Popen([*command, *flags], cwd=ROOT, env=environment, stdout=out, stderr=out)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def stopped(self) -> int:
        """The exit code after SIGTERM."""
        self.process.terminate()
        return self.process.wait(SECONDS_MAX)


def send(bootstrap: str, records: list[Sent]) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=20)
    sent = []
    for one in records:
        value = b"" if one.key is None and one.value is None else one.value  # kafka-python sends not both
        headers = [(name, data or b"") for name, data in one.headers]
        place = {"partition": one.partition, "timestamp_ms": one.timestamp}
        sent.append(producer.send(one.topic, value, one.key, headers=headers, **place))
    assert [future.get(60).offset for future in sent] == [one.offset for one in records]
    producer.close()


def folded(bootstrap: str) -> Counter[tuple[str, int]]:
    """How far the journal says each partition of each topic was folded."""
    reached: Counter[tuple[str, int]] = Counter()
    for one in read(bootstrap, JOURNAL):
        said = json.loads(one.value)
        if said["type"] == "chunk":
            for topic, _, last, *_ in ((said["topic"], said["first"], said["last"]), *said.get("more", ())):
                reached[topic, one.partition] = max(reached[topic, one.partition], last + 1)
    return reached


Name = tuple[str, str, str]


def in_vain(letters: dict[str, Any]) -> set[Name]:
    """Facts that waited for a partner until they were dead letters: of their repeats nothing is left either."""
    events: list[Any] = [
        decoding._judged(place.split("/")[0], one.value)
        for place, one in letters.items()
        if dict(one.headers)["stoplist-reason"] == b"partner_missing"
    ]
    return {(event.client_id, event.type, fact_id(event)) for event in events}


def fate(one: Any, letters: dict[str, Any], known: dict[str, Any], gone: set[Name]) -> str:
    """What became of a record that lies in an input topic, by what lies in the outputs and the snapshots."""
    place = f"{one.topic}/{one.partition}/{one.offset}"
    if (letter := letters.get(place)) is not None:
        assert (letter.key, letter.value) == (one.key, one.value), place
        return "dead letter"
    if one.topic == IMPORTANCE:
        return "taken"
    event: Any = decoding._judged(one.topic, one.value)
    assert not isinstance(event, Rejected), f"{place}: silently dropped: {event}"
    if isinstance(event, BROADCASTS) or event.type in FORGOTTEN:
        return "taken"
    if (event.client_id, event.type, fact_id(event)) in gone:
        return "duplicate of a dead letter"
    fact = fact_of(known[event.client_id], event)
    assert fact is not None, f"{place}: silently dropped: {event}"
    assert fact.revision >= event.revision, place
    return "in the state"


def test_ten_thousand_mutated_records_are_all_accounted_for(topics: Topics, tmp_path: Path) -> None:
    bootstrap = topics("--simulated-time", "--partitions", str(PARTITIONS))
    stream = Stream(Random(SEED))
    records = stream.records(RECORDS)
    assert stream.writer.policy.window_days == 365, "no fact is folded away"
    send(bootstrap, records)
    names = sorted({one.topic for one in records})
    with Worker(
        bootstrap, tmp_path, stream.writer.policy.to_document(), "--simulated-time",
        bad_records_max="0", snapshot_interval_ms="200",
    ) as worker:  # fmt: skip

        def done() -> bool:
            assert worker.process.poll() is None, worker.log.read_text()[-4000:]
            wanted = {(name, at): end for name in names for at, end in end_offsets(bootstrap, name).items() if end}
            reached = folded(bootstrap)
            return all(reached[place] >= end for place, end in wanted.items())

        wait_until(done, "every record folded, forwarded ones too", 200, 1)
        assert worker.stopped() == 0, worker.log.read_text()[-4000:]
    assert "client_failed" not in worker.log.read_text()
    there = [one for name in names for one in read(bootstrap, name)]
    letters = {dict(one.headers)["stoplist-id"].decode(): one for one in read(bootstrap, DEAD_LETTERS)}
    copies = [one for one in there if one.offset >= 0 and (ORIGIN_HEADER in dict(one.headers))]
    copied = {dict(one.headers)[ORIGIN_HEADER].decode() for one in copies}
    known, gone = {state.id: state for state in states(bootstrap)}, in_vain(letters)
    fates = Counter(
        "forwarded" if f"{one.topic}/{one.partition}/{one.offset}" in copied else fate(one, letters, known, gone)
        for one in there
    )
    assert sum(fates.values()) == len(there) > len(records)
    assert set(letters) <= {f"{one.topic}/{one.partition}/{one.offset}" for one in there}
    assert set(fates) >= {"dead letter", "forwarded", "taken", "in the state"}


@pytest.mark.parametrize(("bad", "code"), [(60, 1), (40, 0)])
def test_a_producer_that_turns_bad_stops_the_worker_with_the_reason(
    topics: Topics, tmp_path: Path, bad: int, code: int
) -> None:
    """Allowed are 500 of the last 1,000; a hundred good ones come first."""
    bootstrap = topics("--partitions", "1")
    good = [record("outlet.opened", id=f"O{number}", outlet_id=f"shop-{number}") for number in range(2_000)]
    values = good[:100] + [b"{" if number % 100 < bad else good[number] for number in range(100, 2_000)]
    send(bootstrap, [Sent("clients", 0, number, 0, b"C-1", value) for number, value in enumerate(values)])
    with Worker(bootstrap, tmp_path, {"version": 1}) as worker:
        if code:
            assert worker.process.wait(SECONDS_MAX) == code
        else:
            wait_until(lambda: folded(bootstrap)["clients", 0] == len(values), "all of it folded", every_seconds=0.5)
            assert worker.stopped() == code
    said = worker.log.read_text()
    assert "Traceback" not in said
    told = "501 of the last 1000 records were rejected, the latest as invalid_json at clients/0/"
    assert (told in said) is ("that is a broken producer; mend it, or raise bad_records_max" in said) is bool(code)
