"""Everything that runs: three nodes of Apache Kafka, Redis, workers that somebody starts again whenever they end."""

import os
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from streams.cli.main import COMMANDS, run
from tests.harness.kafka import KafkaCluster
from tests.harness.redis import RedisServer
from tests.harness.server import Server
from tests.torture.plan import NODES, SESSION_TIMEOUT_S, WORKERS

PARTITIONS = 8
_DECODED_CLIENTS_MAX = 160
"""So few that clients go and come back, and are encoded within a chunk where hardly one does."""
_AGAIN_S = 0.3
_EVERY_S = 0.1
_STOP_S = 90.0


def has_projector() -> bool:
    """Whether this version keeps a read model in Redis."""
    return "project" in COMMANDS


class Service:
    """One `stoplist …` process that is wanted, and started again when it ends."""

    def __init__(self, name: str, arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.server = Server(name, log)
        self.wanted = False
        self.ended: list[int] = []
        """Exit codes, of ends that were not wanted."""
        self._arguments, self._environment = arguments, environment
        self._lock = threading.Lock()
        self._started = False
        self._ended_at = 0.0

    def start(self) -> None:
        """From now on it is wanted."""
        self.wanted = True
        self.look()

    def look(self) -> None:
        """Start it (again) when it does not run; a moment after it ended, as whoever keeps services running does."""
        with self._lock:
            if not self.wanted or self.server.running:
                return
            if self._started:
                self._started, self._ended_at = False, time.monotonic()
                self.ended.append(self.server.wait(1))
            if time.monotonic() - self._ended_at >= _AGAIN_S:
                self._started = True
                command: list[str | Path] = [sys.executable, "-m", "streams.cli", *self._arguments]
                self.server.start(command, lambda: True, environment=self._environment)

    def stop(self) -> int:
        """It is not wanted any more: SIGTERM, and its exit code."""
        self.wanted = False
        with self._lock:
            if self.server.running:
                self.server.stop(_STOP_S)
            self._started = False
            return self.server.wait(1)


class Stage:
    """`with Stage(folder) as stage:` has topics and services; `stage.services[...]` by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = KafkaCluster(NODES, {"num.network.threads": "2", "num.io.threads": "4"})
        self.redis = RedisServer() if has_projector() else None
        self.services: dict[str, Service] = {}
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._stack = ExitStack()

    @property
    def bootstrap(self) -> str:
        """All three nodes."""
        return self.cluster.bootstrap

    @property
    def workers(self) -> list[Service]:
        """The three."""
        return [self.services[f"worker-{number}"] for number in range(WORKERS)]

    def __enter__(self) -> Self:
        try:
            self._stack.enter_context(self.cluster)
            if self.redis is not None:
                self._stack.enter_context(self.redis)
            topics = ["topics", "create", "--bootstrap", self.bootstrap, "--partitions", str(PARTITIONS)]
            assert run([*topics, "--replication", str(NODES)]) == 0
            for number in range(WORKERS):
                self.worker(f"worker-{number}").start()
            self.worker("importance-0", "importance").start()
            if self.redis is not None:
                self._service(
                    "projector", ["project", "--bootstrap", self.bootstrap, "--redis", self.redis.url], self._settings()
                )
                self.services["projector"].start()
        except BaseException:
            self._stack.close()
            raise
        self._keeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for service in self.services.values():
            service.wanted = False
            service.server.kill()
        self._stack.close()

    def worker(self, name: str, fold: str = "clients") -> Service:
        """A worker with a name of its own: started under it again, it takes its partitions back."""
        arguments = ["worker", "--bootstrap", self.bootstrap, "--fold", fold]
        own = {"STOPLIST_INSTANCE_ID": name, "STOPLIST_DECODED_CLIENTS_MAX": str(_DECODED_CLIENTS_MAX)}
        return self._service(name, arguments, {**self._settings(), **own})

    def _service(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> Service:
        service = Service(name, arguments, environment, self.folder / f"{name}.log")
        self.services = {**self.services, name: service}  # anew: another thread goes through them
        return service

    def _settings(self) -> dict[str, str]:
        settings: dict[str, Any] = {
            "session_timeout_ms": round(SESSION_TIMEOUT_S * 1000),
            "heartbeat_interval_ms": 1_000,
            "request_timeout_ms": 10_000,
            "snapshot_interval_ms": 2_000,
            "topics_wait_ms": 20_000,
            "keep_journal": True,
            "data_directory": self.folder / "faust",
        }
        return {"PYTHONHASHSEED": "random"} | {f"STOPLIST_{name.upper()}": str(v) for name, v in settings.items()}

    def _keep(self) -> None:
        while not self._over.wait(_EVERY_S):
            for service in self.services.values():
                service.look()

    def environment(self) -> dict[str, str]:
        """For commands that only read."""
        return {**os.environ, **self._settings()}
