"""Clients with habits over some months: what a wholesaler's systems would have sent, day by day.

Most pay in time, some a few days late now and then, a few badly or never. Accounting posts bank statements the next
morning and says so (`payments.completed`); the warehouse sends its dispatches in the afternoon, the shops their sales
in the evening: so a day gives three runs of records, each in its own topic, stamped with the simulated instant of
sending.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from tests.benchmark.documents import signed
from tests.benchmark.producing import Record, partition_of

DAY_MS = 86_400_000
_PAYMENTS_AT_MS, _COMPLETED_AT_MS, _SHIPMENTS_AT_MS, _SALES_AT_MS = 6 * 3_600_000, 32_400_000, 36_000_000, 57_600_000
_TERMS = (7, 10, 14, 21)
_RETURN_SHARE = 0.02
_REPEAT_SHARE = 0.01


class Habit(NamedTuple):
    """How a kind of client pays: its share of all, chances that a payment is late (by up to so many days) or never."""

    share: float
    late: float
    late_days_max: int
    never: float


HABITS = (Habit(0.80, 0.01, 2, 0.0), Habit(0.15, 0.20, 5, 0.0), Habit(0.05, 0.50, 20, 0.05))


@dataclass(slots=True)
class _Client:
    id: str
    key: bytes
    partition: int
    habit: Habit
    dispatches_daily: float
    sales_daily: float


class Population:
    """`clients` clients with `facts` facts each on average over `days` days from `first_day` on; always the same."""

    def __init__(
        self, clients: int, days: int, facts: int, partitions: int, *, first_day: date, seed: int = 11, name: str = "c"
    ) -> None:
        self._random = random.Random(seed)
        self._days = days
        self._partitions = partitions
        self._first_day = first_day
        self._name = name
        self._clients = [self._client(number, facts / days) for number in range(clients)]
        self._payments: list[list[tuple[_Client, bytes]]] = [[] for _ in range(days + 1)]
        self._returns: list[list[tuple[_Client, bytes]]] = [[] for _ in range(days + 1)]
        self._number = 0

    def _client(self, number: int, facts_daily: float) -> _Client:
        generator = self._random
        key = f"{self._name}-{number:06d}"
        habit = generator.choices(HABITS, [habit.share for habit in HABITS])[0]
        activity = generator.uniform(0.4, 1.6)
        # half of the facts are sales, a quarter dispatches, each with its payment
        return _Client(
            key,
            key.encode(),
            partition_of(key.encode(), self._partitions),
            habit,
            activity * facts_daily / 4,
            activity * facts_daily / 2,
        )

    def records(self) -> Iterator[Record]:
        """Every record in the order of its instant."""
        yield from self._registrations()
        for day in range(self._days):
            midnight = _midnight_ms(self._first_day + timedelta(days=day))
            payments = ((client, "payments", value) for client, value in self._payments[day])
            yield from self._stamped(midnight + _PAYMENTS_AT_MS, payments)
            self._payments[day] = []
            yield from self._completed(day, midnight + _COMPLETED_AT_MS)
            yield from self._stamped(midnight + _SHIPMENTS_AT_MS, self._shipments(day))
            yield from self._stamped(midnight + _SALES_AT_MS, self._sales(day))

    def _stamped(self, instant: int, values: Iterator[tuple[_Client, str, bytes]]) -> Iterator[Record]:
        for client, topic, value in values:
            yield Record(topic, client.partition, instant, client.key, value)

    def _registrations(self) -> Iterator[Record]:
        instant = _midnight_ms(self._first_day)
        day = self._first_day.isoformat()
        for client in self._clients:
            value = (
                f'{{"type":"client.registered","id":"reg-{client.id}","client_id":"{client.id}","name":"{client.id}",'
                f'"wholesaler":false,"activities":["stationery"],"territory":"msk","directions":["stationery"],'
                f'"registered_on":"{day}"}}'
            )
            yield Record("clients", client.partition, instant, client.key, value.encode())
            for document in signed(client.id, day):
                yield Record("clients", client.partition, instant, client.key, document)

    def _completed(self, day: int, instant: int) -> Iterator[Record]:
        through = (self._first_day + timedelta(days=day - 1)).isoformat()
        value = f'{{"type":"payments.completed","id":"done-{through}","through":"{through}"}}'.encode()
        for partition in range(self._partitions):
            yield Record("payments", partition, instant, None, value)

    def _shipments(self, day: int) -> Iterator[tuple[_Client, str, bytes]]:
        generator, today = self._random, self._first_day + timedelta(days=day)
        at = f"{today.isoformat()}T15:00:00+03:00"
        for client in self._clients:
            if generator.random() < client.dispatches_daily:
                self._number += 1
                shipment = f"S-{self._number}"
                cents, term = generator.randrange(1_000, 60_000), generator.choice(_TERMS)
                amount = f"{cents // 100}.{cents % 100:02d}"
                value = (
                    f'{{"type":"shipment.dispatched","id":"D-{self._number}","client_id":"{client.id}",'
                    f'"shipment_id":"{shipment}","at":"{at}","territory":"msk","direction":"stationery",'
                    f'"currency":"USD","amount":"{amount}","payment_term_days":{term},"lines":[{{'
                    f'"sku":"pen-{cents % 90}","quantity":"{1 + cents % 40}","price":"1.20","rrp":"1.90",'
                    f'"product_category":"A",'
                    f'"fast_moving":true}}]}}'
                ).encode()
                self._pay(client, shipment, amount, day, term)
                yield client, "shipments", value
                if generator.random() < _REPEAT_SHARE:
                    yield client, "shipments", value  # sent again by a system that was not sure
        yield from ((client, "shipments", value) for client, value in self._returns[day])
        self._returns[day] = []

    def _pay(self, client: _Client, shipment: str, amount: str, day: int, term: int) -> None:
        """Note the payment of a dispatch, and now and then a return of a part of it."""
        generator, habit = self._random, client.habit
        if generator.random() < habit.never:
            return
        late = generator.random() < habit.late
        value_day = day + term + (generator.randint(1, habit.late_days_max) if late else -generator.randint(0, 3))
        if value_day + 1 >= self._days:
            return
        named = f',"obligations":["{shipment}/1"]' if generator.random() < 0.9 else ""
        value = (
            f'{{"type":"payment.received","id":"P-{shipment}","client_id":"{client.id}","amount":"{amount}",'
            f'"currency":"USD","value_date":"{(self._first_day + timedelta(days=value_day)).isoformat()}"{named},'
            f'"document":"PP {self._number}"}}'
        )
        self._payments[value_day + 1].append((client, value.encode()))
        if generator.random() < _RETURN_SHARE and day + 3 < self._days:
            returned_on = (self._first_day + timedelta(days=day + 3)).isoformat()
            value = (
                f'{{"type":"goods.returned","id":"R-{shipment}","client_id":"{client.id}","shipment_id":"{shipment}",'
                f'"returned_on":"{returned_on}","amount":"2.40","currency":"USD","lines":[]}}'
            )
            self._returns[day + 3].append((client, value.encode()))

    def _sales(self, day: int) -> Iterator[tuple[_Client, str, bytes]]:
        generator, today = self._random, (self._first_day + timedelta(days=day)).isoformat()
        for client in self._clients:
            chance = client.sales_daily
            while chance > 0:
                if generator.random() < chance:
                    self._number += 1
                    cents = generator.randrange(100, 4_000)
                    value = (
                        f'{{"type":"sale.recorded","id":"A-{self._number}","client_id":"{client.id}",'
                        f'"amount":"{cents // 100}.{cents % 100:02d}","currency":"USD","sold_on":"{today}",'
                        f'"direction":"stationery","territory":"msk"}}'
                    )
                    yield client, "sales", value.encode()
                chance -= 1


def _midnight_ms(day: date) -> int:
    """00:00 of a day three hours east of Greenwich."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000) - 3 * 3_600_000
