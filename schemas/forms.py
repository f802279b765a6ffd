"""The written forms of the contract, read into numbers: amounts, quantities, rates, instants, currencies.

These are the fast path's; each answers INVALID (or False) instead of raising, and `schemas.inputs` says what is wrong.
"""

import re
from datetime import date
from typing import Final

INVALID: Final = -1
YEAR_MIN: Final = 1970
YEAR_MAX: Final = 2199

_MONEY: Final = re.compile(r"(0|[1-9][0-9]{0,12})(?:\.([0-9]{1,2}))?").fullmatch
_QUANTITY: Final = re.compile(r"(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,3}))?").fullmatch
_RATE: Final = re.compile(r"(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,9}))?").fullmatch
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])"
    r"(?:\.([0-9]{1,9}))?([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
).fullmatch
_CURRENCY: Final = re.compile(r"[A-Z]{3}").fullmatch
_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U00013438\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
).search
"""Controls, formats, spaces but the usual one, surrogates, private use. A fixed list: what `str.isprintable` says of
new characters depends on the version of Python, and a record must be judged alike on every machine."""
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_DAY_MS: Final = 24 * 60 * 60 * 1000
_days_seen: dict[str, int] = {}  # at most the 84,006 days of these years
_times_seen: dict[str, int] = {}  # at most the 86,400 seconds of a day
_offsets_seen: dict[str, int] = {}  # at most 2,882
_prices_seen: dict[str, int] = {}
_PRICES_MAX: Final = 65_536
_currencies_seen: dict[str, bool] = {}  # at most 26^3


def is_printable(text: str) -> bool:
    """Whether a person sees every character of `text`."""
    return text.isprintable() or (not text.isascii() and _HIDDEN(text) is None)


def minor_of(text: str) -> int:
    """Minor units of an amount such as `12`, `12.5`, `12.50`; INVALID for any other form."""
    whole, _, cents = text.partition(".")
    if len(cents) == 2 and 1 <= len(whole) <= 13:  # by far the usual form: without a regular expression
        digits = whole + cents
        if digits.isdigit() and digits.isascii() and (whole[0] != "0" or len(whole) == 1):
            return int(digits)
        return INVALID
    match = _MONEY(text)
    if match is None:
        return INVALID
    return int(match[1] + (match[2] or "").ljust(2, "0"))


def milli_of(text: str) -> int:
    """Thousandths of a quantity such as `3`, `0.125`; INVALID for any other form."""
    if text.isdigit() and text.isascii() and len(text) <= 9 and text[0] != "0":
        return int(text) * 1000
    match = _QUANTITY(text)
    return INVALID if match is None else int(match[1] + (match[2] or "").ljust(3, "0"))


def rate_of(text: str) -> str:
    """A positive rate without superfluous zeros (`1.50` is `1.5`); empty for any other form."""
    match = _RATE(text)
    if match is None:
        return ""
    fraction = (match[2] or "").rstrip("0")
    normal = f"{match[1]}.{fraction}" if fraction else match[1]
    return "" if normal == "0" else normal


def price_of(text: str) -> int:
    """As `minor_of`, for prices: a price list has few, so each is read once."""
    minor = _prices_seen.get(text)
    if minor is None:
        minor = minor_of(text)
        if len(_prices_seen) >= _PRICES_MAX:
            _prices_seen.clear()
        _prices_seen[text] = minor
    return minor


def instant_of(text: str) -> int:
    """Milliseconds of an RFC 3339 time with offset, later digits cut off; INVALID for any other form or before 1970."""
    try:  # each part was read before
        if text[10] == "T":
            known = _days_seen[text[:10]] + _times_seen[text[11:19]] - _offsets_seen[text[19:]]
            return known if known >= 0 else INVALID
    except (KeyError, IndexError):
        pass
    match = _INSTANT(text)
    if match is None:
        return INVALID
    day, time, fraction, offset = match.groups()
    if day not in _days_seen:
        midnight = _midnight(day)
        if midnight == INVALID:
            return INVALID
        _days_seen[day] = midnight
    if time not in _times_seen:
        _times_seen[time] = (int(time[:2]) * 3600 + int(time[3:5]) * 60 + int(time[6:])) * 1000
    if offset not in _offsets_seen:
        _offsets_seen[offset] = _offset_ms(offset)
    milliseconds = 0 if fraction is None else int(fraction[:3].ljust(3, "0"))
    return max(_days_seen[day] + _times_seen[time] + milliseconds - _offsets_seen[offset], INVALID)


def _midnight(text: str) -> int:
    """The instant of 00:00 UTC of a day of the calendar, or INVALID."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return INVALID
    return (day.toordinal() - _EPOCH_DAY) * _DAY_MS if is_day(day) else INVALID


def _offset_ms(text: str) -> int:
    """Of `Z`, `+03:00`, `-11:30`: what local time is ahead of UTC."""
    if text in "Zz":
        return 0
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return (-minutes if text[0] == "-" else minutes) * 60_000


def is_currency(text: str) -> bool:
    """Whether `text` is three capital letters."""
    if text in _currencies_seen:
        return True
    if _CURRENCY(text) is None:
        return False
    _currencies_seen[text] = True
    return True


def is_day(day: date) -> bool:
    """Whether a date lies in the years the system reckons with; `date.min` stands for a missing one."""
    return YEAR_MIN <= day.year <= YEAR_MAX
