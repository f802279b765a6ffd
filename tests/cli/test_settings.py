"""Settings of a worker: every one documented, checked, and handed to the engine."""

from dataclasses import fields
from pathlib import Path

import pytest

from streams.cli.failure import Failure
from streams.cli.security import ConnectionSettings
from streams.cli.settings import WorkerSettings, unknown_variables, worker_settings
from streams.cli.settings_page import settings_page
from streams.engine.settings import EngineSettings

FIXED = {
    # names of the contract, the same in every installation
    "input_topics",
    "output_topics",
    "compacted_output_topics",
    "keyed_topics",
    "journal_topic",
    "snapshot_topic",
    "client_id",
    # named otherwise outside
    "bootstrap_servers",
    "security",
}

OF_THE_COMMAND = {*ConnectionSettings.model_fields, "policy", "fold", "scope_bytes_max"}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("STOPLIST_"):
            monkeypatch.delenv(name)


def test_every_setting_of_the_engine_can_be_set() -> None:
    of_engine = {field.name for field in fields(EngineSettings)}
    assert of_engine - FIXED == set(WorkerSettings.model_fields) - OF_THE_COMMAND


def test_every_setting_is_documented() -> None:
    page = Path(__file__).parents[2] / "docs/settings.md"
    assert page.read_text("utf-8") == settings_page(), "python -m streams.cli.settings_page > docs/settings.md"
    assert all(field.description for field in WorkerSettings.model_fields.values())


def test_the_defaults_are_those_of_the_engine() -> None:
    assert worker_settings().engine() == EngineSettings()


def test_variables_reach_the_engine_and_a_flag_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOPLIST_BOOTSTRAP", "one:9092, two:9093")
    monkeypatch.setenv("STOPLIST_CHUNK_RECORDS_MAX", "7")
    monkeypatch.setenv("STOPLIST_SIMULATED_TIME", "true")
    monkeypatch.setenv("STOPLIST_INSTANCE_ID", "worker-1")
    engine = worker_settings(accept_loss=True).engine()
    assert engine.bootstrap_servers == ("one:9092", "two:9093")
    assert (engine.chunk_records_max, engine.simulated_time, engine.instance_id) == (7, True, "worker-1")
    assert engine.accept_loss
    assert worker_settings(bootstrap="three:1").engine().bootstrap_servers == ("three:1",)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CHUNK_RECORDS_MAX", "many", "it must be a whole number"),
        ("CHUNK_RECORDS_MAX", "0", "it must be at least 1"),
        ("SNAPSHOT_INTERVAL_MS", "-5", "it must be at least 1"),
        ("SIMULATED_RATE", "fast", "it must be a number"),
        ("METRICS_PORT", "70000", "it must be at most 65535"),
        ("LOG_LEVEL", "loud", "it must be one of 'debug', 'info', 'warning' or 'error'"),
        ("UVLOOP", "perhaps", "it must be true or false"),
        ("APPLICATION_ID", "a b", "it must be 1 to 100 Latin letters, digits, dots, hyphens or underscores"),
    ],
)
def test_a_value_that_cannot_work_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"STOPLIST_{name}", value)
    with pytest.raises(Failure, match=f"^STOPLIST_{name} is '{value}': {said}; see docs/settings.md$"):
        worker_settings()


def test_heartbeats_must_fit_three_times_into_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOPLIST_SESSION_TIMEOUT_MS", "6000")
    monkeypatch.setenv("STOPLIST_HEARTBEAT_INTERVAL_MS", "2001")
    with pytest.raises(Failure, match="at most a third"):
        worker_settings()


def test_a_misspelt_variable_is_named_with_its_likely_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOPLIST_CHUNK_RECORD_MAX", "7")
    monkeypatch.setenv("STOPLIST_TEST_KAFKA", "127.0.0.1:9092")
    assert unknown_variables() == ["STOPLIST_CHUNK_RECORD_MAX is no setting; did you mean STOPLIST_CHUNK_RECORDS_MAX?"]
