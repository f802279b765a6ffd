"""Runs a contestant as a process of its own, reads its RESULT line, and asks the kernel what it used."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
WORKER = "tests.benchmark.worker"
AS_DEPLOYED = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Every contestant has what the image sets; a test compares."""


class Failed(Exception):
    """A measured process ended without its result; the text carries the end of its log."""


def cpu_seconds(pid: int) -> float:
    """CPU time a living process has used, by the kernel; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_bytes(pid: int) -> int:
    """Resident memory of a living process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


@dataclass(frozen=True)
class Run:
    """What one process over one job measured of itself."""

    events: int
    seconds: float
    """First event to the last acknowledgement."""
    cpu_us: float
    """Microseconds of CPU for one event, in the same time."""
    rate_second_half: float
    rss_mb: float
    result: dict[str, Any] = field(repr=False)

    @property
    def rate(self) -> float:
        """Events per second."""
        return self.events / self.seconds


class Process:
    """A module of this package run with the environment given; its log is kept beside."""

    def __init__(self, module: str, environment: Mapping[str, str], log: Path, arguments: Sequence[str] = ()) -> None:
        self._log = log
        self.results: list[dict[str, Any]] = []
        self.started_at = time.time()
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env={**os.environ, **AS_DEPLOYED, **environment},
                start_new_session=True,
                cwd=Path(__file__).parents[2],
            )
        self._news = threading.Condition()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._log.open("ab") as log, self._process.stdout as stdout:
            for line in stdout:
                log.write(line)
                if line.startswith(b"RESULT "):
                    with self._news:
                        self.results.append(json.loads(line[7:]))
                        self._news.notify_all()
        self._process.wait()
        with self._news:
            self._news.notify_all()

    def wait_result(self, name: str, seconds: float) -> dict[str, Any]:
        """The first RESULT line with the field `name`; raises Failed when it does not come in time."""

        def found() -> dict[str, Any] | None:
            return next((result for result in self.results if name in result), None)

        with self._news:
            self._news.wait_for(lambda: found() is not None or self._process.returncode is not None, seconds)
        self._reading.join(0.0 if self._process.poll() is None else 1.0)
        result = found()
        if result is None:
            self.kill()
            raise Failed(f"no {name}: ended or took over {seconds:g} s\n{self.log_tail()}")
        return result

    def stop(self, seconds: float = 60.0) -> int:
        """SIGTERM and the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                raise Failed(f"the worker did not end within {seconds:g} s\n{self.log_tail()}") from None
        return self._process.returncode

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reading.join(1.0)

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def log_tail(self) -> str:
        """The end of what it wrote."""
        return self._log.read_bytes()[-3000:].decode(errors="replace") if self._log.exists() else "no log"


def run_of(result: Mapping[str, Any], rss_mb: float) -> Run:
    """The figures of a RESULT line."""
    events = int(result["n"])
    rest = events - int(result.get("n_half", events // 2))
    return Run(
        events=events,
        seconds=result["t_flushed"] - result["t_first"],
        cpu_us=1e6 * (result["cpu_flushed"] - result["cpu_first"]) / events,
        rate_second_half=rest / max(result["t_flushed"] - result["t_half"], 1e-9),
        rss_mb=rss_mb,
        result=dict(result),
    )
