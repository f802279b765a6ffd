"""Requests to ship, offered at a steady rate; every one of them is to be answered.

Three quarters of the clients are past their first deal and get what they ask for, as often as they ask. The others are
new: their first request starts a first deal, every further one is refused, with the grounds and the least payment.
"""

from datetime import timedelta

from tests.benchmark.documents import signed
from tests.benchmark.load import Load
from tests.benchmark.producing import Record

_NEW_EVERY = 4
_OPENED_DAYS_AGO = 30


class Requests(Load):
    """A stream of requests over `clients` clients in turn."""

    def beginnings(self) -> list[Record]:
        """Opening balances, or the documents of a new client; to be folded before anything is offered."""
        day = (self._today - timedelta(days=_OPENED_DAYS_AGO)).isoformat()
        made: list[Record] = []
        for number, (key, place) in enumerate(zip(self._keys, self._places, strict=True)):
            values = list(signed(key, day)) if number % _NEW_EVERY == 0 else [_opened(key, day)]
            made += [Record("clients", place, None, key.encode(), value) for value in values]
        return made

    def _next(self) -> tuple[str, int, bytes, bytes, bool]:
        self._number += 1
        client = self._number % len(self._keys)
        key, number = self._keys[client], self._number
        value = (
            f'{{"type":"shipment.requested","id":"R-{number}","client_id":"{key}","shipment_id":"S-{number}",'
            f'"at":"{self._today.isoformat()}T00:00:00Z","currency":"USD","amount":"25.00","payment_term_days":10,'
            f'"lines":[{{"sku":"pen","quantity":"10","price":"2.50","rrp":"4.00","product_category":"A",'
            f'"fast_moving":true}}]}}'
        )
        return "shipments", self._places[client], key.encode(), value.encode(), True


def _opened(key: str, day: str) -> bytes:
    documents = ",".join(
        f'{{"document":"{document}","number":"1"}}' for document in ("cooperation_agreement", "supply_contract")
    )
    return (
        f'{{"type":"client.opened","id":"open-{key}","client_id":"{key}","as_of":"{day}","currency":"USD",'
        f'"lifecycle":"active","documents":[{documents}]}}'
    ).encode()
