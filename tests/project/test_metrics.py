"""The catalogue of metrics keeps Prometheus' rules, and the page and its questions speak of what is in it."""

import re

import pytest

from schemas.metrics import PROJECTOR_METRICS, SERVER_METRICS, WORKER_METRICS, Metric
from streams.cli.deployment.alerts import ALERTS
from streams.cli.metrics_page import metrics_page
from tests.harness.beside import CHECKOUT
from tests.project.documents import documents

_ALL = (*WORKER_METRICS, *SERVER_METRICS, *PROJECTOR_METRICS)
_BY_NAME = {metric.name: metric for metric in _ALL}
_OTHERS = {"stoplist_session"}  # a cookie
_IN_QUESTIONS = re.compile(r"\bstoplist_[a-z_]+")


def test_the_page_is_made_from_the_catalogue() -> None:
    page = (CHECKOUT / "docs/metrics.md").read_text("utf-8")
    assert page == metrics_page(), "python -m streams.cli.metrics_page > docs/metrics.md"


def test_the_page_asks_only_for_metrics_there_are() -> None:
    asked = {name.removesuffix("_bucket") for name in _IN_QUESTIONS.findall(metrics_page())}
    assert asked == set(_BY_NAME)


def test_every_page_and_alert_speaks_of_metrics_and_alerts_there_are() -> None:
    alerts = {alert.name for alert in ALERTS}
    for page in documents():
        text = page.read_text("utf-8")
        asked = {re.sub(r"_(bucket|sum|count)$", "", name) for name in _IN_QUESTIONS.findall(text)}
        assert asked - set(_BY_NAME) - _OTHERS == set(), page.name
        assert set(re.findall(r"`(Stoplist[A-Z]\w+)`", text)) - alerts == set(), page.name


def test_no_metric_is_declared_twice() -> None:
    assert len(_BY_NAME) == len(_ALL)


@pytest.mark.parametrize("metric", _ALL, ids=lambda metric: metric.name)
def test_a_metric_is_named_as_prometheus_wants_it(metric: Metric) -> None:
    assert re.fullmatch(r"stoplist_[a-z]+(_[a-z]+)*", metric.name)
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert not metric.unit or metric.unit in metric.name.removesuffix("_total").split("_") or metric.kind == "counter"
    assert ("_seconds" in metric.name) == (metric.unit == "seconds")
    assert bool(metric.buckets) == (metric.kind == "histogram")
    assert metric.buckets == tuple(sorted(set(metric.buckets)))
    assert metric.help.endswith(".")
    assert "|" not in metric.help
