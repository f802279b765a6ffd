"""The clients of a scope in their order, and the two borders between key, medium and small.

A client is above a border while those before it hold less than the border's percentage of all turnover, and it has
some itself. Such clients are always the first of the order; so a border is one place in it and the sum before that.
When a client moves, the sums are adjusted and each border walks over those it passes: nobody else is looked at.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from streams.domain.importance.order import Order, Place

NONE: Final = 0
"""The client has no sales in the scope."""
SMALL: Final = 1
MEDIUM: Final = 2
KEY: Final = 3


class _Border:
    """Divides the order: `first` is the first place below it (None: all are above), `before` the turnover above."""

    __slots__ = ("before", "first", "percent")

    def __init__(self, percent: int) -> None:
        self.percent = percent
        self.first: Place | None = None
        self.before = 0

    def includes(self, place: Place) -> bool:
        return self.first is None or place < self.first


class Ranking:
    """An order of places with its borders. Turnover at or below 0 is given as 0."""

    __slots__ = ("_key", "_medium", "_order", "total")

    def __init__(self, places: Iterable[Place], key_below_percent: int, medium_below_percent: int) -> None:
        self._order = order = Order(places)
        self.total = -sum(place[0] for place in order)
        """The turnover of all."""
        self._key, self._medium = _Border(key_below_percent), _Border(medium_below_percent)
        for border in (self._key, self._medium):
            border.first = next(iter(order), None)
            self._take_in(border)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._order)

    def importance(self, place: Place) -> int:
        """Of a client at this place of the order."""
        if self._key.includes(place):
            return KEY
        return MEDIUM if self._medium.includes(place) else SMALL

    def held_before(self, place: Place) -> int:
        """The turnover of those before a place."""
        return self._order.held_before(place)

    def move(self, old: Place | None, new: Place | None) -> list[Place]:
        """Take a client from one place to another (None: not in the order); the places that a border passed."""
        order = self._order
        if old is not None:
            order.remove(old)
            self.total += old[0]
        if new is not None:
            order.add(new)
            self.total -= new[0]
        passed: list[Place] = []
        for border in (self._key, self._medium):
            self._adjust(border, old, new)
            passed += self._take_in(border) or self._put_out(border)
        return passed

    def _adjust(self, border: _Border, old: Place | None, new: Place | None) -> None:
        """The border stays between the same others; its sum follows the one that moved."""
        if old is not None:
            if old == border.first:
                border.first = next(self._order.after(old), None)
            elif border.includes(old):
                border.before += old[0]
        if new is not None and border.includes(new):
            border.before -= new[0]

    def _take_in(self, border: _Border) -> list[Place]:
        """Move the border down over those that belong above it."""
        share, first, before = border.percent * self.total, border.first, border.before
        if first is None or not first[0] or before * 100 >= share:
            return []
        passed = [first]
        before -= first[0]
        for place in self._order.after(first):
            if not place[0] or before * 100 >= share:
                border.first = place
                break
            passed.append(place)
            before -= place[0]
        else:
            border.first = None
        border.before = before
        return passed

    def _put_out(self, border: _Border) -> list[Place]:
        """Move the border up over those that no longer belong above it."""
        share, passed = border.percent * self.total, []
        for place in self._order.backwards_from(border.first):
            before = border.before + place[0]
            if place[0] and before * 100 < share:
                break
            passed.append(place)
            border.first, border.before = place, before
        return passed
