"""Topics of its own for each test, workers as processes, and what came out of them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiokafka.partitioner import murmur2

from streams.engine.auditing import state_hash
from streams.engine.settings import EngineSettings
from tests.engine.counting import DEAD_LETTERS, GROUPS, STATUS, CountingFold
from tests.harness.orphans import kill_with_us
from tests.harness.records import Read, Sent, create_topics, end_offsets, produce, read_all
from tests.harness.waiting import SECONDS_MAX, wait_until

PARTITIONS = 2
ROOT = Path(__file__).parent.parent.parent


def value(n: int = 1, **more: Any) -> bytes:
    """A record of the counting fold."""
    return json.dumps({"n": n, **more}).encode()


class World:
    """One application: its topics, its workers, its outputs."""

    def __init__(self, bootstrap: str, name: str, log: Path, **settings: Any) -> None:
        self.bootstrap = bootstrap
        self.prefix = f"{name}-"
        self.inputs = (f"{name}-in-a", f"{name}-in-b")
        self.log = log
        self.settings: dict[str, Any] = {
            "bootstrap_servers": [bootstrap],
            "application_id": name,
            "input_topics": list(self.inputs),
            "journal_topic": f"{name}-journal",
            "snapshot_topic": f"{name}-clients",
            "output_topics": [self.prefix + topic for topic in (GROUPS, STATUS, DEAD_LETTERS)],
            "compacted_output_topics": [self.prefix + STATUS],
            "chunk_records_max": 100,
            "snapshot_interval_ms": 300,
            "session_timeout_ms": 15_000,  # a worker that starves on a busy machine is not lost
            "heartbeat_interval_ms": 1000,
            "stop_timeout_ms": 30_000,
            "metrics_port": 0,
            **settings,
        }
        self._processes: list[subprocess.Popen[bytes]] = []

    # topics

    def create(self, *, input_config: Mapping[str, str] | None = None, partitions: int = PARTITIONS) -> "World":
        """Make all topics as `stoplist topics create` does."""
        stamped = {"message.timestamp.type": "LogAppendTime"}
        compacted = {**stamped, "cleanup.policy": "compact", "min.compaction.lag.ms": "3600000"}
        create_topics(self.bootstrap, dict.fromkeys(self.inputs, partitions), input_config or stamped)
        journal = (self.settings["journal_topic"], *self.settings["output_topics"])
        plain = {topic: partitions for topic in journal if topic != self.prefix + STATUS}
        create_topics(self.bootstrap, plain, stamped)
        compact = (self.settings["snapshot_topic"], self.prefix + STATUS)
        create_topics(self.bootstrap, dict.fromkeys(compact, partitions), compacted)
        return self

    def send(self, topic: int, records: Sequence[Sent | tuple[bytes | None, bytes | None]]) -> None:
        """Append records to input topic 0 or 1."""
        produce(self.bootstrap, self.inputs[topic], records)

    # workers

    def start(self, *, fault: str = "", fold: Mapping[str, Any] | None = None, **settings: Any) -> Any:
        """Start a worker; `fault` as in STOPLIST_FAULT."""
        given = {"instance_id": "w1", **self.settings, "fold": {"prefix": self.prefix, **(fold or {})}, **settings}
        environment = {**os.environ, "STOPLIST_FAULT": fault, "PYTHONHASHSEED": "random", "PYTHONFAULTHANDLER": "1"}
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.engine.worker_main", json.dumps(given)],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        kill_with_us(process.pid)
        self._processes.append(process)
        return process

    @contextmanager
    def worker(self, **how: Any) -> Iterator[Any]:
        """A worker for the time of the block, stopped cleanly after it."""
        process = self.start(**how)
        yield process
        assert self.stop(process) == 0, self.tail()

    def stop(self, process: Any) -> int:
        """SIGTERM, and the exit code."""
        process.send_signal(signal.SIGTERM)
        return int(process.wait(SECONDS_MAX))

    def ended(self, process: Any) -> int:
        """The exit code of a worker that ends by itself."""
        try:
            wait_until(lambda: process.poll() is not None, "the worker ends")
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.tail()}") from error
        return int(process.returncode)

    def close(self) -> None:
        """Kill what still runs."""
        for process in self._processes:
            if process.poll() is None:
                process.kill()
                process.wait()

    def tail(self) -> str:
        """The end of the workers' log."""
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    # results

    def engine_settings(self) -> EngineSettings:
        """What its workers know, for reading in this process what they wrote."""
        given: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in self.settings.items()}
        return EngineSettings(**given)

    def inputs_end(self) -> dict[tuple[str, int], int]:
        """Next offset of every input partition."""
        return {(topic, p): end for topic in self.inputs for p, end in end_offsets(self.bootstrap, topic).items()}

    def journal(self) -> list[dict[str, Any]]:
        """The journal's records with their partition and offset, as JSON."""
        return [
            {**json.loads(read.value or b""), "partition": read.partition, "offset": read.offset}
            for read in sorted(self.read(self.settings["journal_topic"]), key=lambda r: (r.partition, r.offset))
        ]

    def wait_folded(self, seconds: float = SECONDS_MAX) -> None:
        """Until accepted chunks, or a checkpoint, cover every input record."""
        wanted = {place: end for place, end in self.inputs_end().items() if end}

        def folded() -> bool:
            ended = all(process.poll() is not None for process in self._processes)  # before the journal is read
            if not (done := covered()) and ended:
                raise AssertionError(f"no worker runs and inputs are not folded\n{self.tail()}")
            return done

        def covered() -> bool:
            reached: dict[tuple[str, int], int] = {}
            owner: dict[int, int] = {}
            for record in self.journal():
                p = record["partition"]
                if record["type"] == "owner":
                    owner[p] = record["offset"]
                elif record["owner"] == owner.get(p):
                    if record["type"] == "chunk":
                        reached[record["topic"], p] = record["last"] + 1
                        reached.update({(topic, p): last + 1 for topic, _, last, _ in record.get("more", ())})
                    for topic, (position, _) in record.get("positions", {}).items():
                        reached[topic, p] = max(position, reached.get((topic, p), 0))
            return all(reached.get(place, 0) >= end for place, end in wanted.items())

        try:
            wait_until(folded, "inputs folded", seconds, 0.1)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.tail()}") from error

    def read(self, topic: str) -> list[Read]:
        """Everything in a topic."""
        return read_all(self.bootstrap, topic)

    def outputs(self, topic: str = GROUPS) -> list[Read]:
        """Everything in an output topic."""
        return self.read(self.prefix + topic)

    def by_id(self, topic: str = GROUPS) -> dict[str, bytes]:
        """Body by id after the readers' filter; fails when an id has two bodies, or a sequence is missing."""
        bodies: dict[str, bytes] = {}
        highest: dict[bytes, int] = {}
        for read in sorted(self.outputs(topic), key=lambda r: (r.partition, r.offset)):
            identity = dict(read.headers)["ce_id"].decode()
            body = read.value or b""
            assert bodies.setdefault(identity, body) == body, f"two bodies of {identity}"
            sequence = int(identity.rpartition(":")[2])
            before = highest.get(read.key or b"", 0)
            assert sequence <= before + 1, f"{identity} came after {before}"
            highest[read.key or b""] = max(before, sequence)
        return bodies

    def hashes(self, **fold: Any) -> list[str]:
        """The state hash of every partition, by what is in Kafka."""
        return [
            asyncio.run(state_hash(self.engine_settings(), CountingFold(self.prefix, **fold), partition, PARTITIONS))
            for partition in range(PARTITIONS)
        ]


def partition_of(key: bytes) -> int:
    """Where a key belongs."""
    return int((murmur2(key) & 0x7FFFFFFF) % PARTITIONS)


def keys_of(partition: int, count: int) -> list[bytes]:
    """Keys that belong to a partition."""
    found: list[bytes] = []
    number = 0
    while len(found) < count:
        key = f"client-{number}".encode()
        if partition_of(key) == partition:
            found.append(key)
        number += 1
    return found
