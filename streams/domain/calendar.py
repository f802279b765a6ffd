"""The company's calendar: days in its time zone, working days, the posting cutoff.

A day is the ordinal of its date, an instant milliseconds since 1970 UTC. Both directions are exact for every zone of
the IANA list (summer time, skipped days) and remembered, because each event asks for them.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DAY_MS: Final = 86_400_000
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_REMEMBERED_MAX: Final = 20_000
_TWO: Final = [f"{number:02d}" for number in range(60)]
_MINUTES: Final = [f"{hour:02d}:{minute}:" for hour in range(24) for minute in _TWO]


@lru_cache(maxsize=8_192)
def month_of(day: int) -> int:
    """Number of a day's calendar month: year * 12 + month - 1."""
    on = date.fromordinal(day)
    return on.year * 12 + on.month - 1


@lru_cache(maxsize=1_024)
def month_first(month: int) -> int:
    """First day of a month by its number."""
    return date(month // 12, month % 12 + 1, 1).toordinal()


class Calendar:
    """Days, working days and cutoffs of one company; immutable but for what it remembers."""

    def __init__(
        self,
        time_zone: str,
        rest_weekdays: tuple[int, ...] = (5, 6),
        non_working: tuple[int, ...] = (),
        working: tuple[int, ...] = (),
        cutoff_minutes: int = 720,
    ) -> None:
        """`rest_weekdays` with Monday 0; `non_working` and `working` are days; the cutoff is minutes after 00:00."""
        self._zone = ZoneInfo(time_zone)
        self._rest_weekdays = rest_weekdays
        self._non_working = frozenset(non_working)
        self._working = frozenset(working)
        self._cutoff_time = time(cutoff_minutes // 60, cutoff_minutes % 60)
        self._midnights: dict[int, int] = {}
        self._cutoffs: dict[int, int] = {}
        self._forms: dict[int, tuple[str, str, bool]] = {}
        self._offset_guess = 0
        self._day_asked = (0, 0, 0)
        """Beginning and end of the day found last, and that day: most questions are about today."""
        self._days: dict[int, int] = {}
        """Of the instants that were asked of another day: whoever looks ahead asks for few midnights and cutoffs."""

    def _instant(self, day: int, at: time) -> int:
        local = datetime.combine(date.fromordinal(day), at, tzinfo=self._zone)
        return (local - _EPOCH) // _MILLISECOND

    def midnight(self, day: int) -> int:
        """The instant at which a day begins (00:00, or where the clock jumps over it, the jump)."""
        instant = self._midnights.get(day)
        if instant is None:
            if len(self._midnights) >= _REMEMBERED_MAX:
                self._midnights.clear()
            instant = self._midnights[day] = self._instant(day, time.min)
        return instant

    def day_of(self, instant: int) -> int:
        """The day an instant falls on."""
        begins, ends, day = self._day_asked
        if begins <= instant < ends:
            return day
        known = self._days.get(instant)
        if known is None:
            if len(self._days) >= _REMEMBERED_MAX:
                self._days.clear()
            known = self._days[instant] = self._day_of(instant)
            self._day_asked = self.midnight(known), self.midnight(known + 1), known
        return known

    def _day_of(self, instant: int) -> int:
        day = (instant + self._offset_guess) // DAY_MS + _EPOCH_DAY
        midnights = self._midnights
        begins = midnights.get(day)
        if begins is None:
            begins = self.midnight(day)
        ends = midnights.get(day + 1)
        if ends is None:
            ends = self.midnight(day + 1)
        if begins <= instant < ends:
            return day
        while instant < self.midnight(day):
            day -= 1
        while instant >= self.midnight(day + 1):
            day += 1
        # a guess only: any value gives the same answer, the right one gives it at once
        self._offset_guess = (day - _EPOCH_DAY) * DAY_MS - self.midnight(day)
        return day

    def works(self, day: int) -> bool:
        """Whether the company works on a day."""
        if day in self._working:
            return True
        return (day + 6) % 7 not in self._rest_weekdays and day not in self._non_working

    def working_from(self, day: int) -> int:
        """The first working day not before `day`."""
        for candidate in range(day, day + 4_000):
            if self.works(candidate):
                return candidate
        raise ValueError("the policy's calendar has no working day for ten years; correct non_working_days")

    def cutoff(self, due: int) -> int:
        """The instant at which an obligation due on `due` is judged: the cutoff time of the next working day."""
        instant = self._cutoffs.get(due)
        if instant is None:
            if len(self._cutoffs) >= _REMEMBERED_MAX:
                self._cutoffs.clear()
            instant = self._cutoffs[due] = self._instant(self.working_from(due + 1), self._cutoff_time)
        return instant

    def text(self, instant: int, day: int = 0) -> str:
        """RFC 3339 in the company's zone, e.g. 2026-03-01T12:00:00+03:00; milliseconds only when there are any. `day`
        is the day it falls on, where that is known."""
        if not day:
            day = self.day_of(instant)
        form = self._forms.get(day)
        if form is None:
            if len(self._forms) >= _REMEMBERED_MAX:
                self._forms.clear()
            form = self._forms[day] = self._form(day)
        if not form[2]:
            local = (_EPOCH + instant * _MILLISECOND).astimezone(self._zone)
            return local.isoformat(timespec="milliseconds" if instant % 1000 else "seconds")
        seconds, milliseconds = divmod(instant - self._midnights[day], 1000)
        of_day = _MINUTES[seconds // 60] + _TWO[seconds % 60]
        return f"{form[0]}{of_day}.{milliseconds:03d}{form[1]}" if milliseconds else f"{form[0]}{of_day}{form[1]}"

    def _form(self, day: int) -> tuple[str, str, bool]:
        """(date and T, offset, whether the offset holds all day) of a day's instants as text."""
        begins = (_EPOCH + self.midnight(day) * _MILLISECOND).astimezone(self._zone)
        ends = (_EPOCH + self.midnight(day + 1) * _MILLISECOND).astimezone(self._zone)
        whole = begins.utcoffset() == ends.utcoffset() and begins.time() == time.min
        text = begins.isoformat(timespec="seconds")
        return text[:11], text[19:], whole
