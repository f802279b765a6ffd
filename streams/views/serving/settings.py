"""Everything the server needs to know, filled by `stoplist serve`."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from schemas.policy import Policy
from schemas.records import Instant
from schemas.security import Security
from streams.views.desk.facts import Facts


class SigningKey(NamedTuple):
    """The server's own key, with which it signs what people decide after their login; the policy lists it."""

    key_id: str
    roles: tuple[str, ...]
    private_key: bytes

    def __repr__(self) -> str:
        """Never the private half: a key may end up in a traceback."""
        return f"SigningKey({self.key_id!r}, {self.roles!r})"


Timeline = Callable[[Policy, str, Facts, Iterable[dict[str, Any]], Instant], dict[str, Any]]
"""From a client's policy, id, facts, history (oldest first) and an instant to what the page draws."""


class ServerSettings(NamedTuple):
    """Durations are milliseconds unless the name says otherwise, sizes bytes."""

    bootstrap: list[str]
    tokens: Path
    policy: Policy
    """In force until one was activated."""
    signing_key: SigningKey | None = None
    silence_ms_max: int = 60_000
    """A partition whose worker, or whose read model, is known only longer ago than this is answered *unknown*."""
    simulated_time: bool = False
    """The present is the latest instant of the outputs."""
    https: bool = False
    """People reach it by https, through a proxy: cookies are `Secure`, and attempts to log in are counted by the last
    address in X-Forwarded-For, that which the proxy has seen."""
    rate_per_second_max: int = 2_000
    """Calls of one token."""
    attempts_per_minute_max: int = 30
    """Calls of one address without a token that counts."""
    body_bytes_max: int = 64 << 10
    session_seconds: int = 8 * 3600
    streams_max: int = 500
    """Open streams of events."""
    timeline: Timeline | None = None
    """Given by whoever may know the rules, which this side does not; None: no timelines."""
    security: Security = Security()
    """How the brokers are talked to."""
    call_days: int = 3
    """How many days ahead a due date makes a client one to call."""
