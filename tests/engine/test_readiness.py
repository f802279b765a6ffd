"""What makes a worker ready, and what it says when it is not; without any broker."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from schemas import metrics
from streams.engine import health
from streams.engine.engine import Engine
from streams.engine.failures import Refusal, Stopped
from streams.engine.folding import Folder
from streams.engine.inbox import Inbox
from streams.engine.journal import Position
from streams.engine.journal_writing import JournalWriter
from streams.engine.ownership import Ownership
from streams.engine.readings import read
from streams.engine.restore_progress import RestoreProgress
from streams.engine.settings import EngineSettings
from streams.engine.states import States
from tests.engine.counting import CountingFold
from tests.engine.reference import Fact


@pytest.fixture
def engine() -> Engine:
    made = Engine(EngineSettings(), CountingFold())
    made.started = True
    made.assigned = set()
    return made


def _code(engine: Engine) -> str:
    answer = health.ready(engine)
    assert answer.status == 503
    assert answer.document["status"] == 503
    assert answer.document["detail"].endswith(".")
    return str(answer.document["code"])


def test_a_worker_to_whom_the_group_gave_nothing_stands_by(engine: Engine) -> None:
    assert health.ready(engine) == (200, {"status": "ready", "partitions": []})


def test_before_it_is_connected_it_is_not_ready(engine: Engine) -> None:
    engine.started = False
    assert _code(engine) == "connecting"


def test_while_the_group_deals_out_its_partitions_it_is_not_ready(engine: Engine) -> None:
    engine.assigned = None
    assert _code(engine) == "unassigned"


def test_told_to_end_it_is_alive_and_not_ready(engine: Engine) -> None:
    engine.ending = lambda: True
    assert _code(engine) == "ending"
    assert health.alive(engine).status == 200


def test_while_it_restores_it_says_which_partitions_and_how_far(engine: Engine) -> None:
    engine.assigned = {3, 5}
    loading = engine.restoring[3] = RestoreProgress(3)
    loading.fenced(7)
    loading.journal_read(0)
    loading.snapshots_span(100, 300)
    loading.snapshots_read(150)
    answer = health.ready(engine)
    assert _code(engine) == "restoring"
    assert answer.document["partitions"] == [
        {"partition": 3, "phase": "snapshots", "percent": 25},
        {"partition": 5, "phase": "waiting", "percent": 0},
    ]
    assert answer.document["percent"] == 12  # 25 % of one of two
    assert answer.document["detail"] == "Partitions 3, 5 of 2 not restored yet; 12 % of all is."


@pytest.mark.parametrize(
    ("failure", "code", "detail"),
    [
        (Stopped("the broker is gone", "append_failed"), "append_failed", "the broker is gone"),
        (Refusal("clock", "the clock is off", "set it"), "clock", "the clock is off."),
        (ValueError("a bug"), "crashed", "a bug"),
        (KeyError(), "crashed", "KeyError()"),
    ],
)
def test_after_a_failure_health_and_readiness_say_why(
    engine: Engine, failure: BaseException, code: str, detail: str
) -> None:
    with capture_logs() as lines:
        engine.fail(failure, partition=3, epoch=7, chunk=12)
    for answer in (health.alive(engine), health.ready(engine)):
        assert (answer.status, answer.document["code"], answer.document["detail"]) == (503, code, detail)
    assert (lines[0]["partition"], lines[0]["epoch"], lines[0]["chunk"], lines[0]["code"]) == (3, 7, 12, code)


def test_the_metrics_of_a_worker_that_restores_tell_its_progress(engine: Engine) -> None:
    engine.assigned = {3}
    progress = engine.restoring[3] = RestoreProgress(3)
    progress.journal_read(0)
    progress.snapshots_span(0, 4)
    progress.snapshots_read(3)
    values = asyncio.run(read(engine))
    assert values[metrics.READY] == [((), 0)]
    assert values[metrics.RESTORE_PROGRESS] == [(("3",), 0.75)]
    assert values[metrics.PARTITIONS] == [(("folding",), 0), (("restoring",), 1)]


def test_a_restore_is_logged_now_and_then(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.engine.engine._PROGRESS_LOGGED_S", 0.0)
    with capture_logs() as lines:
        progress = RestoreProgress(3, engine._restoring_moved)
        progress.fenced(7)
        progress.journal_read(10)
        progress.snapshots_span(0, 20)
        progress.snapshots_read(20)
        progress.folded_again(5)
        progress.end()
    told = [(line["phase"], line["percent"]) for line in lines if line["event"] == "restoring"]
    # ten records to fold again weigh as much as eighty snapshots
    assert told == [("journal", 0), ("snapshots", 0), ("snapshots", 0), ("snapshots", 20), ("chunks", 60)]
    assert {(line["partition"], line["epoch"]) for line in lines} == {(3, 7)}


class _Read:
    """A consumer that has seen so much."""

    def __init__(self, ends: dict[str, int], positions: dict[str, int]) -> None:
        self._ends, self._positions = ends, positions

    def end_seen(self, topic: str, partition: int) -> int | None:
        return self._ends.get(topic)

    async def position_of(self, topic: str, partition: int) -> int | None:
        return self._positions.get(topic)

    def set_room(self, topic: str, partition: int, full: bool) -> None:
        raise AssertionError("nothing is full")

    def group_answers(self) -> bool:
        return True


def test_lag_is_told_in_records_and_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """`a`: 4 records behind, the oldest of those fetched 3 s old; `b`: its last offset is a transaction's end."""
    now = 1_767_225_600_000
    engine = Engine(EngineSettings(input_topics=("a", "b"), compacted_output_topics=()), CountingFold())
    monkeypatch.setattr(engine.clock, "now", lambda at: now)
    engine.consumer = _Read({"a": 14, "b": 8}, {"a": 12, "b": 8})
    positions = {"a": Position(10, now - 4000), "b": Position(7, now - 5000)}
    states: States[Any, Any] = States(engine.fold, 10)
    folder: Folder[Any, Any] = Folder(
        engine.fold, states, engine.fold.shared_new(), partition=0, partitions=1, held_bytes_max=0, at=now - 4000
    )
    folder.states.deadlines.set(b"k", now - 1)
    owned = Ownership(0, folder, JournalWriter(engine.publisher, "j", 0), 9, 4, positions)
    inbox = Inbox(("a", "b"), {topic: position.next for topic, position in positions.items()}, 100, 0)
    inbox.put("a", [Fact(0, now - 3000, b"k", b"", offset=10 + number) for number in range(2)], None)

    async def values() -> dict[str, dict[tuple[str, ...], float]]:
        engine.partitions[0] = engine._partition(owned, inbox)
        return {metric.name: dict(rows) for metric, rows in (await read(engine)).items()}

    found = asyncio.run(values())
    assert found["stoplist_lag_records"] == {("a", "0"): 4, ("b", "0"): 0}
    assert found["stoplist_lag_seconds"] == {("0",): 3}
    assert found["stoplist_deadlines_due"] == {("0",): 1}
    assert found["stoplist_snapshot_lag_chunks"] == {("0",): 5}
