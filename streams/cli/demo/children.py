"""The processes that the demo starts: each ends with the demo, whatever happens."""

import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

LOOPBACK: Final = "127.0.0.1"
_SECONDS_BETWEEN_LOOKS: Final = 0.05
_LOG_TAIL_BYTES: Final = 8_192


class Ended(Exception):
    """A process ended by itself, or never began to work; the text says which, and its own last words."""


class Child:
    """One process, its output in a log file; left with the `with` block it is ended, politely first."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        environment: Mapping[str, str],
        stop_seconds: float,
        descriptors: Sequence[int] = (),
    ) -> None:
        """`descriptors`: open files that it inherits under their numbers."""
        self.name = name
        self._log = log
        self._stop_seconds = stop_seconds
        with log.open("ab") as out:
            # a session of its own: Ctrl-C in the terminal is for the demo, which then ends its children in order
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                start_new_session=True,
                pass_fds=descriptors,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def check(self) -> None:
        """Raises Ended when it is no longer there."""
        code = self._process.poll()
        if code is not None:
            how = f"with exit code {code}" if code >= 0 else f"by signal {-code}"
            raise Ended(f"the {self.name} ended {how}: {self.last_words()}")

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Waits until it works; raises Ended when it ends first, or is not ready in `seconds`."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise Ended(f"the {self.name} was not ready after {seconds:.0f} s: {self.last_words()}")
            time.sleep(_SECONDS_BETWEEN_LOOKS)

    def last_words(self) -> str:
        """The last line it wrote."""
        with self._log.open("rb") as log:
            log.seek(max(0, self._log.stat().st_size - _LOG_TAIL_BYTES))
            lines = [line.strip() for line in log.read().decode(errors="replace").splitlines()]
        return next((line for line in reversed(lines) if line), "it said nothing")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(self._stop_seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:  # also when a second Ctrl-C comes while waiting
            self._process.kill()
            self._process.wait()


def free_port() -> int:
    """A loopback port that nothing listens on now; somebody may take it before the caller does."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def listening(port_usual: int) -> socket.socket:
    """A socket that listens on the usual loopback port, or on a free one when that is taken: nobody else gets it."""
    for port in (port_usual, 0):
        opened = socket.socket()
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # also right after another demo has ended
        try:
            opened.bind((LOOPBACK, port))
            opened.listen()  # of two that may bind only one may listen
        except OSError:
            opened.close()
            if not port:
                raise
        else:
            return opened
    raise AssertionError("a port is always free, or the error says why not")


def answers(port: int) -> bool:
    """Whether something accepts connections at this loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True
