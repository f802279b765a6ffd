"""Every number and name the engine needs, in one frozen object that the caller fills.

The engine reads no environment and no file: `stoplist worker` maps its own settings to this, tests build it by hand.
"""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from schemas.security import Security


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """What one worker process needs to know. Durations are milliseconds unless the name says otherwise."""

    bootstrap_servers: tuple[str, ...] = ("127.0.0.1:9092",)
    """`host:port` of one or more brokers."""
    security: Security = field(default_factory=Security)
    """How they are talked to."""
    application_id: str = "stoplist"
    """Consumer group of the workers; its committed offsets serve lag dashboards only."""
    instance_id: str | None = None
    """Static membership: a worker restarted under the same id takes its partitions back at once."""
    client_id: str = "stoplist"

    input_topics: tuple[str, ...] = (
        "payments",
        "shipments",
        "sales",
        "clients",
        "judgements",
        "policies",
        "stoplist-importance",
    )
    """Topics with one partition count and one key; partition p of all of them belongs to one worker."""
    journal_topic: str = "stoplist-journal"
    snapshot_topic: str = "stoplist-clients"
    """Changelog of the table `clients`: compacted, LogAppendTime, records up to 16 MiB."""
    compacted_output_topics: tuple[str, ...] = ("shipment-blocks", "client-status")
    """Output topics keyed by client whose last record must be the newest: the engine repairs them (rule 17)."""
    output_topics: tuple[str, ...] = (
        "shipment-blocks",
        "category-changes",
        "shipment-decisions",
        "shipment-alerts",
        "client-status",
        "dead-letters",
        "stoplist-turnover",
    )
    """Topics the fold publishes to; they need as many partitions as the inputs."""
    keyed_topics: tuple[str, ...] = ("stoplist-turnover",)
    """Output topics with another key than the inputs: a record goes to its own key's partition, not to theirs."""

    simulated_time: bool = False
    """Inputs carry their own timestamps (CreateTime) and the clock follows them."""
    simulated_rate: float = 0.0
    """With simulated time: how many milliseconds the clock goes on in a millisecond without records."""
    simulated_idle_ms: int = 1000
    """With simulated time: after so long without any record a partition's clock catches up with the latest record
    that the worker has seen in any partition."""
    clock_skew_max_ms: int = 30_000
    """A worker whose clock is further than this from the broker's refuses to start."""
    interleave_ms: int = 1000
    """A chunk ends where another topic's next record is older by more than this (simulated time: older at all)."""

    chunk_records_max: int = 5000
    fetch_bytes_max: int = 2 << 20
    """Of one partition in one fetch; a topic's buffer holds at most three of them."""
    fetch_wait_ms: int = 20
    """How long the broker holds a fetch that finds nothing; a record of a topic that was just read may wait so long."""
    deadline_clients_max: int = 1000
    """Clients handled by one chunk of time."""
    batch_bytes_max: int = 900_000
    """Of one request to an output topic: the broker's default limit is 1 MiB."""
    snapshot_batch_bytes_max: int = 900_000
    snapshot_interval_ms: int = 5000
    snapshot_slice_records: int = 250
    """States encoded between two chunks while a snapshot round runs."""
    keep_journal: bool = False
    """The journal is never cut, so that it can be folded again from its beginning; a recovery reads all of it."""
    decoded_clients_max: int = 20_000
    """Of one worker, spread over its partitions: further states stay encoded."""
    state_bytes_max: int = 1 << 20
    """A client whose encoded state is larger is held."""
    held_bytes_max: int = 8 << 20
    """Records kept for a held client; further ones are dead letters (`limit_exceeded`)."""
    bad_records_window: int = 1000
    bad_records_max: int = 500
    """More rejected records than this among the last `bad_records_window`: the worker stops; 0 switches it off."""

    topics_wait_ms: int = 5000
    """How long a start waits for topics that are missing or have no leader: they may only just have been made."""
    request_timeout_ms: int = 30_000
    session_timeout_ms: int = 10_000
    heartbeat_interval_ms: int = 1000
    stop_timeout_ms: int = 20_000
    """A clean stop writes a checkpoint within this time, or leaves it."""

    accept_loss: bool = False
    """Go on although inputs, journal or snapshots do not fit together; every output then says so."""
    accept_new_rules: bool = False
    """Fold journaled chunks again although another rules version made them."""
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    """Port of health and metrics; 0: none; None: the default one, or where that is taken any free one."""
    failure_shown_ms: int = 5000
    """How long a worker that has stopped because of a failure, and does not write to a terminal, still tells so over
    HTTP before its process ends."""
    data_directory: Path = field(default_factory=lambda: Path(tempfile.gettempdir()) / "stoplist-faust")
    """Faust wants a directory; the engine keeps nothing in it."""
    uvloop: bool = True
    log_level: str = "info"
    log_format: str = "text"
    """`text` for people, or `json`: one object a line."""
