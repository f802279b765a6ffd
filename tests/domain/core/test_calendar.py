"""Days of the company's zone, working days, cutoffs, texts; and money."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.policy import Policy
from streams.domain import calendar as calendar_module
from streams.domain.calendar import Calendar, month_first, month_of
from streams.domain.money import convert, minor, text
from streams.domain.policy import Rules

ZONES = ["Europe/Moscow", "America/New_York", "Pacific/Apia", "America/Sao_Paulo", "Africa/Cairo", "Asia/Kathmandu"]
CALENDARS = {zone: Calendar(zone) for zone in ZONES}


def at(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)


@given(st.sampled_from(ZONES), st.integers(0, 2_200_000_000_000))
def test_an_instant_is_of_the_day_its_wall_clock_shows(zone: str, instant: int) -> None:
    calendar = CALENDARS[zone]
    local = datetime.fromtimestamp(instant // 1000, UTC).astimezone(ZoneInfo(zone))
    day = calendar.day_of(instant)
    assert day == local.toordinal()
    assert calendar.midnight(day) <= instant < calendar.midnight(day + 1)
    shown = datetime.fromtimestamp(instant / 1000, UTC).astimezone(ZoneInfo(zone))
    assert datetime.fromisoformat(calendar.text(instant)) == shown
    assert calendar.text(instant // 1000 * 1000) == local.isoformat(timespec="seconds")


def test_a_day_begins_at_the_companys_midnight() -> None:
    calendar = CALENDARS["Europe/Moscow"]
    assert calendar.day_of(at("2026-01-31T20:59:59Z")) == date(2026, 1, 31).toordinal()
    assert calendar.day_of(at("2026-01-31T21:00:00Z")) == date(2026, 2, 1).toordinal()
    assert calendar.text(at("2026-03-01T09:00:00Z")) == "2026-03-01T12:00:00+03:00"
    assert calendar.text(at("2026-03-01T09:00:00.25Z")) == "2026-03-01T12:00:00.250+03:00"


def test_a_day_whose_midnight_the_clock_jumps_over_begins_at_the_jump() -> None:
    """São Paulo, 4 November 2018: 00:00 became 01:00 at 03:00Z."""
    calendar = CALENDARS["America/Sao_Paulo"]
    assert calendar.midnight(date(2018, 11, 4).toordinal()) == at("2018-11-04T03:00:00Z")


def test_a_working_day_is_one_of_the_week_unless_the_policy_says_otherwise() -> None:
    holiday, worked = date(2026, 3, 9), date(2026, 3, 14)
    rules = Rules.compile(Policy(version=1, non_working_days=(holiday,), working_days=(worked,)))
    assert not rules.calendar.works(date(2026, 3, 7).toordinal())  # Saturday
    assert not rules.calendar.works(date(2026, 3, 8).toordinal())  # Sunday
    assert not rules.calendar.works(holiday.toordinal())
    assert rules.calendar.works(worked.toordinal())
    assert rules.calendar.works(date(2026, 3, 10).toordinal())
    assert rules.cutoff(date(2026, 3, 6).toordinal()) == at("2026-03-10T12:00:00+03:00")
    assert rules.cutoff(date(2026, 3, 13).toordinal()) == at("2026-03-14T12:00:00+03:00")


def test_a_calendar_without_working_days_says_what_to_correct() -> None:
    calendar = Calendar("UTC", rest_weekdays=(0, 1, 2, 3, 4, 5, 6))
    with pytest.raises(ValueError, match="non_working_days"):
        calendar.working_from(date(2026, 1, 1).toordinal())


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_module, "_REMEMBERED_MAX", 10)
    calendar, first = Calendar("Europe/Moscow"), date(2026, 1, 1).toordinal()
    for day in range(first, first + 50):
        begins = calendar.midnight(day)
        assert calendar.day_of(begins) == day
        assert calendar.text(begins)[11:19] == "00:00:00"
        assert calendar.cutoff(day) > begins
    assert max(len(calendar._midnights), len(calendar._cutoffs), len(calendar._forms)) <= 10


def test_months_are_numbered_through() -> None:
    assert month_of(date(2026, 1, 31).toordinal()) == 2026 * 12
    assert month_of(date(2026, 12, 1).toordinal()) == 2026 * 12 + 11
    assert month_first(2026 * 12 + 12) == date(2027, 1, 1).toordinal()


@pytest.mark.parametrize(
    ("written", "amount"), [("0", 0), ("12.5", 1250), ("12.50", 1250), ("0.01", 1), ("-3.05", -305), ("7", 700)]
)
def test_decimal_strings_are_minor_units(written: str, amount: int) -> None:
    assert minor(written) == amount
    assert minor(text(amount)) == amount


@pytest.mark.parametrize("written", ["", ".5", "1.", "1.234", "1e3", "1,5", "--1", "٣.00"])
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"amount|places"):
        minor(written)


def test_text_always_has_two_places() -> None:
    assert [text(amount) for amount in (0, 5, 1250, -305)] == ["0.00", "0.05", "12.50", "-3.05"]


def test_conversion_rounds_half_to_even() -> None:
    assert [convert(amount, "0.5") for amount in (1, 3, 5, 7)] == [0, 2, 2, 4]
    assert convert(333, "") == 333
    assert convert(10**15, "1.000000000001") == 10**15 + 1000
