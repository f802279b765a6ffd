"""Makes the plan of a seed."""

from random import Random

from tests.simulation.plan import Plan, faults_of, settings_of
from tests.simulation.subject import Subject


def plan_of(subject: Subject, seed: int) -> Plan:
    """The same for the same seed, on any machine."""
    random = Random(seed)
    partitions, workers = random.choice((1, 1, 2)), random.choice((1, 2, 2, 3))
    simulated_time = subject.may_simulate_time and random.random() < 0.3
    events, end_ms = subject.events(random, partitions, simulated_time)
    events += faults_of(random, workers * (1 if subject.beside is None else 2), max(end_ms, 500))
    skews = tuple(0 if simulated_time else random.choice((0, 0, 0, 300, -300, 20_000, -20_000)) for _ in range(workers))
    events.sort(key=lambda event: event.at_ms)
    return Plan(
        seed, partitions, workers, simulated_time, settings_of(random), skews, tuple(events), random.random() < 0.5
    )
