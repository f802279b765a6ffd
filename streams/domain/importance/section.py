"""A scope with its clients in order: turnover in; out come those whose importance may be another now."""

from schemas.importance import ScopeTurnover
from streams.domain.importance.members import Member, Stored
from streams.domain.importance.ranking import NONE, Ranking
from streams.domain.policy import Rules


class Section:
    """The state of one scope; the order is made from the members when it is first needed."""

    __slots__ = ("_percents", "_ranking", "stored")

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self._ranking: Ranking | None = None
        self._percents = (-1, -1)

    @property
    def first_month(self) -> int:
        """The first month that counts."""
        return self.stored.month - self.stored.window + 1

    def ranking(self, rules: Rules) -> Ranking:
        """The clients that have sales, in order."""
        percents = rules.importance_key_below_percent, rules.importance_medium_below_percent
        if self._ranking is None or self._percents != percents:
            self._percents = percents
            places = [member.place(name) for name, member in self.stored.members.items() if member.sold]
            self._ranking = Ranking(places, *percents)
        return self._ranking

    def importance(self, rules: Rules, name: str) -> int:
        """What a client of the scope is now."""
        member = self.stored.members[name]
        return self.ranking(rules).importance(member.place(name)) if member.sold else NONE

    def repeated(self, told: ScopeTurnover) -> bool:
        """Whether the client told this, or something later, before."""
        member = self.stored.members.get(told.client_id)
        return member is not None and told.sequence <= member.sequence

    def take(self, rules: Rules, told: ScopeTurnover, months: dict[int, int | None]) -> list[str]:
        """Book what a client tells of itself; itself first, then those it made a border pass."""
        name, members, ranking = told.client_id, self.stored.members, self.ranking(rules)
        member = members.get(name)
        if member is None:
            member = Member(0, 0, self.first_month, [])
        old = member.place(name) if member.sold else None
        member.sequence = told.sequence
        member.registered = told.registered_on.toordinal() if told.registered_on is not None else 0
        for month, amount in months.items():
            if month >= self.first_month:
                member.book(month, amount)
        if not member.months:
            return []  # nothing of it counts
        members[name] = member
        member.count(self.stored.month)
        new = member.place(name) if member.sold else None
        if old == new:
            return []
        passed = ranking.move(old, new)
        return [name, *(place[2] for place in passed if place[2] != name)]

    def roll(self, rules: Rules, month: int) -> list[str]:
        """From here on `month` is the running one; all clients, in the order that holds now, those without it last."""
        stored = self.stored
        stored.month, stored.window = month, rules.importance_months
        first = self.first_month
        for member in stored.members.values():
            member.forget_before(first)
            member.count(month)
        self._ranking = None
        without = [name for name, member in stored.members.items() if not member.sold]
        return [place[2] for place in self.ranking(rules)] + without

    def forget_gone(self) -> None:
        """Forget clients of whom no month counts any more."""
        members = self.stored.members
        for name in [name for name, member in members.items() if not member.months]:
            del members[name]
