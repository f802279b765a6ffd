"""Requests to ship, offered at a steady rate; every one of them is to be answered.

Clients past their first deal get what they ask for, as often as they ask. Of the new ones the first request starts a
first deal, every further one is refused, with the grounds and the least payment.
"""

from tests.benchmark.load import Load


class Requests(Load):
    """A stream of requests over `clients` clients in turn."""

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
