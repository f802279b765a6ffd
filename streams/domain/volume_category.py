"""Volume category (source: table row 4) by turnover: the better of the last closed month and the running one.

Turnover is sales less sale returns, booked to the month of the sale; a return of a sale whose month closed more than
`correction_days` before the return was appended is booked to the month of `returned_on`.
"""

from schemas.records import NEVER
from streams.domain.calendar import DAY_MS, month_first, month_of
from streams.domain.importance.telling import scope_of
from streams.domain.lookup import SALE, SALE_RETURN, opening_in_force
from streams.domain.money import AMOUNT_MAX, convert
from streams.domain.policy import Rules
from streams.domain.state import Client, Days, Instant, SaleReturn, Step


def turnover(client: Client, month: int) -> int:
    """Turnover of a month (year * 12 + month - 1) in minor units."""
    return client.position.turnover.get(month, 0)


def category(rules: Rules, turnover_minor: int) -> str:
    """A above 500.00, B from 100.00, else C (the policy's numbers)."""
    if turnover_minor > rules.volume_a_above:
        return "A"
    return "B" if turnover_minor >= rules.volume_b_from else "C"


def deciding(rules: Rules, client: Client, day: int) -> tuple[int, int]:
    """(month, turnover) that decides on `day`: the better of the last closed month and the running one."""
    month = month_of(day)
    book = client.position.turnover
    running, closed = book.get(month, 0), book.get(month - 1, 0)
    return (month, running) if running >= closed else (month - 1, closed)


def of(rules: Rules, client: Client, day: int) -> str:
    """Category on `day` (today or later: as it will be when nothing arrives)."""
    month, book = month_of(day), client.position.turnover
    running, closed_last = book.get(month, 0), book.get(month - 1, 0)
    return category(rules, running if running >= closed_last else closed_last)


def after(rules: Rules, client: Client, day: int) -> str:
    """Category at the beginning of the month after `day`'s when nothing arrives."""
    return of(rules, client, month_first(month_of(day) + 1))


def next_day(rules: Rules, client: Client, day: int, today: str) -> int:
    """The first day after `day`, whose category is `today`, on which it changes when nothing arrives; NEVER: none."""
    book = client.position.turnover
    if not book:
        return NEVER
    month = month_of(day)
    running, closed_last = book.get(month, 0), book.get(month - 1, 0)
    if running >= closed_last and running >= 0:
        next_month = today
    else:
        next_month = category(rules, running if running > 0 else 0)  # of the month to come nothing is sold
        if next_month != today:
            return month_first(month + 1)
    # C is the lowest, so it cannot fall
    return month_first(month + 2) if next_month != "C" and next_month != category(rules, 0) else NEVER


def closed(rules: Rules, month: int, at: Instant) -> bool:
    """Whether at `at` a month has been closed for more than `correction_days`: sales no longer change it."""
    return at - rules.midnight(month_first(month + 1)) > rules.correction_days * DAY_MS


def take(rules: Rules, client: Client, step: Step) -> None:
    """Book a sale or sale return whose day has come."""
    facts = client.facts
    if step[1] == SALE:
        sale = facts.sales[step[2]]
        add(client, month_of(sale.day), sale.amount, sale.scope)
    else:
        returned = facts.sale_returns[step[2]]
        resolve(rules, client, returned)
        add(client, returned.month, -returned.booked, returned.scope)


def resolve(rules: Rules, client: Client, returned: SaleReturn) -> None:
    """Month and amount of a sale return, from its sale; as they were when the sale is folded away."""
    sale = client.facts.sales.get(returned.sale_id)
    if sale is None:
        return
    month = month_of(sale.day)
    late = closed(rules, month, returned.recorded)
    returned.month = month_of(returned.day) if late else month
    returned.scope = sale.scope
    returned.booked = 0 if sale.voided else min(convert(returned.amount, sale.rate), AMOUNT_MAX)


def add(client: Client, month: int, amount: int, scope: int) -> None:
    """Book an amount to a month, all in all and in the book of its scope (-1: none)."""
    if scope >= 0 and client.books is not None:
        client.books.add(scope, month, amount)
    book = client.position.turnover
    total = book.get(month, 0) + amount
    if total:
        book[month] = total
    else:
        book.pop(month, None)


def recount(rules: Rules, client: Client, day: Days) -> None:
    """Turnover anew, all in all and by scope, from the facts dated up to `day`; those dated later are put ahead."""
    facts, position = client.facts, client.position
    position.turnover = {}
    ahead = [step for step in position.ahead if step[1] < SALE]
    opening_id = opening_in_force(client)
    begins = 0 if opening_id is None else facts.openings[opening_id].day
    books = client.books
    if books is not None:
        moved_before = len(books.moved)
        booked_before = books.start_anew(with_folded=begins < facts.folded_before)
    if opening_id is not None:
        for month, direction, territory, amount in facts.openings[opening_id].turnover:
            name = scope_of(direction, territory, bool(territory))
            add(client, month, amount, books.index(name) if books is not None and name else -1)
    steps = [(sale.day, SALE, name) for name, sale in facts.sales.items() if not sale.voided and sale.day >= begins]
    for name, returned in facts.sale_returns.items():
        sale = facts.sales.get(returned.sale_id)
        if returned.voided or returned.day < begins or (sale is None and not returned.month):
            continue
        if sale is None:
            steps.append((returned.day, SALE_RETURN, name))
        elif not sale.voided and sale.day >= begins:
            steps.append((max(returned.day, sale.day), SALE_RETURN, name))
    for step in steps:
        if step[0] > day:
            ahead.append(step)
        else:
            take(rules, client, step)
    position.ahead = sorted(ahead)
    if books is not None:
        books.compare(booked_before, moved_before)
