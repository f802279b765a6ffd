"""Workers as an operator runs them: one process each, with a name of its own and a port for its health."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.harness.orphans import kill_with_us
from tests.harness.ports import free_port
from tests.harness.waiting import wait_until

_ROOT = Path(__file__).parents[2]


class Fleet:
    """`with Fleet(bootstrap, folder) as fleet: fleet.start("worker-1")`; what still runs at the end is killed."""

    def __init__(self, bootstrap: str, folder: Path, **settings: str) -> None:
        """`settings` are the workers' own, without their prefix, in capitals."""
        self._folder = folder
        self._environment = {f"STOPLIST_{name}": value for name, value in settings.items()}
        self._environment["STOPLIST_BOOTSTRAP"] = bootstrap
        # as installed: compiled once, by the first start, wherever this runs from
        self._environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._ports: dict[str, int] = {}

    def __enter__(self) -> "Fleet":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()

    def start(self, name: str) -> None:
        """Start the worker of this name."""
        port = self._ports.setdefault(name, free_port())
        own = {
            "STOPLIST_INSTANCE_ID": name,
            "STOPLIST_METRICS_PORT": str(port),
            "STOPLIST_DATA_DIRECTORY": str(self._folder / name),
        }
        inherited = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        with (self._folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "streams.cli", "worker"],
                cwd=_ROOT,
                env={**inherited, **self._environment, **own},
                stdout=log,
                stderr=log,
            )
        kill_with_us(self._processes[name].pid)

    def stop(self, name: str) -> float:
        """SIGTERM; the seconds until the process has ended. Raises AssertionError when that was no clean stop."""
        process, told = self._processes[name], time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(120)
        assert code == 0, f"{name} ended with {code}\n{self.tail(name)}"
        return time.monotonic() - told

    def kill(self, name: str) -> None:
        """SIGKILL, as a power cut would."""
        self._processes[name].kill()
        self._processes[name].wait()

    def worked(self, name: str) -> tuple[float, float]:
        """Seconds in which a worker's threads have run so far, and in which they could have and no core was free."""
        ran = waited = 0
        for thread in Path(f"/proc/{self._processes[name].pid}/task").iterdir():
            with suppress(OSError):  # it has ended meanwhile
                ran_ns, waited_ns, _ = (thread / "schedstat").read_text().split()
                ran, waited = ran + int(ran_ns), waited + int(waited_ns)
        return ran / 1e9, waited / 1e9

    def partitions(self, name: str) -> list[int]:
        """Of a worker that is ready; none of one that is not."""
        said = self._ready(name)
        return list(said.get("partitions", ())) if said.get("status") == "ready" else []

    def wait_for_all(self, names: list[str], partitions: int, seconds: float = 120.0) -> None:
        """Until these workers are ready and have all partitions."""
        wait_until(
            lambda: sum(len(self.partitions(name)) for name in names) == partitions,
            f"{', '.join(names)} have {partitions} partitions",
            seconds,
            0.1,
        )

    def _ready(self, name: str) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._ports[name]}/readyz", timeout=10) as answer:
                said: dict[str, Any] = json.loads(answer.read())
                return said
        except OSError:  # 503 is one of them
            return {}

    def told(self, name: str, event: str, since_ms: int) -> list[int]:
        """When, in milliseconds, a worker logged an event since an instant."""
        instants = [
            int(datetime.fromisoformat(line.split(" ", 1)[0]).timestamp() * 1000)
            for line in (self._folder / f"{name}.log").read_text(errors="replace").splitlines()
            if f"] {event} " in line
        ]
        return [instant for instant in instants if instant >= since_ms]

    def tail(self, name: str) -> str:
        """The end of its log."""
        return (self._folder / f"{name}.log").read_text(errors="replace")[-3000:]
