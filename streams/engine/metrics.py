"""What a worker counts as it goes, made from the catalogue. A chunk costs some microseconds, a record nothing."""

import logging
import time

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from structlog.contextvars import bind_contextvars

from schemas import metrics as catalogue
from streams.engine.metric_making import made
from streams.engine.ownership import Ownership

log = structlog.get_logger(__name__)


class WorkerMetrics:
    """The counters and histograms of one worker; what is read when somebody asks is in `streams.engine.readings`."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.records = made(catalogue.RECORDS, registry)
        self.chunks = made(catalogue.CHUNKS, registry)
        self.chunk_records = made(catalogue.CHUNK_RECORDS, registry)
        self.chunk_seconds = made(catalogue.CHUNK_SECONDS, registry)
        self.fold_seconds = made(catalogue.FOLD_SECONDS, registry)
        self.journal_seconds = made(catalogue.JOURNAL_SECONDS, registry)
        self.deadlines_fired = made(catalogue.DEADLINES_FIRED, registry)
        self.checkpoints = made(catalogue.CHECKPOINTS, registry)
        self.restore_seconds = made(catalogue.RESTORE_SECONDS, registry)

    def of_process(self) -> None:
        """Memory, CPU time, open files and Python's version as well, as every Prometheus client names them."""
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)


class Meter:
    """Measures the chunks of one partition: `begin`, `folded`, `journaled`, then what was published."""

    def __init__(self, metrics: WorkerMetrics, owned: Ownership) -> None:
        name = str(owned.partition)
        self._metrics = metrics
        self._owned = owned
        self._records = metrics.records.labels(name)
        self._of_records = metrics.chunks.labels(name, "records")
        self._of_time = metrics.chunks.labels(name, "time")
        self._fired = metrics.deadlines_fired.labels(name)
        self._checkpoints = metrics.checkpoints.labels(name)
        self._begun = self._folded = 0.0
        self._tells = log.bind().is_enabled_for(logging.DEBUG)
        """Whether a line for each chunk is wanted."""

    def begin(self, chunk: int) -> None:
        """Folding begins; what is logged meanwhile names the chunk."""
        bind_contextvars(chunk=chunk)
        self._begun = time.monotonic()

    def folded(self) -> None:
        """Folding has ended, the append to the journal begins."""
        self._folded = now = time.monotonic()
        self._metrics.fold_seconds.observe(now - self._begun)

    def journaled(self) -> None:
        """The journal record is acknowledged."""
        self._metrics.journal_seconds.observe(time.monotonic() - self._folded)

    def published_records(self, records: int) -> None:
        """A chunk of so many records is published."""
        metrics = self._metrics
        metrics.chunk_seconds.observe(time.monotonic() - self._begun)
        metrics.chunk_records.observe(records)
        self._records.inc(records)
        self._of_records.inc()
        if self._tells:
            log.debug("chunk", **self._owned.where(), records=records)

    def published_time(self, clients: int) -> None:
        """A chunk of time is published, in which so many clients were due."""
        self._metrics.chunk_seconds.observe(time.monotonic() - self._begun)
        self._fired.inc(clients)
        self._of_time.inc()
        if self._tells:
            log.debug("chunk_of_time", **self._owned.where(), clients=clients)

    def checkpoint(self) -> None:
        """A checkpoint is written."""
        self._checkpoints.inc()
