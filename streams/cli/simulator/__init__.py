"""A wholesaler that does not exist: clients with habits, and the events its systems would send. Pure and repeatable."""

from streams.cli.simulator.forms import SimulatedEvent
from streams.cli.simulator.population import population
from streams.cli.simulator.wholesaler import Client, Wholesaler

__all__ = ["Client", "SimulatedEvent", "Wholesaler", "population"]
