"""Waiting for a condition instead of sleeping."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


SECONDS_MAX = 90.0
"""How long anything may take that happens at once on an idle machine: a busy one is no failure, a lost signal is."""


def wait_until(
    condition: Callable[[], Value], what: str, seconds: float = SECONDS_MAX, every_seconds: float = 0.02
) -> Value:
    """Ask again and again until `condition()` is true; returns what it said.

    Raises TimeoutError naming `what` and the last answer when that takes longer than `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s; the last answer was {answer!r}")
        time.sleep(every_seconds)
