"""Every category that is published, in the order of publishing."""

from collections.abc import Iterator
from typing import Final

from streams.domain.categories.activities import ACTIVITIES
from streams.domain.categories.category import Category, Move
from streams.domain.categories.lifecycle import LIFECYCLE
from streams.domain.categories.mall_outlets import MALL_OUTLETS
from streams.domain.categories.risk_group import RISK_GROUP
from streams.domain.categories.sales_type import SALES_TYPE
from streams.domain.categories.volume import VOLUME
from streams.domain.state import Decided
from streams.domain.view import View

_ABOUT_CLIENT: Final = (SALES_TYPE, ACTIVITIES, MALL_OUTLETS, LIFECYCLE)
_IN_ORDER: Final = (RISK_GROUP, VOLUME, *_ABOUT_CLIENT)


def are_published(view: View, decided: Decided) -> bool:
    """Whether what holds is what was published last: the usual case, at the price of a few comparisons."""
    known, profile = decided.categories, view.profile
    return (
        view.group == decided.risk_group
        and view.volume == decided.volume
        and view.lifecycle == known.lifecycle
        and profile.sales_type == known.sales_type
        and profile.activities == known.activities
        and profile.mall_outlets == known.mall_outlets
    )


def to_publish(view: View, decided: Decided) -> Iterator[tuple[Category, Move]]:
    """What moved since the last publishing; from here on it counts as published."""
    for category in _IN_ORDER:
        before, after = category.published(decided), category.of(view)
        if before != after:
            category.publish(decided, after)
            for move in category.moves(before, after):
                yield category, move


def about_client(before: View, after: View) -> list[tuple[Category, Move]]:
    """What moves from one view to another of the categories that say who the client is."""
    if before.lifecycle == after.lifecycle and before.profile is after.profile:
        return []  # nearly every look ahead
    found: list[tuple[Category, Move]] = []
    for category in _ABOUT_CLIENT:
        was, will_be = category.of(before), category.of(after)
        if was != will_be:
            found += [(category, move) for move in category.moves(was, will_be)]
    return found


def same(before: View, after: View) -> bool:
    """Whether nothing moves between two views."""
    mine, other = before.profile, after.profile
    return (
        before.group == after.group
        and before.volume == after.volume
        and before.lifecycle == after.lifecycle
        and (
            mine is other
            or (mine.sales_type, mine.activities, mine.mall_outlets)
            == (other.sales_type, other.activities, other.mall_outlets)
        )
    )
