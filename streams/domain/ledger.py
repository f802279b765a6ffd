"""Facts in: revisions, voids, conversion, waiting partners, refusals. One call moves the whole position."""

from typing import NamedTuple

from schemas.events import ClientEvent
from schemas.records import Source
from streams.domain.policy import Rules
from streams.domain.state import Client, Opening, Registration, Waiting


class Refused(NamedTuple):
    """Why a fact does not count; nothing of the client has changed."""

    reason: str
    """before_opening, rate_missing, month_closed, conflicting_revision, too_late (about folded facts) or
    limit_exceeded."""
    field: str | None
    remedy: str
    conflict: bool = False
    """The status is to be flagged `conflict`."""


class Accepted(NamedTuple):
    """What accepting a fact changed."""

    changed: bool
    """False: a duplicate or an older revision; then nothing has changed."""
    day_from: int = 0
    """The first day whose past may differ now (of the old and the new body); above today: nothing yet."""
    month: int = 0
    """The earliest month whose turnover changed; 0: none."""
    moved: bool = False
    """Whether obligations or money may differ now (false for sales, limits, registrations and what waits)."""


def accept(rules: Rules, client: Client, event: ClientEvent, day: int, at: int, source: Source) -> Accepted | Refused:
    """Take one event of the client, decided at `at` on `day` (today).

    First brings the position to `day` (`allocation.advance`), then books the fact and moves or replays the position: on
    return everything derived is up to date. Signatures (`credit_limit.set`) and ages are checked before, elsewhere.
    A reversal or return without its partner is kept in `facts.waiting` with the record's bytes.
    """
    raise NotImplementedError


def expire_waiting(rules: Rules, client: Client, at: int) -> list[Waiting]:
    """Remove and give the waiting facts whose time is over at `at`, oldest first: each is a dead letter now."""
    raise NotImplementedError


def next_expiry(client: Client) -> int:
    """The instant at which the next waiting fact expires; NEVER when none waits."""
    raise NotImplementedError


def opening(client: Client) -> Opening | None:
    """The opening balances in force (latest as-of date, then id)."""
    raise NotImplementedError


def registration(client: Client) -> Registration | None:
    """The registration in force (latest date, then id)."""
    raise NotImplementedError
