"""The runbook's sizing table, held to the last run of the benchmark, the records it is made of and the topics."""

import re
from collections import defaultdict
from functools import cache
from typing import Any

import pytest

from schemas.catalogue import BY_NAME, CLIENT_STATUS, PARTITIONS_DEFAULT, SHIPMENT_BLOCKS, SNAPSHOTS
from tests.benchmark.population import Population
from tests.benchmark.pure import FIRST_DAY, run_fold, sources
from tests.harness.beside import CHECKOUT
from tests.harness.measured import bytes_per_ready_client, figure, memory_of, noted

_SECTION = (CHECKOUT / "docs/runbook.md").read_text("utf-8").split("\n## Sizing\n")[1]
_CLIENTS, _DAYS, _KEPT_DAYS = 100, 120, 1_100
_FRAMING = 30
_BYTES = {"MiB": 1 << 20, "GiB": 1 << 30}
_ROW = re.compile(
    r"^\| ([0-9,]+) \| ([0-9,]+) \| (\d)(?: \(([0-9.]+) used\))? \| ([0-9.]+) ([MG]iB)"
    r" \| ([0-9.]+) GB \| ([0-9.]+) GB \|$",
    re.MULTILINE,
)


def _said(text: str) -> bool:
    """Whether it stands in the section, wherever its lines break."""
    return text in " ".join(_SECTION.split())


def _cpu(begins: str) -> float:
    return float(figure("latency", begins)["cpu_us"])


@cache
def _folded() -> dict[str, Any]:
    """A population of the benchmark, folded: how many of what a record, and how long each."""
    records = sources(list(Population(_CLIENTS, _DAYS, 60, 1, first_day=FIRST_DAY, name="a").records()))
    folded = run_fold(records)
    lengths = defaultdict(list)
    for output in folded.outputs:
        lengths[output.topic].append(len(output.value or b""))
    states = [len(folded.fold.encode(state)) for state in folded.states.values()]
    return {
        "a_day": len(records) / _CLIENTS / _DAYS,
        "event": sum(len(one.value or b"") + len(one.key or b"") for one in records) / len(records),
        "state": sum(states) / len(states),
        **{topic: (len(found) / len(records), sum(found) / len(found)) for topic, found in lengths.items()},
    }


def _megabytes_per_client() -> float:
    """Kept by time, then the last record of a key."""
    found = _folded()
    kept = [found[topic] for topic in ("category-changes", "stoplist-turnover", "shipment-alerts")]
    event = (
        found["event"] + sum(share * size for share, size in kept) + _FRAMING * (1 + sum(share for share, _ in kept))
    )
    last = found[CLIENT_STATUS][1] + found[SHIPMENT_BLOCKS][1] + found["state"]
    return float(found["a_day"] * _KEPT_DAYS * event + last) / 1e6


def test_what_an_event_costs_is_what_was_measured_last() -> None:
    slow, fast, asked = (
        _cpu("at 1,000 events/s: p50"),
        _cpu("at 10,000 events/s: p50"),
        _cpu("2,000 requests/s answered: p50"),
    )
    broker = noted(figure("main job", "real rules"), r"broker ([0-9.]+) µs")
    assert _said(f"is {slow:.0f} µs at 1,000 events/s (small chunks, as they come) and {fast:.0f} µs at 10,000:")
    assert _said(f"1,000 × {slow:.0f} µs = {slow / 1e3:.2f}, 10,000 × {fast:.0f} µs = {fast / 1e2:.2f}, ")
    assert _said(f"2,000/s × {asked:.0f} µs = {asked * 2 / 1e3:.2f}.")
    assert _said(f"The broker used {broker} µs an event besides: 10,000 × {broker} µs = {broker / 1e2:.2f} of a core.")


def test_latencies_and_restarts_are_those_that_were_measured_last() -> None:
    slow, fast = (figure("latency", f"at {rate} events/s: p99")["value"] for rate in ("1,000", "10,000"))
    assert _said(f"the 99th percentile of latency was {fast / 1e3:.2f} s, and {slow:.0f} ms at 1,000 events/s.")
    restored = figure("restore", "100,000 clients from snapshots")["value"]
    killed = figure("restore", "processing again after a kill")
    longest = noted(killed, r"max ([0-9.]+) s")
    assert _said(f"{restored:.2f} s from snapshots; {killed['value']:.1f} s from a kill to the first chunk")
    assert _said(f"({longest:.1f} s the longest of three)")


def test_every_row_follows_from_what_was_measured() -> None:
    cpu = {1_000: _cpu("at 1,000 events/s: p50"), 5_000: _cpu("at 10,000 events/s: p50")}
    cpu[10_000] = cpu[5_000]
    rows = _ROW.findall(_SECTION)
    assert len(rows) == 5
    for clients, rate, cores, used, memory, unit, one_copy, three_copies in rows:
        people, events = int(clients.replace(",", "")), int(rate.replace(",", ""))
        if used:
            assert used == f"{events * cpu[events] / 1e6:.2f}", rate
            assert float(used) <= 0.6 * int(cores), "half of a core at the peak"
        assert float(memory) * _BYTES[unit] >= memory_of(people), clients
        assert float(memory) * _BYTES[unit] < 2 * memory_of(people) + (256 << 20), clients
        kept = people * _megabytes_per_client() / 1e3
        assert float(one_copy) == pytest.approx(kept, rel=0.03, abs=0.05), clients
        assert float(three_copies) == pytest.approx(3 * kept, rel=0.03, abs=0.05), clients


def test_sizes_of_records_are_those_of_the_population() -> None:
    found = _folded()
    assert _said(f"an event of the benchmark's population is {found['event']:.0f} B")
    for topic, name in (("category-changes", "category changes"), ("stoplist-turnover", "turnovers")):
        share, size = found[topic]
        assert re.search(rf"{share:.2g}\d? {name} of {size:.0f} B", " ".join(_SECTION.split())), topic
    for name, size in (
        ("status", found[CLIENT_STATUS][1]),
        ("block", found[SHIPMENT_BLOCKS][1]),
        ("state", found["state"]),
    ):
        assert _said(f"a {name} of {size / 1e3:.1f} kB"), name


def test_the_memory_of_clients_that_are_kept_ready_is_counted() -> None:
    assert _said(f"{bytes_per_ready_client() / 1e3:.0f} kB")


def test_what_waits_for_compaction_is_counted_by_the_topics_own_segments() -> None:
    compacted = [BY_NAME[name] for name in (CLIENT_STATUS, SHIPMENT_BLOCKS, SNAPSHOTS)]
    (size,) = {topic.segment_bytes for topic in compacted}
    (lag,) = {topic.min_compaction_lag_ms for topic in compacted}
    assert lag == 3_600_000
    assert _said(f"a segment ({size >> 20} MiB)")
    assert _said(f"{len(compacted) * PARTITIONS_DEFAULT * size / 2**30:.2f} GiB with twelve partitions")
    share, status = _folded()[CLIENT_STATUS]
    an_hour = 1_000 * 3_600 * (share * status + _folded()["state"])
    assert _said(f"{an_hour / 1e9:.0f} GB")
