"""Who moved between risk groups on which day: counted from the topic `category-changes`."""

from collections import Counter, defaultdict
from datetime import date
from typing import Final

import msgspec

from schemas.envelope import SequenceFilter

_DAYS_MAX: Final = 400


class _Change(msgspec.Struct, gc=False, rename={"from_": "from"}):
    type: str
    client_id: str
    sequence: int
    effective_at: str
    dimension: str
    from_: msgspec.Raw
    to: msgspec.Raw


_decode: Final = msgspec.json.Decoder(_Change).decode
_group: Final = msgspec.json.Decoder(int | None).decode


class Moves:
    """How many went from which group to which, by the day on which it took effect."""

    def __init__(self) -> None:
        self._days: defaultdict[date, Counter[tuple[int | None, int | None]]] = defaultdict(Counter)
        self._fresh = SequenceFilter()

    def take(self, topic: str, value: bytes) -> None:
        """A record of `category-changes`; others than of risk groups and repeated ones change nothing."""
        change = _decode(value)
        if change.dimension != "risk_group" or not self._fresh.passes(topic, change.client_id, change.sequence):
            return
        day = date.fromisoformat(change.effective_at[:10])
        self._days[day][_group(change.from_), _group(change.to)] += 1
        while len(self._days) > _DAYS_MAX:
            del self._days[min(self._days)]

    def since(self, first: date) -> tuple[Counter[int], Counter[int]]:
        """By group, how many came in and how many went out from a day on."""
        into: Counter[int] = Counter()
        out_of: Counter[int] = Counter()
        for day, moved in self._days.items():
            if day < first:
                continue
            for (before, after), count in moved.items():
                if after is not None:
                    into[after] += count
                if before is not None:
                    out_of[before] += count
        return into, out_of

    def back_from(self, group: int, clients: int, today: date, days: int) -> list[int]:
        """How many were in a group at the end of each of the last days, the earliest first; today: `clients`.

        Clients that came later counted in group 0 from their first day: what they were before is not told.
        """
        counts = [clients]
        for back in range(days - 1):
            moved = self._days.get(date.fromordinal(today.toordinal() - back), Counter())
            change = sum(count * ((after == group) - (before == group)) for (before, after), count in moved.items())
            counts.append(counts[-1] - change)
        return [max(0, count) for count in reversed(counts)]
