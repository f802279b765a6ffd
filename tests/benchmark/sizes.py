"""How much each section of the benchmark does: in full, and just enough to see that it works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Counts, and durations in seconds."""

    partitions: int = 4
    small_job_events: int = 400_000
    small_job_clients: int = 20_000
    faust_events: int = 40_000
    """An idiomatic agent would take two minutes for all of them; its rate does not depend on how many."""
    main_job_clients: int = 20_000
    main_job_days: int = 120
    main_job_facts: int = 60
    """Of one client, on average."""
    latency_clients: int = 20_000
    latency_rates: tuple[tuple[int, int], ...] = ((1_000, 1), (10_000, 2))
    """Events offered in a second, and the workers that share them: one has no time to spare at the higher rate."""
    requests_rate: int = 2_000
    latency_seconds: float = 20.0
    due_at_once_clients: int = 5_000
    restore_clients: int = 100_000
    restore_days: int = 60
    restore_facts: int = 30
    restarts: int = 3
    scale_partitions: int = 12
    scale_clients: tuple[int, int] = (20_000, 1_000_000)
    scale_workers: tuple[int, ...] = (1, 2, 3)
    scale_patterns: int = 1_000
    """Clients that are folded; all others are written after them."""
    scale_events: int = 300_000
    http_clients: int = 100_000
    http_rate: int = 1_000
    http_seconds: float = 20.0
    import_clients: int = 20_000
    import_documents: int = 200_000
    """Of a table or a ledger, in which each has a line."""
    pure_clients: int = 300
    limit_seconds: float = 560.0
    """Of one worker's run: then it is ended and the section fails."""


FULL = Sizes()
QUICK = Sizes(
    small_job_events=6_000,
    small_job_clients=200,
    faust_events=1_500,
    main_job_clients=100,
    main_job_days=40,
    main_job_facts=20,
    latency_clients=200,
    latency_rates=((250, 2),),
    requests_rate=100,
    latency_seconds=3.0,
    due_at_once_clients=50,
    restore_clients=200,
    restore_days=20,
    restore_facts=10,
    restarts=1,
    scale_partitions=3,
    scale_clients=(100, 400),
    scale_workers=(1, 2),
    scale_patterns=10,
    scale_events=600,
    http_clients=500,
    http_rate=100,
    http_seconds=2.0,
    import_clients=50,
    import_documents=300,
    pure_clients=20,
    limit_seconds=110.0,
)
