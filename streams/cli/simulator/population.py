"""A population of any size, for measurements."""

from collections.abc import Iterator
from datetime import date, timedelta

from streams.cli.simulator.forms import SimulatedEvent
from streams.cli.simulator.wholesaler import DISPATCHES_DAILY, SALES_DAILY, Wholesaler

_FACTS_DAILY = 2 * DISPATCHES_DAILY + SALES_DAILY
"""A dispatch, its payment and the sales of an average client."""


def population(clients: int, facts_mean: float, seed: int, until: date) -> Iterator[SimulatedEvent]:
    """Events of `clients` clients with about `facts_mean` facts each, in order of time, the last on the day before
    `until`. Most payments are on time; the same arguments give the same events."""
    days = max(1, round(facts_mean / _FACTS_DAILY))
    wholesaler = Wholesaler(clients, seed=seed, first_day=until - timedelta(days=days))
    yield from wholesaler.events(days)
