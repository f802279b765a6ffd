"""One server process: started until it answers, stopped, killed, paused; its log is shown when it fails."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.harness.orphans import kill_with_us
from tests.harness.waiting import wait_until

LOG_TAIL_BYTES = 6000
STOP_SECONDS = 30.0


class ServerFailed(Exception):
    """A server ended or did not answer in time; the text carries the end of its log."""


class Server:
    """A process with a log file. Not running until `start`; may be started again after it ended."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the process lives (a paused one does)."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Number of the process, for tests that look at its memory or CPU time."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    def start(
        self,
        command: Sequence[str | Path],
        answers: Callable[[], bool],
        seconds: float = 60.0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Run `command` until `answers()`; raises ServerFailed when it ends before that, or takes too long."""
        assert not self.running, f"{self.name} runs already"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,  # Ctrl-C goes to the tests, which then stop it
            )
        kill_with_us(self._process.pid)
        try:
            wait_until(lambda: not self.running or answers(), f"{self.name} answers", seconds)
        except BaseException:
            self.kill()
            raise
        if not self.running:
            raise ServerFailed(f"{self.name} ended with {self._process.returncode}\n{self.log_tail()}")

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """SIGTERM, and wait for the end; raises ServerFailed when that takes too long."""
        self._end(signal.SIGTERM, seconds)

    def kill(self) -> None:
        """SIGKILL: nothing is written any more. What the process handed to the system before stays."""
        self._end(signal.SIGKILL, STOP_SECONDS)

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """The exit code, once it ended by itself or by a signal; raises ServerFailed when that takes too long."""
        assert self._process is not None, f"{self.name} was never started"
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise ServerFailed(f"{self.name} still runs after {seconds:g} s\n{self.log_tail()}") from None

    def pause(self) -> None:
        """SIGSTOP: connections stay open, nobody answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    def log_tail(self) -> str:
        """The end of the log, for a failed test to show."""
        if not self.log.exists():
            return f"{self.name} wrote no log"
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - LOG_TAIL_BYTES))
            return f"--- end of the log of {self.name}\n{log.read().decode(errors='replace')}"

    def _end(self, with_signal: signal.Signals, seconds: float) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(with_signal)
        if with_signal is not signal.SIGKILL:
            self._process.send_signal(signal.SIGCONT)  # a paused process does not hear the other
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise ServerFailed(f"{self.name} did not end within {seconds:g} s\n{self.log_tail()}") from None
