"""The wholesaler's days: what accounting, the warehouse and the shops send, in order of time.

Bank statements are posted in the morning of the day after the payment, `payments.completed` closes them at half past
eleven; the warehouse ships in the afternoon, the shops report their sales in the evening. So each topic has its hours,
as in real life where every system has its own run, and a worker on simulated time gets long runs of one topic.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from schemas.catalogue import CLIENTS, PAYMENTS, SALES, SHIPMENTS
from streams.cli.simulator.forms import DAY_MS, SimulatedEvent, clock_text, midnight_ms, money_text
from streams.cli.simulator.habits import Habit, activity, days_late, pick
from streams.cli.simulator.mistakes import spoiled
from streams.cli.simulator.names import Name, name_of, territory_of

_DIRECTIONS: Final = ("stationery", "watches", "souvenirs-and-gifts", "photo")
_DOCUMENTS: Final = ("cooperation_agreement", "supply_contract")
_TERMS_DAYS: Final = (5, 7, 10, 14)
_ORDER_CENTS: Final = (4_000, 90_000)
_SALE_CENTS: Final = (150, 4_500)
_RETURNED_SHARE: Final = 0.02
_SENT_TWICE_SHARE: Final = 0.005
_REVISED_SHARE: Final = 0.01
_REGISTERING_HOURS: Final = (6.0, 7.0)
_POSTING_HOURS: Final = (8.0, 11.0)
_COMPLETED_HOURS: Final = (11.5, 11.5)
_SHIPPING_HOURS: Final = (12.0, 17.0)
_REPORTING_HOURS: Final = (17.5, 21.0)
_OWES_TOO_LONG_DAYS: Final = 7
DISPATCHES_DAILY: Final = 1 / 6
SALES_DAILY: Final = 0.6


@dataclass(slots=True)
class Client:
    """A client and its ways."""

    id: str
    name: Name
    territory: str
    direction: str
    habit: Habit
    pace: float
    """How much it buys against the average."""
    turns_on: int
    """Number of the day from which one that goes bad pays late."""
    owes_since: int = 0
    """It gets nothing more before this day number: it owes too long."""
    orders: int = 0


class Wholesaler:
    """`clients` clients from `first_day` on. The same arguments give the same events, byte for byte.

    `mistakes` is the share of further records that are no valid events, as careless systems send them. Clients are
    registered under their Russian names, or under their `english_names`.
    """

    def __init__(
        self, clients: int, *, seed: int, first_day: date, mistakes: float = 0.0, english_names: bool = False
    ) -> None:
        self._random = random.Random(seed)
        self.first_day = first_day
        self._mistakes = mistakes
        self._english_names = english_names
        self._numbers: defaultdict[str, int] = defaultdict(int)
        self._planned: defaultdict[int, list[SimulatedEvent]] = defaultdict(list)
        self.clients = [self._client(number) for number in range(clients)]

    def events(self, days: int | None = None) -> Iterator[SimulatedEvent]:
        """Every event of `days` days, or without end, in order of time; to be asked for once."""
        number = 0
        while days is None or number < days:
            yield from self._day(number)
            number += 1

    def _client(self, number: int) -> Client:
        generator = self._random
        habit = pick(generator)
        return Client(
            id=f"C-{number + 1:04d}",
            name=name_of(number),
            territory=territory_of(number),
            direction=generator.choice(_DIRECTIONS),
            habit=habit,
            pace=generator.uniform(0.5, 1.5),
            turns_on=generator.randint(*habit.turns_after_days) if habit.turns_after_days else 0,
        )

    def _day(self, number: int) -> list[SimulatedEvent]:
        """What is sent on one day, in order of time; equal instants keep the order in which they were made."""
        today = self._planned.pop(number, [])
        if number == 0:
            for client in self.clients:
                registered = self._registered(client)
                today += [registered, *self._signed(client, registered.timestamp_ms)]
        else:
            today.append(self._completed(number))
        for client in self.clients:
            self._buys(client, number, today)
        if self._mistakes:
            today += [
                event._replace(value=spoiled(event.value, self._random))
                for event in today
                if event.key is not None and self._random.random() < self._mistakes
            ]
        return sorted(today, key=lambda event: event.timestamp_ms)

    def _registered(self, client: Client) -> SimulatedEvent:
        return self._event(
            CLIENTS,
            client,
            self._instant(0, *_REGISTERING_HOURS),
            {
                "type": "client.registered",
                "id": f"reg-{client.id}",
                "name": client.name.en if self._english_names else client.name.ru,
                "wholesaler": False,
                "activities": ["stationery"],
                "territory": client.territory,
                "directions": [client.direction],
                "registered_on": self._date(0).isoformat(),
            },
        )

    def _signed(self, client: Client, registered: int) -> list[SimulatedEvent]:
        """Both documents, minutes after the registration: nothing is shipped without them."""
        return [
            self._event(
                CLIENTS,
                client,
                registered + minutes * 60_000,
                {
                    "type": "document.signed",
                    "id": f"{document}-{client.id}",
                    "document": document,
                    "number": f"{client.id}/{minutes}",
                    "on": self._date(0).isoformat(),
                    "form": "original",
                    "accepted_by": "head",
                    "direction": client.direction,
                },
            )
            for minutes, document in enumerate(_DOCUMENTS, 1)
        ]

    def _completed(self, number: int) -> SimulatedEvent:
        through = self._date(number - 1).isoformat()
        value = {"type": "payments.completed", "id": f"completed-{through}", "through": through}
        return SimulatedEvent(PAYMENTS, None, self._instant(number, *_COMPLETED_HOURS), msgspec.json.encode(value))

    def _buys(self, client: Client, number: int, today: list[SimulatedEvent]) -> None:
        """A dispatch perhaps, with its payment planned; and sales of its shops."""
        generator = self._random
        pace = client.pace * activity(client.habit, self._date(number))
        if number >= client.owes_since and generator.random() < DISPATCHES_DAILY * pace:
            self._dispatched(client, number, today)
        if client.orders:
            for chance in (SALES_DAILY * pace, SALES_DAILY * pace - 1):
                if generator.random() < chance:
                    today.append(self._sold(client, number))

    def _dispatched(self, client: Client, number: int, today: list[SimulatedEvent]) -> None:
        generator = self._random
        shipment_id = self._id("S")
        cents = generator.randint(*_ORDER_CENTS) if client.orders else generator.randint(5_000, 19_000)
        term = generator.choice(_TERMS_DAYS[:3] if client.orders == 0 else _TERMS_DAYS)
        client.orders += 1
        instant = self._instant(number, *_SHIPPING_HOURS)
        at = f"{self._date(number).isoformat()}T{clock_text(instant)}+03:00"
        value = {
            "type": "shipment.dispatched",
            "id": f"D-{shipment_id}",
            "shipment_id": shipment_id,
            "at": at,
            "territory": client.territory,
            "direction": client.direction,
            "currency": "USD",
            "amount": money_text(cents),
            "payment_term_days": term,
        }
        event = self._event(SHIPMENTS, client, instant, value)
        today.append(event)
        if generator.random() < _SENT_TWICE_SHARE:
            today.append(event._replace(timestamp_ms=instant + 60_000))  # by a system that was not sure
        returned = self._returned(client, number, shipment_id, cents, term)
        self._paid(client, number, shipment_id, cents - returned, term)

    def _returned(self, client: Client, number: int, shipment_id: str, cents: int, term: int) -> int:
        """Plans a return of a part, now and then; its amount."""
        generator = self._random
        if generator.random() >= _RETURNED_SHARE:
            return 0
        back, on = cents // generator.randint(5, 20), number + generator.randint(1, term - 1)
        value = {
            "type": "goods.returned",
            "id": self._id("R"),
            "shipment_id": shipment_id,
            "returned_on": self._date(on).isoformat(),
            "amount": money_text(back),
            "currency": "USD",
            "lines": [],
        }
        self._planned[on].append(self._event(SHIPMENTS, client, self._instant(on, *_SHIPPING_HOURS), value))
        return back

    def _paid(self, client: Client, number: int, shipment_id: str, cents: int, term: int) -> None:
        """Plans the payment: on a day by habit, posted the morning after."""
        generator, due = self._random, number + term
        late = days_late(client.habit, generator, number, client.turns_on, self._date(due))
        on = max(number + 1, due + late)
        if late > _OWES_TOO_LONG_DAYS:
            client.owes_since = max(client.owes_since, on + 2)
        value: dict[str, Any] = {
            "type": "payment.received",
            "id": self._id("P"),
            "amount": money_text(cents),
            "currency": "USD",
            "value_date": self._date(on).isoformat(),
        }
        if generator.random() < 0.85:
            value["obligations"] = [f"{shipment_id}/1"]
        instant = self._instant(on + 1, *_POSTING_HOURS)
        self._planned[on + 1].append(self._event(PAYMENTS, client, instant, value))
        if generator.random() < _REVISED_SHARE:  # posted anew under its id, as accounting systems do
            value = {**value, "revision": 2, "document": "corrected"}
            self._planned[on + 2].append(self._event(PAYMENTS, client, instant + DAY_MS, value))

    def _sold(self, client: Client, number: int) -> SimulatedEvent:
        value = {
            "type": "sale.recorded",
            "id": self._id("A"),
            "amount": money_text(self._random.randint(*_SALE_CENTS)),
            "currency": "USD",
            "sold_on": self._date(number).isoformat(),
            "direction": client.direction,
            "territory": client.territory,
        }
        return self._event(SALES, client, self._instant(number, *_REPORTING_HOURS), value)

    def _event(self, topic: str, client: Client, instant: int, value: dict[str, Any]) -> SimulatedEvent:
        body = {"type": value["type"], "id": value["id"], "client_id": client.id, **value}
        return SimulatedEvent(topic, client.id, instant, msgspec.json.encode(body))

    def _id(self, kind: str) -> str:
        self._numbers[kind] += 1
        return f"{kind}-{self._numbers[kind]:05d}"

    def _date(self, number: int) -> date:
        return self.first_day + timedelta(days=number)

    def _instant(self, number: int, hour_first: float, hour_last: float) -> int:
        """A whole second of a day between two hours of Moscow."""
        midnight = midnight_ms(self._date(number))
        return midnight + round(self._random.uniform(hour_first, hour_last) * 3600) * 1000
