"""What a client itself keeps of the scopes it sells in: turnover by month, and the importance it was told.

A month is there when anything is booked to it, be it 0.00: no sales and sales returned in full are not the same.
"""

import msgspec

_MONTHS_KEPT: int = 37
"""The longest window a policy may ask for, and the running month."""


class Book(msgspec.Struct, array_like=True, gc=False):
    """One scope of one client."""

    name: str
    """Like `direction/watches`."""
    months: dict[int, int] = {}
    """By month (year * 12 + month - 1), of the sales dated up to the position's day."""
    folded: dict[int, int] = {}
    """The part of `months` whose sales are folded away."""
    heard: int = 0
    """Sequence of the last record of the scope that was taken; those not above are repeats."""
    importance: str = ""
    """As told; empty: none."""


class Books(msgspec.Struct, array_like=True, gc=False):
    """All scopes of one client; a sale names its own by its index here, so that it stays small."""

    all: list[Book] = []
    sequence: int = 0
    """Of the last record told to any scope."""
    registered: int = 0
    """The day of registration, as told; 0: not known."""
    moved: list[tuple[int, int]] = []
    """(index, month) of what changed and is to be told; empty between two records. Month 0: the registration."""

    def index(self, name: str) -> int:
        """Where the book of a scope is; a new one when there is none."""
        for index, book in enumerate(self.all):
            if book.name == name:
                return index
        self.all.append(Book(name))
        return len(self.all) - 1

    def add(self, index: int, month: int, amount: int) -> None:
        """Book an amount."""
        months = self.all[index].months
        try:
            months[month] += amount
        except KeyError:
            months[month] = amount
        self.moved.append((index, month))

    def register(self, day: int) -> None:
        """The client's registration is of this day."""
        if day != self.registered:
            self.registered = day
            self.moved += [(index, 0) for index in range(len(self.all))]

    def start_anew(self, with_folded: bool) -> list[dict[int, int]]:
        """Empty the books but for what is folded away, to count again; gives the months as they were."""
        before = [book.months for book in self.all]
        for book in self.all:
            book.months = dict(book.folded) if with_folded else {}
        return before

    def compare(self, before: list[dict[int, int]], moved_before: int) -> None:
        """After counting again only what differs has moved."""
        del self.moved[moved_before:]
        for index, book in enumerate(self.all):
            was = before[index] if index < len(before) else {}
            if was != book.months:
                months = sorted(dict.fromkeys([*was, *book.months]))
                self.moved += [(index, month) for month in months if was.get(month) != book.months.get(month)]

    def fold_away(self, before: list[dict[int, int]], month: int) -> None:
        """After counting again without the facts folded away: keep what they made as it was, but for old months."""
        for book, was in zip(self.all, before, strict=True):
            counted = book.months
            book.months = {number: was[number] for number in was if number > month - _MONTHS_KEPT}
            book.folded = {
                number: amount - counted.get(number, 0)
                for number, amount in book.months.items()
                if number not in counted or counted[number] != amount
            }
