"""Loopback ports for servers."""

import random
import socket
from itertools import count

LOOPBACK = "127.0.0.1"
# Below the ports that Linux and macOS hand out to outgoing connections, so that a server which is killed finds its
# port free when it starts again.
_FIRST, _LAST = 15_000, 31_999
_ATTEMPTS_MAX = 1000
_random = random.SystemRandom()  # runs side by side must not try the same ports in the same order


def free_port() -> int:
    """A port that nothing listens on now. Somebody may take it before the caller does: then start anew with another."""
    for attempt in count(1):
        port = _random.randint(_FIRST, _LAST)
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                if attempt == _ATTEMPTS_MAX:
                    raise
            else:
                return port
    raise AssertionError


def answers(port: int) -> bool:
    """Whether something accepts connections at this loopback port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
