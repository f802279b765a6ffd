"""Whatever the order in which facts come, the same follows, and it is what the plain reading of the rules says."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from streams.domain import allocation, first_deal, overdue, risk_group
from streams.domain.kept import written
from streams.domain.policy import Rules
from streams.domain.state import Client

from .builder import (
    Book,
    dispatch,
    disputed,
    goods_return,
    instant,
    payment,
    rescheduled,
    resolved,
    reversal,
    void,
    written_off,
)
from .oracle import Oracle, World, lateness

FIRST = date(2026, 1, 5)
WINDOW, CORRECTION = 30, 12
SLOW = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def rules_of(tolerance: str = "0.00") -> Rules:
    return Rules.compile(Policy(version=1, window_days=WINDOW, correction_days=CORRECTION, overdue_tolerance=tolerance))


@dataclass
class Told:
    """One event and the day it arrives."""

    event: Any
    arrives: int


@st.composite
def histories(draw: Any, length: int, delay_max: int) -> tuple[World, list[list[Told]]]:
    """The facts of a world, and two orders of telling them."""
    world = World()
    finals: list[tuple[Any, int]] = []
    day = st.integers(0, length)
    small = st.integers(1, 6).map(lambda number: number * 50)
    for number in range(draw(st.integers(1, 5))):
        shipment, on = f"S{number}", draw(day)
        terms = draw(st.lists(st.tuples(st.integers(-2, 12), small), min_size=1, max_size=2))
        rows = [(f"{shipment}/{index}", on + term, part) for index, (term, part) in enumerate(terms)]
        world.dispatches[shipment] = on, rows
        parts = [(name, FIRST + timedelta(due), part) for name, due, part in rows]
        deal_id = draw(st.sampled_from([None, "D"]))
        finals.append((dispatch(shipment, FIRST + timedelta(on), instalments=parts, deal_id=deal_id), on))
    known = [name for _, rows in world.dispatches.values() for name, _, _ in rows]
    for number in range(draw(st.integers(0, 6))):
        name, on, amount = f"P{draw(st.integers(0, 99)):02}{number}", draw(day), draw(small)
        names = draw(st.lists(st.sampled_from([*known, "never"]), max_size=3, unique=True))
        world.payments[name] = on, amount, names
        finals.append((payment(name, FIRST + timedelta(on), amount, names), on))
    for number in range(draw(st.integers(0, 2)) if world.payments else 0):
        name, target = f"R{number}", draw(st.sampled_from(sorted(world.payments)))
        on = min(length, world.payments[target][0] + draw(st.integers(-3, delay_max)))
        amount = draw(st.none() | small)
        world.reversals[name] = target, on, amount
        finals.append((reversal(name, target, FIRST + timedelta(on), amount), on))
    for number in range(draw(st.integers(0, 2))):
        name, target = f"G{number}", draw(st.sampled_from(sorted(world.dispatches)))
        on = min(length, world.dispatches[target][0] + draw(st.integers(-2, 15)))
        amount, accepted = draw(small), draw(st.booleans())
        world.returns[name] = target, on, amount, accepted
        finals.append((goods_return(name, target, FIRST + timedelta(on), amount, "boss" if accepted else None), on))
    _change(draw, world, finals, known, length)
    orders = [_telling(draw, finals, delay_max) for _ in range(2)]
    _withdraw(draw, world, finals, orders, delay_max)
    return world, orders


def _change(draw: Any, world: World, finals: list[tuple[Any, int]], known: list[str], length: int) -> None:
    """People reschedule, dispute and write off; nearly half of the worlds have none of it."""
    for number in range(max(0, draw(st.integers(-2, 3)))):
        name, on = draw(st.sampled_from([*known, "never"])), draw(st.integers(0, length))
        day = FIRST + timedelta(on)
        match draw(st.sampled_from(["rescheduled", "rescheduled", "disputed", "disputed", "resolved", "written_off"])):
            case "rescheduled":
                due = on + draw(st.integers(-6, 12))
                world.rescheduled[f"X{number}"] = name, on, due
                finals.append((rescheduled(f"X{number}", name, day, FIRST + timedelta(due)), on))
            case "disputed":
                world.disputed[f"X{number}"] = name, on
                finals.append((disputed(f"X{number}", name, day), on))
                if draw(st.booleans()):
                    ends = min(length, on + draw(st.integers(0, 9)))
                    world.resolved[f"Y{number}"] = name, ends
                    finals.append((resolved(f"Y{number}", name, FIRST + timedelta(ends)), ends))
            case "resolved":
                world.resolved[f"X{number}"] = name, on
                finals.append((resolved(f"X{number}", name, day), on))
            case _:
                world.written_off[f"X{number}"] = name, on
                finals.append((written_off(f"X{number}", name, day), on))


def _telling(draw: Any, finals: list[tuple[Any, int]], delay_max: int) -> list[Told]:
    return [Told(event, max(0, on + draw(st.integers(-1, delay_max)))) for event, on in finals]


def _withdraw(draw: Any, world: World, finals: list[tuple[Any, int]], orders: list[list[Told]], delay_max: int) -> None:
    """Some facts were said otherwise first, some are withdrawn; in any order, repeated at will."""
    for event, on in finals:
        choice = draw(st.integers(0, 9))
        if choice == 0:
            extra = void(event)
            kinds: list[dict[str, Any]] = [
                world.dispatches, world.payments, world.reversals, world.returns,
                world.rescheduled, world.disputed, world.resolved, world.written_off,
            ]  # fmt: skip
            for kind in kinds:
                kind.pop(
                    getattr(event, "shipment_id", "")
                    if kind is world.dispatches and event.id.startswith("doc")
                    else event.id,
                    None,
                )
        elif choice == 1 and hasattr(event, "value_date"):
            extra = payment(event.id, FIRST + timedelta(on), 77, revision=0) if event.id[0] == "P" else event
        elif choice == 2:
            extra = event
        else:
            continue
        for order in orders:
            order.append(Told(extra, max(0, on + draw(st.integers(-1, delay_max)))))


def tell(rules: Rules, order: list[Told], today: int) -> Client:
    book = Book(rules=rules)
    for told in sorted(order, key=lambda one: one.arrives):
        if told.arrives <= today:
            book.tell(told.event, FIRST + timedelta(told.arrives))
    book.wait_until(FIRST + timedelta(today), 23)
    return book.client


def check(rules: Rules, world: World, client: Client, today: int) -> None:
    """The client's position and lateness, now and at the end of each of the last days, are the oracle's."""
    offset = FIRST.toordinal()
    oracle = Oracle(world, today, CORRECTION, rules.overdue_tolerance)
    assert {place.id: one.outstanding for place, one in allocation.open_obligations(client)} == oracle.open()
    assert client.position.unapplied == oracle.unapplied
    assert client.position.outstanding == sum(oracle.open().values())
    book = Book(rules=rules, client=client, at=instant(FIRST + timedelta(today), 23))
    for back in (0, 1, 5):
        day = today - back
        if day < 0:
            continue
        earlier = Oracle(world, day, CORRECTION, rules.overdue_tolerance)
        judged = {
            due: noon_after(due) <= instant(FIRST + timedelta(day), 23 if back == 0 else 24 - 1, 59 if back else 0)
            for due in earlier.due_then.values()
        }
        violating, longest, current, since, names = lateness(earlier, day, WINDOW, judged)
        late = book.late(FIRST + timedelta(day))
        assert sorted(late.violation_ids) == violating, f"violations {back} days ago"
        assert sorted(late.judged) == names
        assert (late.days_longest, late.days_current) == (longest, current), f"days {back} days ago"
        assert late.since == (since + offset if current else 0)


def noon_after(due: int) -> int:
    """12:00 of the next day that is no Saturday and no Sunday."""
    on = FIRST + timedelta(due + 1)
    while on.weekday() >= 5:
        on += timedelta(1)
    return instant(on, 12)


@SLOW
@given(histories(length=40, delay_max=10), st.integers(0, 25), st.sampled_from(["0.00", "0.60"]))
def test_any_order_gives_what_the_rules_say(
    history: tuple[World, list[list[Told]]], after: int, tolerance: str
) -> None:
    world, orders = history
    rules = rules_of(tolerance)
    today = 52 + after
    clients = [tell(rules, order, today) for order in orders]
    for client in clients:
        check(rules, world, client, today)
    for day in range((FIRST + timedelta(today - 2)).toordinal(), (FIRST + timedelta(today)).toordinal() + 1):
        one, other = (first_deal.derived(rules, client, day) for client in clients)
        assert one == other, "the first deal depends on the order"


@SLOW
@given(histories(length=40, delay_max=10), st.integers(20, 70))
def test_moving_on_is_replaying(history: tuple[World, list[list[Told]]], today: int) -> None:
    _, orders = history
    rules = rules_of()
    client = tell(rules, orders[0], today)
    replayed = allocation.copy(client)
    allocation.replay(rules, replayed, (FIRST + timedelta(today)).toordinal())
    assert derived(replayed) == derived(client)


def derived(client: Client) -> tuple[Any, ...]:
    """What allocation derives, without its notes for shortcuts."""
    facts, position = client.facts, client.position
    return (
        {name: one.obligations for name, one in facts.dispatches.items() if not one.voided and one.day <= position.day},
        {name: (one.rest, one.allocations) for name, one in facts.payments.items() if not one.voided},
        {name: one.rest for name, one in facts.returns.items()},
        position.open, position.unspent, position.kept, position.late, position.ahead,
        position.outstanding, position.unapplied, position.turnover,
    )  # fmt: skip


@SLOW
@given(histories(length=420, delay_max=10), st.integers(0, 60))
def test_folding_away_changes_nothing_observable(history: tuple[World, list[list[Told]]], after: int) -> None:
    world, orders = history
    rules = rules_of()
    client = tell(rules, orders[0], 432 + after)
    check(rules, world, client, 432 + after)


@SLOW
@given(histories(length=40, delay_max=10), st.integers(20, 70))
def test_time_alone_changes_lateness_only_when_predicted(history: tuple[World, list[list[Told]]], today: int) -> None:
    """Looked at each midnight and noon of a hundred days: what holds changes at predicted instants and only there."""
    _, orders = history
    rules = rules_of()
    client = tell(rules, orders[0], today)
    at = instant(FIRST + timedelta(today), 23)
    before = holds(rules, client, at)
    predicted = overdue.next_instant(rules, client, at, 0)
    for half_days in range(200):
        later = instant(FIRST + timedelta(today + 1 + half_days // 2), 12 * (half_days % 2))
        if allocation.next_day(client) <= rules.day_of(later):
            break
        now = holds(rules, client, later)
        assert now == before or predicted == later, f"changed {half_days} half days later, predicted {predicted}"
        assert predicted >= later
        if predicted == later:
            at, before = later, now
            predicted = overdue.next_instant(rules, client, at, 0)


def holds(rules: Rules, client: Client, at: int) -> tuple[Any, ...]:
    """What a status would say that time alone may change, but for the count of days inside a band."""
    late = overdue.measure(rules, client, at, rules.day_of(at), 0)
    group, _ = risk_group.of(rules, late.violations, late.days_longest)
    bands = [risk_group.of(rules, 0, late.days_longest)[0]]
    return late.violations, late.violation_ids, group, bands, late.judged, late.days_current > 0


@SLOW
@given(histories(length=120, delay_max=10))
def test_a_client_put_away_as_bytes_after_every_fact_goes_on_the_same(history: tuple[World, list[list[Told]]]) -> None:
    _, orders = history
    rules = rules_of()
    whole, parts = Book(rules=rules), Book(rules=rules)
    for told in sorted(orders[0], key=lambda one: one.arrives):
        whole.tell(told.event, FIRST + timedelta(told.arrives))
        parts.client = msgspec.msgpack.decode(msgspec.msgpack.encode(parts.client, enc_hook=written), type=Client)
        parts.tell(told.event, FIRST + timedelta(told.arrives))
    assert _bytes(whole.client) == _bytes(parts.client)


def _bytes(client: Client) -> bytes:
    """All of the client decoded, and encoded anew."""
    client.facts.look()
    return msgspec.msgpack.encode(client, enc_hook=written)
