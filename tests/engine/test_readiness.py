"""What makes a worker ready, and what it says when it is not; without any broker."""

import asyncio

import pytest
from structlog.testing import capture_logs

from schemas import metrics
from streams.engine import health
from streams.engine.engine import Engine
from streams.engine.failures import Refusal, Stopped
from streams.engine.readings import read
from streams.engine.restore_progress import RestoreProgress
from streams.engine.settings import EngineSettings
from tests.engine.counting import CountingFold


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
