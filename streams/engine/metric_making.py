"""How any program makes a metric of the catalogue; nothing of the engine."""

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from schemas.metrics import Metric

# when a counter began is told by process_start_time_seconds
disable_created_metrics()  # type: ignore[no-untyped-call]


def made(metric: Metric, registry: CollectorRegistry) -> Any:
    """The Prometheus metric that the catalogue describes."""
    if metric.kind == "histogram":
        return Histogram(metric.name, metric.help, metric.labels, buckets=metric.buckets, registry=registry)
    kind = Counter if metric.kind == "counter" else Gauge
    return kind(metric.name, metric.help, metric.labels, registry=registry)
