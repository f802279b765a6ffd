"""What the demo plays on: an embedded broker on free ports, topics with simulated time, a worker."""

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import streams
from schemas.catalogue import TOPICS
from streams.agents.folds import FoldName
from streams.cli.connection import admin_client
from streams.cli.demo.children import LOOPBACK, Child, Ended, answers, free_port
from streams.cli.failure import Failure
from streams.cli.topic_readiness import wait_until_usable
from streams.cli.topic_setup import create

PARTITIONS: Final = 4
_BROKER_SECONDS: Final = 20
_ATTEMPTS: Final = 3
_PREFIX: Final = "STOPLIST_"


class Embedded(NamedTuple):
    """The embedded servers."""

    process: Child
    bootstrap: str
    """`host:port` for Kafka clients."""
    redis_url: str


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A directory for everything the demo writes; removed at the end."""
    with tempfile.TemporaryDirectory(prefix="stoplist-demo-", ignore_cleanup_errors=True) as home:
        yield Path(home)


@contextmanager
def embedded_servers(home: Path) -> Iterator[Embedded]:
    """Kafka's and Redis' protocol from memory, on free loopback ports; raises Failure where the wheel is missing."""
    program = _program()
    for attempt in range(1, _ATTEMPTS + 1):
        kafka_port, redis_port = free_port(), free_port()
        command: list[str | Path] = [program, "start", "--only", "kafka,redis", "--host", LOOPBACK]
        command += ["--kafka-port", str(kafka_port), "--redis-port", str(redis_port), "--data-dir", home / "broker"]
        with Child("embedded broker", command, home / "broker.log", os.environ, stop_seconds=2) as process:
            try:
                process.wait_until(partial(_both_answer, kafka_port, redis_port), _BROKER_SECONDS)
            except Ended:
                if attempt == _ATTEMPTS:  # else: most likely somebody took one of the ports
                    raise
                continue
            yield Embedded(process, f"{LOOPBACK}:{kafka_port}", f"redis://{LOOPBACK}:{redis_port}/0")
            return


def create_topics(bootstrap: str) -> None:
    """All topics of the catalogue, with the records' own time."""
    with admin_client(bootstrap) as client:
        create(client, PARTITIONS, replication=1, simulated_time=True)
        wait_until_usable(client, [topic.name for topic in TOPICS])


def child_environment() -> dict[str, str]:
    """For a command of ours: with none of the settings that the caller's environment may hold."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)}
    root = str(Path(next(iter(streams.__path__))).parent)  # also where the package is not installed
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, environment.get("PYTHONPATH"))))
    return environment


def worker(home: Path, bootstrap: str, policy: Path, fold: FoldName = "clients") -> Child:
    """A worker as `stoplist worker` starts it."""
    environment = child_environment()
    environment[f"{_PREFIX}DATA_DIRECTORY"] = str(home / "worker")
    environment[f"{_PREFIX}LOG_LEVEL"] = "warning"
    command = [sys.executable, "-m", "streams.cli", "worker", "--fold", fold, "--simulated-time"]
    command += ["--bootstrap", bootstrap, "--policy", str(policy)]
    name = "worker" if fold == "clients" else f"worker of {fold}"
    return Child(name, command, home / f"worker-{fold}.log", environment, stop_seconds=10)


def _both_answer(kafka_port: int, redis_port: int) -> bool:
    return answers(kafka_port) and answers(redis_port)


def _program() -> Path:
    """The executable inside the wheel: started directly, so that ending it ends the server and not a wrapper."""
    found = importlib.util.find_spec("noida_db")
    if found is None or found.origin is None:
        raise Failure("the demo needs the embedded broker noida-db; install it with pip install 'stoplist[embedded]'")
    program = Path(found.origin).with_name("noida-db.exe" if os.name == "nt" else "noida-db")
    if not program.exists():
        raise Failure("noida-db has no program for this machine; run stoplist worker on Apache Kafka instead")
    if not os.access(program, os.X_OK):
        program.chmod(0o755)  # a wheel carries no permissions everywhere
    return program
