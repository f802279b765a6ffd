"""Prometheus' alert rules: what a person must know of, and what to do then. Each asks for metrics of the catalogue."""

from typing import Any, Final, Literal, NamedTuple

from schemas.catalogue import PARTITIONS_DEFAULT
from schemas.metrics import (
    CHECKPOINTS,
    CLIENTS,
    DEAD_LETTERS,
    DEADLINES_DUE,
    LAG_SECONDS,
    PARTITIONS,
    PROJECTION_IDLE_SECONDS,
    PROJECTION_LAG_RECORDS,
    READ_MODEL_FRESH,
    READY,
    SNAPSHOT_AGE_SECONDS,
)

CLIENTS_JOB: Final = "stoplist-worker"
SCOPES_JOB: Final = "stoplist-importance"
SERVER_JOB: Final = "stoplist-server"
PROJECTOR_JOB: Final = "stoplist-projector"


class Alert(NamedTuple):
    """One rule. `page`: somebody is called at night; `ticket`: it waits for the morning."""

    name: str
    expression: str
    minutes: int
    """How long it must hold."""
    severity: Literal["page", "ticket"]
    summary: str
    remedy: str


ALERTS: Final = (
    Alert(
        "StoplistDown",
        'up{job=~"stoplist-.+"} == 0',
        2,
        "page",
        "{{ $labels.instance }} does not answer",
        "Look at its log; a worker says in its last line why it stopped, and what to do.",
    ),
    Alert(
        "StoplistPartitionsUnowned",
        f'sum({PARTITIONS.name}{{job="{CLIENTS_JOB}",state="folding"}}) < {PARTITIONS_DEFAULT}',
        3,
        "page",
        "Only {{ $value }} partitions of clients are folded: for the others nothing is decided",
        "Start workers; /readyz of each says what it waits for.",
    ),
    Alert(
        "StoplistDecisionsLate",
        f'max({LAG_SECONDS.name}{{job="{CLIENTS_JOB}"}}) > 30',
        5,
        "page",
        "Decisions come {{ $value | humanizeDuration }} after their records",
        "Add workers, up to one a partition; or see which producer floods.",
    ),
    Alert(
        "StoplistTimeStandsStill",
        f"min_over_time({DEADLINES_DUE.name}[10m]) > 0",
        5,
        "page",
        "Clients of partition {{ $labels.partition }} are due by time and have not been handled for ten minutes",
        "An input is not read to its end; look at its lag and at the worker's log.",
    ),
    Alert(
        "StoplistReadModelStale",
        f"count(min by (partition) ({READ_MODEL_FRESH.name}) == 0) > 0",
        5,
        "page",
        "For clients of {{ $value }} partitions the server answers unknown, and warehouses do not ship",
        "The server's /readyz says for each why: a worker, the projector or Redis is away or behind.",
    ),
    Alert(
        "StoplistProjectionHangs",
        f"sum({PROJECTION_LAG_RECORDS.name}) > 0 and min({PROJECTION_IDLE_SECONDS.name}) > 60",
        3,
        "page",
        "{{ $value }} records wait for the read model and nothing has been applied for a minute",
        "Look at the projector's log: Kafka or Redis does not answer it, or Redis is full.",
    ),
    Alert(
        "StoplistNotReady",
        f"{READY.name} == 0",
        10,
        "ticket",
        "{{ $labels.instance }} has not been ready for ten minutes",
        "Ask its /readyz for the reason.",
    ),
    Alert(
        "StoplistClientHeld",
        f'sum by (job) ({CLIENTS.name}{{condition="held"}}) > 0',
        1,
        "page",
        "{{ $value }} clients or scopes are held: their records are kept and decide nothing",
        "The dead letters and the worker's log name them and the reason.",
    ),
    Alert(
        "StoplistDeadLetters",
        f"sum by (reason) (increase({DEAD_LETTERS.name}[15m])) > 0",
        1,
        "ticket",
        "Records are rejected: {{ $labels.reason }}",
        "stoplist watch dead-letters shows them in words; mend the producer and send them again.",
    ),
    Alert(
        "StoplistSnapshotsOld",
        f"max by (job) ({SNAPSHOT_AGE_SECONDS.name}) > 300",
        5,
        "ticket",
        "The last checkpoint is {{ $value | humanizeDuration }} old: a restart would fold all since then again",
        f"Look at {CHECKPOINTS.name} and at the brokers.",
    ),
    Alert(
        "StoplistPartitionOwnedTwice",
        f"sum by (job, partition) ({SNAPSHOT_AGE_SECONDS.name} >= bool 0) > 1",
        2,
        "ticket",
        "Two workers of {{ $labels.job }} say that partition {{ $labels.partition }} is theirs",
        "Only one can write; the other stops by itself. Give every worker an instance id of its own.",
    ),
)


def rules() -> dict[str, Any]:
    """The rules as Prometheus reads them."""
    return {
        "groups": [
            {
                "name": "stoplist",
                "rules": [
                    {
                        "alert": alert.name,
                        "expr": alert.expression,
                        "for": f"{alert.minutes}m",
                        "labels": {"severity": alert.severity},
                        "annotations": {"summary": alert.summary, "remedy": alert.remedy},
                    }
                    for alert in ALERTS
                ],
            }
        ]
    }


def prometheus_rule() -> dict[str, Any]:
    """The same for the Prometheus operator."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "stoplist", "labels": {"app.kubernetes.io/part-of": "stoplist"}},
        "spec": rules(),
    }
