"""Places in order, in blocks of bounded length: inserting, removing and summing up cost about the root of their number.

A block's turnover is summed up beside it, so that what is held by all before a place needs no walk from the beginning.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

Place = tuple[int, int, str]
"""(turnover with the sign turned, day of registration, client id): in the order of importance."""

_BLOCK: Final = 128
"""Places of a full block; one twice as long is halved."""


class Order:
    """Distinct places, smallest first, that is those with the most turnover."""

    __slots__ = ("_blocks", "_lasts", "_sums")

    def __init__(self, places: Iterable[Place]) -> None:
        ordered = sorted(places)
        self._blocks = [ordered[start : start + _BLOCK] for start in range(0, len(ordered), _BLOCK)]
        self._lasts = [block[-1] for block in self._blocks]
        self._sums = [_turnover(block) for block in self._blocks]

    def __iter__(self) -> Iterator[Place]:
        return chain.from_iterable(self._blocks)

    def add(self, place: Place) -> None:
        """Insert a place that is not there."""
        index = bisect_left(self._lasts, place)
        if index == len(self._blocks):
            if not index:
                self._blocks, self._lasts, self._sums = [[place]], [place], [-place[0]]
                return
            index -= 1
            self._lasts[index] = place
        block = self._blocks[index]
        insort(block, place)
        self._sums[index] -= place[0]
        if len(block) > 2 * _BLOCK:
            self._halve(index)

    def remove(self, place: Place) -> None:
        """Take out a place that is there."""
        index = bisect_left(self._lasts, place)
        block = self._blocks[index]
        position = bisect_left(block, place)
        assert block[position] == place, f"{place} is not in the order"
        del block[position]
        self._sums[index] += place[0]
        if not block:
            del self._blocks[index], self._lasts[index], self._sums[index]
        elif position == len(block):
            self._lasts[index] = block[-1]

    def held_before(self, place: Place) -> int:
        """The turnover of all places before this one."""
        index = bisect_left(self._lasts, place)
        held = sum(self._sums[:index])
        if index < len(self._blocks):
            block = self._blocks[index]
            held += _turnover(block[: bisect_left(block, place)])
        return held

    def after(self, place: Place) -> Iterator[Place]:
        """Those after a place, in order; the order must not change meanwhile."""
        index = bisect_left(self._lasts, place)
        if index == len(self._blocks):
            return
        block = self._blocks[index]
        position = bisect_left(block, place)
        if position < len(block) and block[position] == place:
            position += 1
        yield from islice(block, position, None)
        for block in islice(self._blocks, index + 1, None):
            yield from block

    def backwards_from(self, place: Place | None) -> Iterator[Place]:
        """Those before a place (None: all), the last first; the order must not change meanwhile."""
        index = len(self._blocks) if place is None else bisect_left(self._lasts, place)
        if place is not None and index < len(self._blocks):
            block = self._blocks[index]
            yield from reversed(block[: bisect_left(block, place)])
        for number in range(index - 1, -1, -1):
            yield from reversed(self._blocks[number])

    def _halve(self, index: int) -> None:
        block = self._blocks[index]
        halves = block[:_BLOCK], block[_BLOCK:]
        self._blocks[index : index + 1] = halves
        self._lasts[index : index + 1] = [half[-1] for half in halves]
        self._sums[index : index + 1] = [_turnover(half) for half in halves]


def _turnover(places: list[Place]) -> int:
    return -sum(place[0] for place in places)
