"""Cells of a spreadsheet as people write them: amounts, dates, months. What can be read in two ways is not guessed.

Each function answers the contract's form of the text, or raises ValueError with a sentence that says how to write it.
"""

import re
from datetime import date
from typing import Final

_SPACES: Final = re.compile("(?<=[0-9])[ \u00a0\u2009\u202f'](?=[0-9]{3}(?![0-9]))")
_PLAIN: Final = re.compile(r"([0-9]{1,13})(?:[.,]([0-9]{1,2}))?")
_GROUPED: Final = re.compile(
    r"([0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))|([0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]{1,2}))"
)
_MANY_GROUPS: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){2,}|[0-9]{1,3}(?:\.[0-9]{3}){2,}")
_AMBIGUOUS: Final = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")
_ISO_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED_DAY: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_ISO_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_DOTTED_MONTH: Final = re.compile(r"([0-9]{1,2})\.([0-9]{4})")
_YEARS: Final = range(1970, 2200)


def amount(text: str) -> str:
    """`1234.50` of `1234.5`, `1234,50`, `1 234,50`, `1,234.50` or `1.234,50`; `1,234` alone could be either."""
    joined = _SPACES.sub("", text)
    plain, grouped = _PLAIN.fullmatch(joined), _GROUPED.fullmatch(joined)
    if _AMBIGUOUS.fullmatch(joined):
        raise ValueError(f"{text!r} can be read in two ways; write it with two places, like 1234.00 or 1.23")
    if plain is not None:
        whole, cents = plain[1], plain[2]
    elif grouped is not None:
        whole, cents = grouped[1] or grouped[3], grouped[2] or grouped[4]
    elif _MANY_GROUPS.fullmatch(joined):
        whole, cents = joined, None
    else:
        raise ValueError(f"{text!r} is no amount; write one with at most two places, like 1234.50")
    digits = whole.replace(",", "").replace(".", "").lstrip("0") or "0"
    if len(digits) > 13:
        raise ValueError(f"{text!r} is too large an amount; correct it")
    return f"{digits}.{(cents or '').ljust(2, '0')}"


def day(text: str) -> str:
    """`2026-03-01` of that or of `01.03.2026`; with slashes one cannot tell the day from the month."""
    iso, dotted = _ISO_DAY.fullmatch(text), _DOTTED_DAY.fullmatch(text)
    if iso is not None:
        year, month, number = (int(part) for part in iso.groups())
    elif dotted is not None:
        number, month, year = (int(part) for part in dotted.groups())
    else:
        raise ValueError(f"{text!r} is no date; write one like 2026-03-01 or 01.03.2026")
    try:
        found = date(year, month, number)
    except ValueError:
        raise ValueError(f"{text!r} is no date of the calendar; correct it") from None
    if found.year not in _YEARS:
        raise ValueError(f"{text!r} does not lie in the years 1970 to 2199; correct it")
    return found.isoformat()


def month(text: str) -> str:
    """`2026-03` of that or of `03.2026`."""
    iso, dotted = _ISO_MONTH.fullmatch(text), _DOTTED_MONTH.fullmatch(text)
    if iso is not None:
        year, number = int(iso[1]), int(iso[2])
    elif dotted is not None:
        number, year = int(dotted[1]), int(dotted[2])
    else:
        raise ValueError(f"{text!r} is no month; write one like 2026-03 or 03.2026")
    if year not in _YEARS or not 1 <= number <= 12:
        raise ValueError(f"{text!r} is no month of the calendar; correct it")
    return f"{year:04d}-{number:02d}"
