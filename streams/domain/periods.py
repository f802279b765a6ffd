"""What begins and ends on dates: in force from the latest beginning on, until an end that lies on or after it."""

from collections.abc import Iterable

from schemas.records import NEVER
from streams.domain.fact import Days


def in_force(begins: Days, ends: Iterable[Days], day: Days) -> bool:
    """Whether what began last on `begins` (0: never) holds on `day`: on its end date it no longer does."""
    return begins > 0 and not any(begins <= end <= day for end in ends)


def next_border(borders: Iterable[Days], day: Days) -> Days:
    """The first of these days after `day`; NEVER: none."""
    return min((border for border in borders if border > day), default=NEVER)
