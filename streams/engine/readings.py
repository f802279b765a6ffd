"""Metrics that are read off the engine when somebody asks, not counted as it goes."""

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from schemas import metrics as catalogue
from streams.engine import health
from streams.engine.engine import Engine
from streams.engine.partition import Partition

Values = dict[catalogue.Metric, list[tuple[tuple[str, ...], float]]]
"""By metric, the values of its labels and its own."""
_DUE_COUNTED_MAX: Final = 10_000
_GAUGES: Final = (
    catalogue.READY,
    catalogue.WORKER_INFO,
    catalogue.PARTITIONS,
    catalogue.LAG_RECORDS,
    catalogue.LAG_SECONDS,
    catalogue.OUTPUTS,
    catalogue.DEAD_LETTERS,
    catalogue.DEADLINES_DUE,
    catalogue.CLIENTS,
    catalogue.SNAPSHOT_AGE_SECONDS,
    catalogue.SNAPSHOT_LAG_CHUNKS,
    catalogue.RESTORE_PROGRESS,
)


class Readings(Collector):
    """Gives them to a registry. `ask` runs a coroutine on the engine's loop and returns None when that fails."""

    def __init__(self, engine: Engine, ask: Callable[[Callable[[], Awaitable[Values]]], Values | None]) -> None:
        self._engine = engine
        self._ask = ask

    def collect(self) -> Iterable[Metric]:
        """One family for each metric that has values."""
        values = self._ask(lambda: read(self._engine)) or {catalogue.READY: [((), 0.0)]}
        for metric, rows in values.items():
            kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
            family: Any = kind(metric.name, metric.help, labels=metric.labels)
            for labels, value in rows:
                family.add_metric(labels, value)
            yield family


async def read(engine: Engine) -> Values:
    """All of them, on the engine's loop."""
    values: Values = {metric: [] for metric in _GAUGES}
    settings = engine.settings
    values[catalogue.READY].append(((), float(health.ready(engine).status == health.OK)))
    who = (settings.application_id, settings.instance_id or "", engine.fold.rules_version)
    values[catalogue.WORKER_INFO].append((who, 1.0))
    for state, partitions in (("folding", engine.partitions), ("restoring", engine.restoring)):
        values[catalogue.PARTITIONS].append(((state,), len(partitions)))
    values[catalogue.OUTPUTS] += [((topic,), count) for topic, count in sorted(engine.publisher.published.items())]
    values[catalogue.DEAD_LETTERS] += [((reason,), count) for reason, count in sorted(engine.bad.by_reason.items())]
    for number, progress in sorted(engine.restoring.items()):
        values[catalogue.RESTORE_PROGRESS].append(((str(number),), progress.ratio))
    for number, partition in sorted(engine.partitions.items()):
        _read_partition(engine, str(number), partition, values)
        await _read_lag(engine, str(number), partition, values)
    return values


def _read_partition(engine: Engine, name: str, partition: Partition, values: Values) -> None:
    owned, states, inbox = partition.owned, partition.folder.states, partition.inbox
    now = engine.clock.now(partition.folder.at)
    waiting = [taken.records[0].timestamp for taken in partition.current]
    if not inbox.empty():
        waiting.append(inbox.earliest())
    lag_ms = max(0, now - min(waiting)) if waiting else 0
    values[catalogue.LAG_SECONDS].append(((name,), lag_ms / 1000))
    values[catalogue.DEADLINES_DUE].append(((name,), states.deadlines.count(now, _DUE_COUNTED_MAX)))
    values[catalogue.SNAPSHOT_AGE_SECONDS].append(((name,), time.monotonic() - owned.covered_at))
    values[catalogue.SNAPSHOT_LAG_CHUNKS].append(((name,), owned.n - owned.c))
    conditions = (("known", len(states)), (engine.fold.flag, states.flagged()), ("held", len(states.held)))
    values[catalogue.CLIENTS] += [((name, condition), count) for condition, count in conditions]
    if int(name) not in engine.restoring:
        values[catalogue.RESTORE_PROGRESS].append(((name,), 1.0))


async def _read_lag(engine: Engine, name: str, partition: Partition, values: Values) -> None:
    if engine.consumer is None:
        return
    for topic, end in engine.ends(partition.number).items():
        if end is None:
            continue
        folded = partition.owned.positions[topic].next
        if folded < end and not partition.inbox.buffered[topic] and not partition.current:
            # the last offsets of a topic may hold no records: a transaction's end
            folded = max(folded, await engine.read_to(partition.number, topic) or 0)
        values[catalogue.LAG_RECORDS].append(((topic, name), max(0, end - folded)))
