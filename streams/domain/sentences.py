"""Words for people, in English and in Russian: counts with their plural, dates, lists of ids."""

from datetime import date
from functools import lru_cache
from typing import Final

import msgspec

from streams.domain.state import Days

_MONTHS: Final = (
    ("January", "январь"),
    ("February", "февраль"),
    ("March", "март"),
    ("April", "апрель"),
    ("May", "май"),
    ("June", "июнь"),
    ("July", "июль"),
    ("August", "август"),
    ("September", "сентябрь"),
    ("October", "октябрь"),
    ("November", "ноябрь"),
    ("December", "декабрь"),
)
IDS_SPOKEN_MAX: Final = 3
"""More ids than this in a sentence are counted, not listed."""


class Text(msgspec.Struct, frozen=True, gc=False):
    """One sentence or phrase in both languages; as JSON, the `explanation` of an output."""

    en: str
    ru: str


def joined(*parts: Text) -> Text:
    """Sentences one after the other."""
    return Text(" ".join(part.en for part in parts), " ".join(part.ru for part in parts))


def plural_ru(count: int, one: str, few: str, many: str) -> str:
    """The Russian form for `count`: 1, 21 день; 2-4, 22 дня; 0, 5-20, 25 дней."""
    tens, units = count % 100, count % 10
    if units == 1 and tens != 11:
        return one
    if 2 <= units <= 4 and not 12 <= tens <= 14:
        return few
    return many


def days(count: int) -> Text:
    """`3 days`, `3 дня`."""
    return Text(f"{count} day" if count == 1 else f"{count} days", f"{count} {plural_ru(count, 'день', 'дня', 'дней')}")


def violations(count: int) -> Text:
    """`1 violation`, `1 нарушение`."""
    return Text(
        f"{count} violation" if count == 1 else f"{count} violations",
        f"{count} {plural_ru(count, 'нарушение', 'нарушения', 'нарушений')}",
    )


def outlets(count: int) -> Text:
    """`1 active outlet`, `1 действующая точка`."""
    ru = plural_ru(count, "действующая точка", "действующие точки", "действующих точек")
    return Text(f"{count} active outlet" if count == 1 else f"{count} active outlets", f"{count} {ru}")


def iso(day: Days) -> str:
    """`2026-03-01`."""
    return date.fromordinal(day).isoformat()


@lru_cache(maxsize=4096)
def calendar_date(day: Days) -> Text:
    """`1 March 2026`, `01.03.2026`."""
    value = date.fromordinal(day)
    return Text(f"{value.day} {_MONTHS[value.month - 1][0]} {value.year}", value.strftime("%d.%m.%Y"))


def month_name(month: int) -> Text:
    """`March 2026`, `март 2026`; `month` is year * 12 + month - 1."""
    year, index = divmod(month, 12)
    en, ru = _MONTHS[index]
    return Text(f"{en} {year}", f"{ru} {year}")


def listed(ids: list[str]) -> Text:
    """Ids for a sentence: all of a few, else the first and how many more."""
    if len(ids) <= IDS_SPOKEN_MAX:
        text = ", ".join(ids)
        return Text(text, text)
    text, more = ", ".join(ids[:IDS_SPOKEN_MAX]), len(ids) - IDS_SPOKEN_MAX
    return Text(f"{text} and {more} more", f"{text} и ещё {more}")


def enumerated(items: list[Text]) -> Text:
    """`a, b and c`, `а, б и в`."""
    if len(items) == 1:
        return items[0]
    first, last = items[:-1], items[-1]
    return Text(
        f"{', '.join(item.en for item in first)} and {last.en}", f"{', '.join(item.ru for item in first)} и {last.ru}"
    )
