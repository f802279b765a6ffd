"""Amounts and dates as files of other programs write them, in the contract's forms.

Each function raises ValueError with a sentence that says what to write instead.
"""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from streams.cli import opening_cells

_PLAIN: Final = re.compile(r"0*([0-9]{1,13})(?:[.,]([0-9]{1,2}))?")
_SPACED: Final = re.compile(r"[0-9]{1,3}(?:[ \u00a0\u2009\u202f'][0-9]{3}){1,3}(?:[.,][0-9]{1,2})?")
"""As statements group thousands; `opening_cells` reads all that is grouped by spaces, and each of these alike."""
_WITHOUT_SPACES: Final = str.maketrans("", "", " \u00a0\u2009\u202f'")
_NUMBERS: Final = re.compile(r"([0-9]{1,4})[./-]([0-9]{1,2})[./-]([0-9]{1,4})(?:[T ].*)?")
_YEARS: Final = range(1970, 2200)
_ORDERS: Final = {
    "DD.MM.YYYY": (2, 1, 0, "."),
    "DD.MM.YY": (2, 1, 0, "."),
    "DD/MM/YYYY": (2, 1, 0, "/"),
    "MM/DD/YYYY": (2, 0, 1, "/"),
    "DD-MM-YYYY": (2, 1, 0, "-"),
    "YYYY-MM-DD": (0, 1, 2, "-"),
}
"""Where year, month and day stand, and what separates them."""
DATE_FORMS: Final = tuple(_ORDERS)
_GROUPED: Final = {
    ",": re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,2})?"),
    ".": re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?"),
}


def amount(text: str, decimal: str = "") -> str:
    """`1234.50` of `1234.5`, `1234,50`, `1 234,50`, `1,234.50`; `decimal` settles what could be read in two ways."""
    found = _PLAIN.fullmatch(text)
    if found is None and _SPACED.fullmatch(text):
        found = _PLAIN.fullmatch(text.translate(_WITHOUT_SPACES))
    if found is None and decimal and _GROUPED[decimal].fullmatch(text):  # 1,234 is a thousand where a point is decimal
        found = _PLAIN.fullmatch(text.replace("." if decimal == "," else ",", ""))
    if found is None:
        return opening_cells.amount(text)
    return f"{found[1].lstrip('0') or '0'}.{(found[2] or '').ljust(2, '0')}"


@lru_cache(maxsize=4096)
def day(text: str, form: str = "") -> str:
    """The ISO date of a text in one of DATE_FORMS; a time after it is not read. No form: ISO or with dots."""
    if not form:
        form = "YYYY-MM-DD" if text[4:5] == "-" else "DD.MM.YYYY"
    year_at, month_at, day_at, separator = _ORDERS[form]
    found = _NUMBERS.fullmatch(text)
    if found is None or separator not in text:
        raise ValueError(f"{text!r} is no date; write one as {form}")
    numbers = [int(part) for part in found.groups()]
    year = numbers[year_at]
    if form.endswith(".YY") and year < 100:
        year += 2000
    try:
        there = date(year, numbers[month_at], numbers[day_at])
    except ValueError:
        raise ValueError(f"{text!r} is no date of the calendar; write one as {form}") from None
    if there.year not in _YEARS:
        raise ValueError(f"{text!r} does not lie in the years 1970 to 2199; correct it")
    return there.isoformat()


def instant(day_: str, time: str, zone: ZoneInfo) -> str | None:
    """RFC 3339 of a day and a time in the company's zone; None when that is no time."""
    try:
        moment = datetime.fromisoformat(f"{day_}T{time or '00:00:00'}")
    except ValueError:
        return None
    return moment.replace(tzinfo=zone).isoformat() if moment.tzinfo is None else moment.isoformat()
