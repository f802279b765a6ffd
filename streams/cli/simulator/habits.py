"""How clients buy and pay: most on time, some carelessly, some by the season, and a few that go bad."""

import random
from datetime import date
from typing import Final, NamedTuple


class Habit(NamedTuple):
    """A kind of client."""

    name: str
    share: float
    """Of all clients."""
    late: float
    """Chance that a payment comes after its due date."""
    late_days: tuple[int, int]
    """By how many days, least and most."""
    busy_months: tuple[int, ...] = ()
    """Months in which it buys three times as much; the rest of the year it buys little and pays late."""
    turns_after_days: tuple[int, int] | None = None
    """It pays on time until so many days after the beginning, least and most; then as `late` says."""


HABITS: Final = (
    Habit("prompt", 0.78, 0.01, (1, 2)),
    Habit("sloppy", 0.12, 0.30, (1, 6)),
    Habit("seasonal", 0.06, 0.35, (2, 11), busy_months=(3, 4, 8, 9, 12)),
    Habit("going bad", 0.04, 0.85, (6, 24), turns_after_days=(8, 120)),
)


def pick(generator: random.Random) -> Habit:
    """A habit, each as often as its share."""
    return generator.choices(HABITS, [habit.share for habit in HABITS])[0]


def activity(habit: Habit, day: date) -> float:
    """How much more than its average a client buys on a day."""
    if not habit.busy_months:
        return 1.0
    return 1.8 if day.month in habit.busy_months else 0.6


def days_late(habit: Habit, generator: random.Random, day_number: int, turns_on: int, due: date) -> int:
    """Days between the due date and the payment: negative before it, 0 on it. `day_number`: of the dispatch."""
    chance = habit.late
    if habit.turns_after_days is not None and day_number < turns_on:
        chance = 0.01
    if habit.busy_months and due.month in habit.busy_months:
        chance = 0.02
    if generator.random() < chance:
        return generator.randint(*habit.late_days)
    return -generator.randint(0, 3)
