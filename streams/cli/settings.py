"""Every setting of a worker: environment variables `STOPLIST_<NAME>`, checked, mapped to the engine's settings.

`docs/settings.md` is made from here (`streams.cli.settings_page`).
"""

import os
import tempfile
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from schemas.wording import in_words
from streams.agents.folds import FoldName, of_scopes
from streams.cli.failure import Failure
from streams.cli.security import PREFIX, ConnectionSettings
from streams.engine.settings import EngineSettings

Milliseconds = Annotated[int, Field(ge=1, le=24 * 60 * 60 * 1000)]
_DEFAULT: Final = EngineSettings()
_NAME: Final = r"^[A-Za-z0-9._-]{1,100}$"
_HOST: Final = r"^[A-Za-z0-9.:-]{1,253}$"
_REMEDIES: Final = {
    _HOST: "must be a host name or an IP address",
    _NAME: "must be 1 to 100 Latin letters, digits, dots, hyphens or underscores",
}


class WorkerSettings(ConnectionSettings):
    """The settings of `stoplist worker`; durations in milliseconds, sizes in bytes."""

    fold: FoldName = "clients"
    """What this worker folds: the clients' records, or what they tell the directions and territories they sell in
    (`importance`). An installation needs both, each in workers of its own."""
    application_id: Annotated[str, Field(pattern=_NAME)] = _DEFAULT.application_id
    """Consumer group that the workers of one installation share; those of `importance` add the fold's name to it."""
    instance_id: Annotated[str, Field(pattern=_NAME)] | None = None
    """Name of this worker, unique in the group and the same after a restart: it then takes its partitions back at
    once. Without a name a killed worker's partitions wait for the session timeout."""
    policy: Path | None = None
    """Policy file in force until one is activated through the topic `policies`; without it the policy that ships."""

    simulated_time: bool = False
    """Time comes from the records: for topics made with `--simulated-time`."""
    simulated_rate: Annotated[float, Field(ge=0, le=1_000_000)] = _DEFAULT.simulated_rate
    """With simulated time: milliseconds that pass in a millisecond without records."""
    simulated_idle_ms: Milliseconds = _DEFAULT.simulated_idle_ms
    """With simulated time: after so long without a record a partition's time catches up with the latest record that
    the worker has seen in any partition."""
    clock_skew_max_ms: Milliseconds = _DEFAULT.clock_skew_max_ms
    """A worker whose clock is further from the broker's than this refuses to start."""
    interleave_ms: Milliseconds = _DEFAULT.interleave_ms
    """A chunk ends where another topic's next record is older by more than this."""

    chunk_records_max: Annotated[int, Field(ge=1, le=100_000)] = _DEFAULT.chunk_records_max
    """Records folded and journaled together."""
    fetch_bytes_max: Annotated[int, Field(ge=64 << 10, le=256 << 20)] = _DEFAULT.fetch_bytes_max
    """Of one partition in one fetch."""
    fetch_wait_ms: Milliseconds = _DEFAULT.fetch_wait_ms
    """How long the broker may hold an empty fetch."""
    deadline_clients_max: Annotated[int, Field(ge=1, le=100_000)] = _DEFAULT.deadline_clients_max
    """Clients handled at once when time alone changes them (midnight, the first of a month)."""
    batch_bytes_max: Annotated[int, Field(ge=64 << 10, le=16 << 20)] = _DEFAULT.batch_bytes_max
    """Of one request to an output topic."""
    snapshot_batch_bytes_max: Annotated[int, Field(ge=64 << 10, le=16 << 20)] = _DEFAULT.snapshot_batch_bytes_max
    """Of one request to the snapshot topic."""
    snapshot_interval_ms: Milliseconds = _DEFAULT.snapshot_interval_ms
    """Time between two rounds of snapshots; a recovery folds again what came since the last."""
    snapshot_slice_records: Annotated[int, Field(ge=1, le=100_000)] = _DEFAULT.snapshot_slice_records
    """States written between two chunks while a round runs."""
    keep_journal: bool = _DEFAULT.keep_journal
    """Never cut the journal to what a recovery needs: then `stoplist verify` folds everything again from the first
    record on. A recovery reads all of it, about a second for each million of chunks."""
    decoded_clients_max: Annotated[int, Field(ge=1, le=10_000_000)] = _DEFAULT.decoded_clients_max
    """Clients kept ready in memory while enough of them come back; the others stay as bytes."""
    state_bytes_max: Annotated[int, Field(ge=1 << 10, le=16 << 20)] = _DEFAULT.state_bytes_max
    """A client whose state is larger is held: its records are kept, its neighbours go on."""
    scope_bytes_max: Annotated[int, Field(ge=1 << 10, le=15 << 20)] = 15 << 20
    """The same for a direction or territory, with some 100 bytes for each client that sells in it: one that is larger
    is held, and the importance of its clients stays as it is."""
    held_bytes_max: Annotated[int, Field(ge=1 << 10, le=1 << 30)] = _DEFAULT.held_bytes_max
    """Records kept for a held client; further ones are dead letters."""
    bad_records_window: Annotated[int, Field(ge=1, le=1_000_000)] = _DEFAULT.bad_records_window
    """How many records back bad ones are counted."""
    bad_records_max: Annotated[int, Field(ge=0, le=1_000_000)] = _DEFAULT.bad_records_max
    """More bad records than this in the window stop the worker: that is a broken producer; 0 never stops it."""

    topics_wait_ms: Milliseconds = _DEFAULT.topics_wait_ms
    """How long a start waits for topics that are missing or have no leader: they may only just have been made."""
    request_timeout_ms: Milliseconds = _DEFAULT.request_timeout_ms
    """How long the broker may take to answer; then the worker stops rather than go on unsure."""
    session_timeout_ms: Milliseconds = _DEFAULT.session_timeout_ms
    """After so long without a sign of life the group gives a worker's partitions to another: a takeover waits for it,
    and a restart under the same instance id moves nothing when it is shorter."""
    heartbeat_interval_ms: Milliseconds = _DEFAULT.heartbeat_interval_ms
    """Time between two signs of life; a third of the session timeout at most."""
    stop_timeout_ms: Milliseconds = _DEFAULT.stop_timeout_ms
    """How long a clean stop may take to write its snapshots."""

    accept_loss: bool = False
    """Start although inputs, journal or snapshots do not fit together; every status then says so."""
    accept_new_rules: bool = False
    """Fold journaled records again with other rules than made them, and publish every client anew."""
    metrics_host: Annotated[str, Field(pattern=_HOST)] = _DEFAULT.metrics_host
    """Address at which health and metrics are served; another than the loopback lets everybody on that network read
    them."""
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] | None = None
    """Port of `/healthz`, `/readyz` and `/metrics`; 0: they are not served. Without it 9464, or where that is taken any
    free one, which the log names."""
    failure_shown_ms: Annotated[int, Field(ge=0, le=10 * 60 * 1000)] = _DEFAULT.failure_shown_ms
    """How long a worker that has stopped because of a failure still answers `/healthz` and `/readyz` with the reason
    before its process ends; its partitions are free meanwhile."""
    data_directory: Path = Path(tempfile.gettempdir()) / "stoplist-faust"
    """A directory that Faust wants; nothing is kept in it."""
    uvloop: bool = _DEFAULT.uvloop
    """Use the faster event loop."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe log lines that are written; `debug` has one for every chunk."""
    log_format: Literal["text", "json"] = "text"
    """`text` for people, or `json`: one object a line, for a log collector."""

    def engine(self) -> EngineSettings:
        """The same for the engine, with the topics of the fold."""
        values = self.model_dump(exclude={*ConnectionSettings.model_fields, "policy", "fold", "scope_bytes_max"})
        servers = tuple(part.strip() for part in self.bootstrap.split(","))
        settings = EngineSettings(bootstrap_servers=servers, security=self.security(), **values)
        return settings if self.fold == "clients" else of_scopes(settings, self.scope_bytes_max)


def worker_settings(**flags: Any) -> WorkerSettings:
    """Settings of the environment, `flags` that are not None above them; raises Failure naming the variable."""
    try:
        settings = WorkerSettings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        said = in_words(first, _REMEDIES)
        raise Failure(f"{PREFIX}{name.upper()} is {first['input']!r}: it {said}; see docs/settings.md") from None
    if settings.heartbeat_interval_ms * 3 > settings.session_timeout_ms:
        raise Failure(
            f"STOPLIST_HEARTBEAT_INTERVAL_MS is {settings.heartbeat_interval_ms}: at most a third of "
            f"STOPLIST_SESSION_TIMEOUT_MS ({settings.session_timeout_ms}) works; lower it"
        )
    return settings


def unknown_variables() -> list[str]:
    """A sentence for each variable STOPLIST_* that is no setting: most likely a misspelt one."""
    known = [f"{PREFIX}{name.upper()}" for name in WorkerSettings.model_fields]
    said = []
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known and not name.startswith(f"{PREFIX}TEST_"):
            close = get_close_matches(name, known, 1)
            said.append(
                f"{name} is no setting" + (f"; did you mean {close[0]}?" if close else "; see docs/settings.md")
            )
    return said
