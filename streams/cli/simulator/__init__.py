"""A wholesaler that does not exist: clients with habits, and the events its systems would send. Pure and repeatable."""

from streams.cli.simulator.population import population
from streams.cli.simulator.wholesaler import Client, SimulatedEvent, Wholesaler

__all__ = ["Client", "SimulatedEvent", "Wholesaler", "population"]
