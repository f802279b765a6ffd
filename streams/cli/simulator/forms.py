"""What a simulated event is, and how instants and money are written in one."""

from datetime import date
from typing import Final, NamedTuple

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
_MOSCOW_MS: Final = 3 * HOUR_MS
_EPOCH: Final = date(1970, 1, 1)


class SimulatedEvent(NamedTuple):
    """A record to send; without a key it goes to every partition."""

    topic: str
    key: str | None
    timestamp_ms: int
    value: bytes


def midnight_ms(day: date) -> int:
    """00:00 of a day in Moscow, which has had one offset since 2014."""
    return (day - _EPOCH).days * DAY_MS - _MOSCOW_MS


def clock_text(instant: int) -> str:
    """`15:04:05`, the time of day of an instant in Moscow."""
    seconds = (instant + _MOSCOW_MS) % DAY_MS // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def money_text(cents: int) -> str:
    """`12.05`."""
    return f"{cents // 100}.{cents % 100:02d}"
