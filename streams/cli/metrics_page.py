"""`docs/metrics.md`, made from the catalogue: `python -m streams.cli.metrics_page > docs/metrics.md`.

A test fails when the page is stale.
"""

import sys
from typing import Final

from schemas.metrics import PROJECTOR_METRICS, SERVER_METRICS, WORKER_METRICS, Metric

_PAGE: Final = """\
# Metrics

A worker serves its metrics to Prometheus at `/metrics`, beside `/healthz` and `/readyz` ([operate.md](operate.md)), on
the loopback at port 9464 unless `STOPLIST_METRICS_PORT` says otherwise. All are declared in `schemas/metrics.py`, from
which this page is made.

A value is the worker's own: sum over workers, and over partitions, for the whole. Labels that name a topic or partition
are those of Kafka. While a partition is being restored only its progress is told. What every Prometheus client for
Python tells of its process (`process_resident_memory_bytes`, `process_cpu_seconds_total`, …) is there as well.

## Of a worker

| metric | kind | labels | what it says |
|---|---|---|---|
{rows}

## Of the server

At `/metrics` of `stoplist serve`, to who has a token of any role ([http.md](http.md)).

| metric | kind | labels | what it says |
|---|---|---|---|
{server}

## Of the projector

At `/metrics` of `stoplist project --metrics-port PORT`, beside `/healthz` and `/readyz`.

| metric | kind | labels | what it says |
|---|---|---|---|
{projector}

## What to ask

| question | in PromQL |
|---|---|
| how far behind are decisions, at worst | `max(stoplist_lag_seconds)` |
| how many records wait | `sum(stoplist_lag_records)` |
| how many records a second | `sum(rate(stoplist_records_total[1m]))` |
| how long a chunk takes (99 %) | `histogram_quantile(0.99, sum by (le) (rate(stoplist_chunk_seconds_bucket[5m])))` |
| how many clients are blocked | `sum(stoplist_clients{{condition="blocked"}})` |
| does a producer send what does not fit | `sum by (reason) (increase(stoplist_dead_letters_total[10m])) > 0` |
| does a client need a person | `sum(stoplist_clients{{condition="held"}}) > 0` |
| does time stand still | `min_over_time(stoplist_deadlines_due[10m]) > 0` |
| are snapshots written | `max(stoplist_snapshot_age_seconds) > 120` |
| does nobody have a partition | `sum(stoplist_partitions)` below the topics' partitions |
| does the server say unknown | `sum(rate(stoplist_may_ship_answers_total{{decision="unknown"}}[5m])) > 0` |
| is the read model behind | `sum(stoplist_projection_lag_records)`, `min(stoplist_read_model_fresh) == 0` |
| is a worker not ready | `stoplist_ready == 0` |
"""


def metrics_page() -> str:
    """`docs/metrics.md`."""
    return _PAGE.format(rows=_rows(WORKER_METRICS), server=_rows(SERVER_METRICS), projector=_rows(PROJECTOR_METRICS))


def _rows(metrics: tuple[Metric, ...]) -> str:
    return "\n".join(_row(metric) for metric in metrics)


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
    unit = f", {metric.unit}" if metric.unit else ""
    return f"| `{metric.name}` | {metric.kind}{unit} | {labels} | {metric.help} |"


if __name__ == "__main__":
    sys.stdout.write(metrics_page())
