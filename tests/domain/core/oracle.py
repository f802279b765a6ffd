"""The rules of money and lateness read aloud: day by day, step by step, nothing remembered but amounts.

Written from the specification alone and independent of the code under test; slow and plain on purpose. Days are
ordinals, amounts minor units.
"""

from dataclasses import dataclass, field


@dataclass
class World:
    """The facts that hold at the end (after revisions and withdrawals)."""

    dispatches: dict[str, tuple[int, list[tuple[str, int, int]]]] = field(default_factory=dict)
    """shipment: (day, [(obligation, due, amount)])"""
    payments: dict[str, tuple[int, int, list[str]]] = field(default_factory=dict)
    """payment: (day, amount, named obligations)"""
    reversals: dict[str, tuple[str, int, int | None]] = field(default_factory=dict)
    """reversal: (payment, day, amount or None for all)"""
    returns: dict[str, tuple[str, int, int, bool]] = field(default_factory=dict)
    """return: (shipment, day, amount, accepted by a person)"""
    rescheduled: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    """change: (obligation, day on which it holds, new due day)"""
    disputed: dict[str, tuple[str, int]] = field(default_factory=dict)
    resolved: dict[str, tuple[str, int]] = field(default_factory=dict)
    written_off: dict[str, tuple[str, int]] = field(default_factory=dict)
    """change: (obligation, day on which it holds)"""


@dataclass
class Paid:
    """Money as it lies: what is unapplied, where the rest went."""

    order: tuple[int, int, str]
    rest: int
    names: list[str]
    went: list[tuple[str, int]] = field(default_factory=list)
    kept: bool = False


class Oracle:
    """The books at the end of `today` (or now, on that day)."""

    def __init__(self, world: World, today: int, correction_days: int = 90, tolerance: int = 0) -> None:
        self.world, self.correction_days, self.tolerance = world, correction_days, tolerance
        self.due: dict[str, int] = {}
        self.owed: dict[str, int] = {}
        self.money: dict[str, Paid] = {}
        self.returned: list[tuple[str, int, int]] = []
        """(shipment, day, amount) of each accepted return."""
        self.overdue_days: dict[str, list[int]] = {}
        self.due_then: dict[tuple[str, int], int] = {}
        """The due day in force of each overdue day."""
        days = [row[0] for row in world.dispatches.values()] + [row[0] for row in world.payments.values()]
        for day in range(min(days, default=today), today + 1):
            begin = dict(self.owed)
            self._day(day)
            for name, due in self.due.items():
                late = day > due and max(begin.get(name, 0), self.owed[name]) > tolerance
                if late and not self._is_disputed(name, day):
                    self.due_then[name, day] = due
                    self.overdue_days.setdefault(name, []).append(day)

    def _is_disputed(self, name: str, day: int) -> bool:
        """At the end of the day: what was said last; a resolution wins on the same date."""
        said = [(on, 0) for one, on in self.world.disputed.values() if one == name and on <= day]
        said += [(on, 1) for one, on in self.world.resolved.values() if one == name and on <= day]
        return bool(said) and max(said)[1] == 0

    def _due(self, name: str, stated: int, day: int) -> int:
        new = [(on, key, due) for key, (one, on, due) in self.world.rescheduled.items() if one == name and on <= day]
        return max(new)[2] if new else stated

    def _day(self, day: int) -> None:
        for _, instalments in self.world.dispatches.values():
            for name, stated, _ in instalments:
                if name in self.due:
                    self.due[name] = self._due(name, stated, day)
        for paid in self.money.values():
            if paid.kept and day >= paid.order[0] + self.correction_days:
                paid.kept = False
                self._settle()
        for _, (on, instalments) in sorted(self.world.dispatches.items()):
            if on == day:
                for name, due, amount in instalments:
                    self.due[name], self.owed[name] = self._due(name, due, day), amount
                self._give_kept([name for name, _, _ in instalments])
                self._settle()
        for name, (on, amount, names) in sorted(self.world.payments.items()):
            if on == day:
                self._payment(name, on, amount, names)
                self._settle()
        for _, (name, on, part) in sorted(self.world.reversals.items()):
            if name in self.world.payments and max(on, self.world.payments[name][0]) == day:
                self._reverse(self.money[name], self.world.payments[name][1] if part is None else part)
                self._settle()
        for name, (shipment, on, amount, accepted) in sorted(self.world.returns.items()):
            if shipment in self.world.dispatches and max(on, self.world.dispatches[shipment][0]) == day:
                self._return(name, shipment, on, amount, accepted, day)
                self._settle()
        dispatched = {one: on for on, rows in self.world.dispatches.values() for one, _, _ in rows}
        for _, (name, on) in sorted(self.world.written_off.items()):
            if name in dispatched and max(on, dispatched[name]) == day:
                self.owed[name] = 0

    def _pay(self, paid: Paid, name: str) -> None:
        amount = min(paid.rest, self.owed[name])
        if amount:
            paid.rest -= amount
            self.owed[name] -= amount
            paid.went.append((name, amount))

    def _payment(self, name: str, day: int, amount: int, names: list[str]) -> None:
        paid = self.money[name] = Paid((day, 1, name), amount, names)
        for obligation in names:
            if obligation in self.owed:
                self._pay(paid, obligation)
        paid.kept = paid.rest > 0 and any(obligation not in self.owed for obligation in names)

    def _give_kept(self, came: list[str]) -> None:
        for paid in sorted(self.money.values(), key=lambda one: one.order):
            if paid.kept:
                for name in paid.names:
                    if name in came:
                        self._pay(paid, name)
                paid.kept = paid.rest > 0 and any(name not in self.owed for name in paid.names)

    def _settle(self) -> None:
        """Unapplied money, oldest first, pays whatever is open, oldest due first, then by id."""
        for paid in sorted(self.money.values(), key=lambda one: one.order):
            if not paid.kept:
                for name in sorted(self.owed, key=lambda one: (self.due[one], one)):
                    self._pay(paid, name)

    def _reverse(self, paid: Paid, amount: int) -> None:
        unapplied = min(amount, paid.rest)
        paid.rest -= unapplied
        amount -= unapplied
        while amount and paid.went:
            name, went = paid.went.pop()
            back = min(went, amount)
            if went > back:
                paid.went.append((name, went - back))
            self.owed[name] += back
            amount -= back

    def _return(self, name: str, shipment: str, on: int, amount: int, accepted: bool, day: int) -> None:
        instalments = self.world.dispatches[shipment][1]
        due = [self.due[name] for name, _, _ in instalments]
        if not accepted and on > max(due):
            return
        self.returned.append((shipment, day, amount))
        for place in sorted(range(len(instalments)), key=lambda index: (-due[index], -index)):
            obligation = instalments[place][0]
            less = min(amount, self.owed[obligation])
            self.owed[obligation] -= less
            amount -= less
        if amount:
            self.money["return " + name] = Paid((day, 3, name), amount, [])

    @property
    def unapplied(self) -> int:
        return sum(paid.rest for paid in self.money.values())

    def open(self) -> dict[str, int]:
        order = sorted(self.owed, key=lambda one: (self.due[one], one))
        return {name: self.owed[name] for name in order if self.owed[name]}


def runs(days: list[int]) -> list[tuple[int, int]]:
    """Runs of days without a gap, as (first, last)."""
    found: list[tuple[int, int]] = []
    for day in days:
        if found and found[-1][1] == day - 1:
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def lateness(
    oracle: Oracle, today: int, window_days: int, is_judged: dict[int, bool]
) -> tuple[list[str], int, int, int, list[str]]:
    """(violating obligations by id, longest days, current days, since, those overdue) at the end of `today`."""
    violating: list[str] = []
    overdue: list[str] = []
    longest = current = since = 0
    for name in sorted(oracle.overdue_days):
        touching = [
            (first, last)
            for first, last in runs(oracle.overdue_days[name])
            if last > today - window_days
            and any(is_judged[oracle.due_then[name, day]] for day in range(first, last + 1))
        ]
        if touching:
            violating.append(name)
        for first, last in touching:
            longest = max(longest, last - first + 1)
            if oracle.owed[name] > oracle.tolerance and last == today:
                overdue.append(name)
                if last - first + 1 > current:
                    current, since = last - first + 1, first
    return violating, longest, current, since, overdue
