"""A Redis server for tests."""

import shutil
import tempfile
from pathlib import Path
from typing import Self

from tests.harness.ports import LOOPBACK, answers, free_port
from tests.harness.server import Server
from tests.harness.starting import Started


def redis_missing() -> str | None:
    """What this machine lacks to run a Redis server; None when it has everything."""
    return None if shutil.which("redis-server") else "redis-server"


class RedisServer(Started):
    """`with RedisServer() as server: redis.Redis.from_url(server.url)`; keeps nothing on disk."""

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="stoplist-redis-"))
        self.server = Server("Redis", self._home / "out.log")
        self.port = free_port()

    @property
    def url(self) -> str:
        """Address for clients; the same again after a restart."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def start(self) -> Self:
        """Start it empty; returns when it accepts clients."""
        options = {"bind": LOOPBACK, "port": self.port, "dir": self._home, "save": "", "appendonly": "no"}
        command: list[str | Path] = ["redis-server"]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        self.server.start(command, lambda: answers(self.port))
        return self

    def stop(self) -> None:
        """End it in order; everything in it is lost, as with `kill`."""
        self.server.stop()

    def kill(self) -> None:
        """SIGKILL."""
        self.server.kill()

    def close(self) -> None:
        """End it at once and remove its folder."""
        self.server.kill()
        shutil.rmtree(self._home, ignore_errors=True)
