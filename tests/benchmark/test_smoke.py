"""The benchmark works: every section, on small sizes, against Apache Kafka. Nothing here looks at a clock's figures."""

import json
from pathlib import Path

import pytest

from tests.benchmark import pure
from tests.benchmark.__main__ import SECTIONS, main, run
from tests.benchmark.population import Population
from tests.benchmark.sizes import QUICK
from tests.benchmark.small_job import events, expected_moves
from tests.harness.kafka import kafka_missing

needs_kafka = pytest.mark.skipif(kafka_missing() is not None, reason=f"needs {kafka_missing()}")


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(600)
@needs_kafka
@pytest.mark.parametrize("name", list(SECTIONS))
def test_a_section_gives_figures_above_zero(name: str, tmp_path: Path) -> None:
    figures = run([name], QUICK, tmp_path / "figures.json", fast=False)

    assert figures
    assert all(figure.value > 0 for figure in figures if figure.unit in ("events/s", "clients/s", "lines/s", "s"))
    assert not [figure for figure in figures if "WRONG" in figure.note]
    written = json.loads((tmp_path / "figures.json").read_text())
    assert [row["name"] for row in written["figures"]] == [figure.name for figure in figures]
    assert written["machine"]["cores"]


def test_the_rules_alone_reject_nothing_of_the_population() -> None:
    population = Population(20, 40, 20, 1, first_day=pure.FIRST_DAY)

    folded = pure.run_fold(pure.sources(list(population.records())))

    assert folded.rejected == []
    assert folded.outputs


def test_the_small_job_demands_one_move_for_every_eighth_event_of_a_client_up_to_three() -> None:
    # one client, 30 events: moves at events 8, 16 and 24; a fourth would come at 32, but 3 is the highest group anyway
    assert sorted((move.before, move.after, move.sequence) for move in expected_moves(30, 1)) == [
        (0, 1, 8),
        (1, 2, 16),
        (2, 3, 24),
    ]
    assert len(list(events(30, 1))) == 30


def test_an_unknown_section_is_refused_with_the_names_of_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--only", "speed"])

    assert exit_.value.code == 2
    assert "engine, main, latency, restore, http, import, scale" in capsys.readouterr().err


def test_a_machine_without_redis_is_told_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STOPLIST_TEST_KAFKA", "127.0.0.1:9")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as ended:
        main(["--only", "http", "--quick"])
    assert ended.value.code == 2
    assert "this machine lacks redis-server; install it" in capsys.readouterr().err
