"""What is sent, and what must come of it: an account of every client beside the events, in cents.

Nothing here knows a rule. What a client owes in the end is what left, less what it paid; neither order nor repetition,
neither a record's way nor the bad ones between change that: a sum that is off by one event shows.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from schemas.partitioning import partition_of
from streams.cli.simulator.mistakes import spoiled
from tests.benchmark.documents import opened, signed

NEW_EVERY = 4
TWICE_SHARE = 0.03
MISROUTED_SHARE = 0.01
BAD_SHARE = 0.01
_LATE_SHARE = 0.03
_AGO_DAYS = 60
_RECENT_MAX = 20_000


class Event(NamedTuple):
    """One record to append."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes


class Events:
    """An endless stream over `clients` clients; the same seed gives the same.

    `again` is the share of events that were sent before, as of a sender that repeats whatever it is not sure of.
    """

    def __init__(self, clients: int, partitions: int, seed: int, again: float = 0.0) -> None:
        self._random = random.Random(seed)
        self._again = again
        self._recent: list[Event] = []
        self._partitions = partitions
        self._keys = [f"t-{number:05d}" for number in range(clients)]
        self._today = datetime.now(UTC).date()
        self._unpaid: list[tuple[str, str, int]] = []
        self._number = 0
        self._completed = 0
        self.owed_cents: Counter[str] = Counter()
        self.bad: list[bytes] = []
        """Values that are no events, as they were sent."""
        self.counts: Counter[str] = Counter()

    def beginnings(self) -> Iterator[Event]:
        """Opening balances, or the documents of a new client."""
        day = (self._today - timedelta(days=_AGO_DAYS)).isoformat()
        for number, key in enumerate(self._keys):
            for value in signed(key, day) if number % NEW_EVERY == 0 else [opened(key, day)]:
                yield self._event("clients", key, value)

    def completed(self) -> list[Event]:
        """Accounting has posted one day more: a record for every partition."""
        self._completed = min(self._completed + 1, _AGO_DAYS - 1)
        through = (self._today - timedelta(days=_AGO_DAYS - self._completed)).isoformat()
        value = f'{{"type":"payments.completed","id":"done-{through}","through":"{through}"}}'.encode()
        self.counts["broadcast"] += 1
        return [Event("payments", number, None, value) for number in range(self._partitions)]

    def next(self) -> list[Event]:
        """The next event: one of before, or sometimes twice, with one beside it that is none, or gone astray."""
        if self._recent and self._again and self._random.random() < self._again:
            self.counts["again"] += 1
            return [self._random.choice(self._recent)]
        self._number += 1
        made = [self._one()]
        self._remember(made[0])
        chance = self._random.random()
        if chance < TWICE_SHARE:
            self.counts["twice"] += 1
            made.append(made[0])
        elif chance < TWICE_SHARE + BAD_SHARE:
            self.counts["bad"] += 1
            value = spoiled(self._sale(made[0].key.decode() if made[0].key else ""), self._random)
            self.bad.append(value)
            made.append(made[0]._replace(topic="sales", value=value))
        elif chance < TWICE_SHARE + BAD_SHARE + MISROUTED_SHARE:
            self.counts["misrouted"] += 1
            away = self._random.randrange(1, self._partitions)
            made = [one._replace(partition=(one.partition + away) % self._partitions) for one in made]
        return made

    def _remember(self, event: Event) -> None:
        if len(self._recent) < _RECENT_MAX:
            self._recent.append(event)
        else:
            self._recent[self._number % _RECENT_MAX] = event

    def _one(self) -> Event:
        key = self._random.choice(self._keys)
        chance = self._random.random()
        if chance < 0.50:
            return self._event("sales", key, self._sale(key))
        if chance < 0.54:
            return self._event("shipments", key, self._request(key))
        if chance < 0.74 or not self._unpaid:
            return self._event("shipments", key, self._dispatch(key))
        index = self._random.randrange(len(self._unpaid))
        self._unpaid[index], self._unpaid[-1] = self._unpaid[-1], self._unpaid[index]
        return self._payment(*self._unpaid.pop())

    def _event(self, topic: str, key: str, value: bytes) -> Event:
        return Event(topic, partition_of(key.encode(), self._partitions), key.encode(), value)

    def _sale(self, key: str) -> bytes:
        cents = self._random.randrange(100, 9_000)
        return (
            f'{{"type":"sale.recorded","id":"A-{self._number}","client_id":"{key}","amount":"{_money(cents)}",'
            f'"currency":"USD","sold_on":"{self._today}","direction":"stationery","territory":"msk"}}'
        ).encode()

    def _request(self, key: str) -> bytes:
        return (
            f'{{"type":"shipment.requested","id":"R-{self._number}","client_id":"{key}",'
            f'"shipment_id":"W-{self._number}","at":"{self._today}T00:00:00Z","currency":"USD","amount":"25.00",'
            f'"payment_term_days":10,"lines":[{{"sku":"pen","quantity":"10","price":"2.50","rrp":"4.00",'
            f'"product_category":"A","fast_moving":true}}]}}'
        ).encode()

    def _dispatch(self, key: str) -> bytes:
        cents = self._random.randrange(1_000, 40_000)
        late = self._random.random() < _LATE_SHARE
        day, term = (self._today - timedelta(days=30), 1) if late else (self._today, 14)
        shipment = f"S-{self._number}"
        self.owed_cents[key] += cents
        self._unpaid.append((key, shipment, cents))
        return (
            f'{{"type":"shipment.dispatched","id":"D-{self._number}","client_id":"{key}","shipment_id":"{shipment}",'
            f'"at":"{day}T00:00:00Z","territory":"msk","direction":"stationery","currency":"USD",'
            f'"amount":"{_money(cents)}","payment_term_days":{term}}}'
        ).encode()

    def _payment(self, key: str, shipment: str, cents: int) -> Event:
        """All of it, or a part, and then the rest may come later."""
        part = self._random.randrange(1, cents) if self._random.random() < 0.2 and cents > 1 else cents
        if part < cents:
            self._unpaid.append((key, shipment, cents - part))
        self.owed_cents[key] -= part
        value = (
            f'{{"type":"payment.received","id":"P-{self._number}","client_id":"{key}","amount":"{_money(part)}",'
            f'"currency":"USD","value_date":"{self._today}","obligations":["{shipment}/1"]}}'
        )
        return self._event("payments", key, value.encode())


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
