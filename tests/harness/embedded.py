"""The embedded stand-in: one process that serves the Kafka and the Redis protocol, as `stoplist demo` uses it."""

import os
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Self

from tests.harness.ports import LOOPBACK, answers, free_port
from tests.harness.server import Server
from tests.harness.starting import Started


class Embedded(Started):
    """`with Embedded() as embedded:` gives `embedded.bootstrap` (Kafka) and `embedded.url` (Redis). Not durable."""

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="stoplist-embedded-"))
        self.server = Server("embedded broker", self._home / "out.log")
        self.kafka_port = free_port()
        self.redis_port = free_port()

    @property
    def bootstrap(self) -> str:
        """`host:port` for Kafka clients."""
        return f"{LOOPBACK}:{self.kafka_port}"

    @property
    def url(self) -> str:
        """Address for Redis clients."""
        return f"redis://{LOOPBACK}:{self.redis_port}/0"

    def start(self) -> Self:
        """Start it; returns when both protocols answer."""
        command: list[str | Path] = [
            _program(),
            "start",
            "--only",
            "kafka,redis",
            "--host",
            LOOPBACK,
            "--kafka-port",
            str(self.kafka_port),
            "--redis-port",
            str(self.redis_port),
            "--data-dir",
            self._home / "data",
        ]
        self.server.start(command, lambda: answers(self.kafka_port) and answers(self.redis_port))
        return self

    def close(self) -> None:
        """End it at once and remove its data."""
        self.server.kill()
        shutil.rmtree(self._home, ignore_errors=True)

    def log_tail(self) -> str:
        """The end of its log."""
        return self.server.log_tail()


def _program() -> Path:
    """The executable inside the wheel; started directly, so that killing it kills the server and not a wrapper."""
    name = "noida-db.exe" if os.name == "nt" else "noida-db"
    program = Path(str(files("noida_db").joinpath(name)))
    if not os.access(program, os.X_OK):
        program.chmod(0o755)  # a wheel carries no permissions everywhere
    return program
