"""Every metric there is, declared once: what it counts, in which unit, by which labels. Data only.

The programs make their metrics from here, `docs/metrics.md` and dashboards are made from here, so none of them can
speak of a metric that another does not know. Names follow Prometheus: the unit last, counters end in `_total`.
"""

from typing import Final, Literal, NamedTuple

Kind = Literal["counter", "gauge", "histogram"]
Unit = Literal["", "records", "seconds", "ratio"]


class Metric(NamedTuple):
    """One metric: as Prometheus knows it, and what people must know to read it."""

    name: str
    kind: Kind
    unit: Unit
    """Of its value; nothing where it is a number of things that the name says."""
    labels: tuple[str, ...]
    help: str
    """One sentence or two; the second says what to look for."""
    buckets: tuple[float, ...] = ()
    """Upper bounds of a histogram, the last one, infinity, left out."""


_FAST_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SLOW_S: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_RECORDS: Final = (1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0)

READY: Final = Metric(
    "stoplist_ready",
    "gauge",
    "",
    (),
    "1 while the worker is ready (/readyz), else 0. Below 1 for minutes: ask /readyz.",
)
WORKER_INFO: Final = Metric(
    "stoplist_worker_info",
    "gauge",
    "",
    ("application_id", "instance_id", "rules_version"),
    "Always 1: which group the worker is in, its name there, and the version of its rules.",
)
PARTITIONS: Final = Metric(
    "stoplist_partitions",
    "gauge",
    "",
    ("state",),
    "Partitions this worker has, by state: folding, or restoring. Their sum over all workers is the topics' count.",
)
LAG_RECORDS: Final = Metric(
    "stoplist_lag_records",
    "gauge",
    "records",
    ("topic", "partition"),
    "Records of an input that are not folded and published yet. Growing for minutes: workers are too few or too slow.",
)
LAG_SECONDS: Final = Metric(
    "stoplist_lag_seconds",
    "gauge",
    "seconds",
    ("partition",),
    "Age of the oldest record that has been fetched and is not published yet; 0 when there is none.",
)
RECORDS: Final = Metric(
    "stoplist_records_total", "counter", "records", ("partition",), "Records folded and published, bad ones included."
)
CHUNKS: Final = Metric(
    "stoplist_chunks_total",
    "counter",
    "",
    ("partition", "kind"),
    "Chunks published, by kind: of records, or of time (deadlines that passed with no record).",
)
CHUNK_RECORDS: Final = Metric(
    "stoplist_chunk_records", "histogram", "records", (), "Records in a chunk of records.", _RECORDS
)
CHUNK_SECONDS: Final = Metric(
    "stoplist_chunk_seconds",
    "histogram",
    "seconds",
    (),
    "From the beginning of a chunk's folding until its outputs are acknowledged.",
    _FAST_S,
)
FOLD_SECONDS: Final = Metric(
    "stoplist_fold_seconds",
    "histogram",
    "seconds",
    (),
    "Folding a chunk, while nothing else of the worker runs.",
    _FAST_S,
)
JOURNAL_SECONDS: Final = Metric(
    "stoplist_journal_seconds", "histogram", "seconds", (), "Until a chunk's journal record is acknowledged.", _FAST_S
)
OUTPUTS: Final = Metric("stoplist_outputs_total", "counter", "records", ("topic",), "Records published, by topic.")
DEAD_LETTERS: Final = Metric(
    "stoplist_dead_letters_total",
    "counter",
    "records",
    ("reason",),
    "Records that became dead letters, by reason. Rising: a producer sends what does not fit the contract.",
)
DEADLINES_DUE: Final = Metric(
    "stoplist_deadlines_due",
    "gauge",
    "",
    ("partition",),
    "Clients due by time that wait for their turn, counted up to 10,000. Above 0 for minutes: time stands still.",
)
DEADLINES_FIRED: Final = Metric(
    "stoplist_deadlines_fired_total", "counter", "", ("partition",), "Clients that were changed by time alone."
)
CLIENTS: Final = Metric(
    "stoplist_clients",
    "gauge",
    "",
    ("partition", "condition"),
    "Clients: known (all), blocked (shipments stopped; held ones are not among them), held (rules failed on them, or "
    "their state is too large: a person must look). Of the fold importance: scopes.",
)
SNAPSHOT_AGE_SECONDS: Final = Metric(
    "stoplist_snapshot_age_seconds",
    "gauge",
    "seconds",
    ("partition",),
    "How long ago everything folded until then was in a checkpoint. A recovery folds again what came since.",
)
SNAPSHOT_LAG_CHUNKS: Final = Metric(
    "stoplist_snapshot_lag_chunks", "gauge", "", ("partition",), "Chunks that a recovery would fold again."
)
CHECKPOINTS: Final = Metric("stoplist_checkpoints_total", "counter", "", ("partition",), "Checkpoints written.")
RESTORE_PROGRESS: Final = Metric(
    "stoplist_restore_progress_ratio",
    "gauge",
    "ratio",
    ("partition",),
    "How much of a partition being taken is restored, from 0 to 1; 1 once it is folding.",
)
RESTORE_SECONDS: Final = Metric(
    "stoplist_restore_seconds",
    "histogram",
    "seconds",
    (),
    "Taking a partition, from the owner record until it folds new records.",
    _SLOW_S,
)
READ_MODEL_FRESH: Final = Metric(
    "stoplist_read_model_fresh",
    "gauge",
    "",
    ("partition",),
    "1 while the server's answers about the clients of a partition are relied on, else 0: it says unknown.",
)

READ_MODEL_AS_OF_SECONDS: Final = Metric(
    "stoplist_read_model_as_of_seconds",
    "gauge",
    "seconds",
    ("partition",),
    "Up to when the read model is complete, in seconds since 1970. Standing still: ask the server's /readyz.",
)
MAY_SHIP_ANSWERS: Final = Metric(
    "stoplist_may_ship_answers_total",
    "counter",
    "",
    ("decision",),
    "Answers to «may I ship»: approve, refuse or unknown. Many unknown: the read model is behind.",
)
HTTP_CALLS: Final = Metric(
    "stoplist_http_calls_total", "counter", "", ("path", "status"), "Calls answered, by the pattern of their path."
)
HTTP_CALL_SECONDS: Final = Metric(
    "stoplist_http_call_seconds", "histogram", "seconds", ("path",), "From call to the answer's beginning.", _FAST_S
)
HTTP_STREAMS: Final = Metric("stoplist_http_streams", "gauge", "", (), "Open streams of events: pages that are live.")
PROJECTION_LAG_RECORDS: Final = Metric(
    "stoplist_projection_lag_records",
    "gauge",
    "records",
    ("topic",),
    "Records that have been published and are not in the read model yet, as far as the projector has heard of them.",
)
PROJECTION_RECORDS: Final = Metric(
    "stoplist_projection_records_total", "counter", "records", ("topic",), "Records applied to the read model."
)
PROJECTION_PROGRESS: Final = Metric(
    "stoplist_projection_progress_ratio",
    "gauge",
    "ratio",
    (),
    "How much of what lay there at the start is applied, from 0 to 1; 1 once the projector follows.",
)
PROJECTION_IDLE_SECONDS: Final = Metric(
    "stoplist_projection_idle_seconds",
    "gauge",
    "seconds",
    (),
    "How long ago the last record was applied, or the projector began. With lag above 0 for minutes: it hangs.",
)

WORKER_METRICS: Final = (
    READY,
    WORKER_INFO,
    PARTITIONS,
    LAG_RECORDS,
    LAG_SECONDS,
    RECORDS,
    CHUNKS,
    CHUNK_RECORDS,
    CHUNK_SECONDS,
    FOLD_SECONDS,
    JOURNAL_SECONDS,
    OUTPUTS,
    DEAD_LETTERS,
    DEADLINES_DUE,
    DEADLINES_FIRED,
    CLIENTS,
    SNAPSHOT_AGE_SECONDS,
    SNAPSHOT_LAG_CHUNKS,
    CHECKPOINTS,
    RESTORE_PROGRESS,
    RESTORE_SECONDS,
)
"""Of a worker, in the order of the page."""
SERVER_METRICS: Final = (
    READ_MODEL_FRESH,
    READ_MODEL_AS_OF_SECONDS,
    MAY_SHIP_ANSWERS,
    HTTP_CALLS,
    HTTP_CALL_SECONDS,
    HTTP_STREAMS,
)
"""Of the server."""
PROJECTOR_METRICS: Final = (
    PROJECTION_LAG_RECORDS,
    PROJECTION_RECORDS,
    PROJECTION_PROGRESS,
    PROJECTION_IDLE_SECONDS,
)
"""Of the projector."""
