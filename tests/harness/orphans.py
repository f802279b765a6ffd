"""Ends what a test process started when that process itself ended in no order: a time limit, a crash, a killed job.

A second process holds the list and sees by the end of its input that the first is gone. Without /proc it does nothing.
"""

import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

PROCESSES = Path("/proc")


def kill_with_us(pid: int) -> None:
    """From now on this child ends, by SIGKILL, when our own process is gone."""
    started = started_at(pid)
    if started is None:
        return
    pipe = _watcher().stdin
    assert pipe is not None
    pipe.write(f"{pid} {started}\n".encode())


def started_at(pid: int) -> str | None:
    """When a process started, in ticks: tells it from a later one with the same number. None when it is gone."""
    try:
        return (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None


@cache
def _watcher() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.harness.orphans"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,  # Ctrl-C is not for it
    )


def _watch() -> None:
    """Read the list until whoever writes it is gone, then end what is left of it."""
    told = [line.split() for line in sys.stdin]
    for pid, started in told:
        if started_at(int(pid)) == started:
            os.kill(int(pid), signal.SIGKILL)


if __name__ == "__main__":
    _watch()
