"""Grafana's dashboard: a panel for every metric of the catalogue, what a person looks at first on top."""

from collections.abc import Iterator
from typing import Any, Final

from schemas.metrics import PROJECTOR_METRICS, SERVER_METRICS, WORKER_METRICS, Metric

_WIDTH: Final = 24
_ALL: Final = (*WORKER_METRICS, *SERVER_METRICS, *PROJECTOR_METRICS)
_SOURCE: Final = {"type": "prometheus", "uid": "prometheus"}
_UNITS: Final = {"seconds": "s", "ratio": "percentunit", "records": "short", "": "short"}
_FIRST: Final = (
    ("Clients blocked", 'sum(stoplist_clients{condition="blocked"})', "short", None),
    ("Clients held", 'sum(stoplist_clients{condition="held"})', "short", 1),
    ("Decisions behind", "max(stoplist_lag_seconds)", "s", 30),
    ("Records waiting", "sum(stoplist_lag_records)", "short", None),
    ("Records a second", "sum(rate(stoplist_records_total[$__rate_interval]))", "short", None),
    ("Dead letters, last hour", "sum(increase(stoplist_dead_letters_total[1h]))", "short", 1),
)
"""Title, question, unit, and from where on it is red."""
_NO_PANEL: Final = ("stoplist_worker_info",)
"""Always 1; its labels are shown as a table."""


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana imports it."""
    return {
        "uid": "stoplist",
        "title": "Stoplist",
        "tags": ["stoplist"],
        "schemaVersion": 41,
        "editable": False,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [_variable()]},
        "panels": list(_panels()),
    }


def _variable() -> dict[str, Any]:
    return {
        "name": "job",
        "label": "Program",
        "type": "query",
        "datasource": _SOURCE,
        "query": {"query": 'label_values(up{job=~"stoplist-.+"}, job)', "refId": "job"},
        "refresh": 2,
        "includeAll": True,
        "multi": True,
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def _panels() -> Iterator[dict[str, Any]]:
    """Six figures in a row, the table of workers, then two graphs a row."""
    number, y = 0, 0
    width = _WIDTH // len(_FIRST)
    for place, (title, question, unit, red) in enumerate(_FIRST):
        number += 1
        yield _figure(number, title, question, unit, red, {"x": place * width, "y": y, "w": width, "h": 4})
    y += 4
    number += 1
    yield _workers(number, {"x": 0, "y": y, "w": _WIDTH, "h": 6})
    y += 6
    for place, metric in enumerate(metric for metric in _ALL if metric.name not in _NO_PANEL):
        number += 1
        row, column = divmod(place, 2)
        yield _graph(number, metric, {"x": column * 12, "y": y + row * 8, "w": 12, "h": 8})


def _figure(
    number: int, title: str, question: str, unit: str, red: int | None, place: dict[str, int]
) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "text" if red is None else "green", "value": None}]
    if red is not None:
        steps.append({"color": "red", "value": red})
    return {
        "id": number,
        "type": "stat",
        "title": title,
        "datasource": _SOURCE,
        "gridPos": place,
        "targets": [_target(question.replace("{", '{job=~"$job",') if "{" in question else _of_job(question))],
        "fieldConfig": {
            "defaults": {"unit": unit, "thresholds": {"mode": "absolute", "steps": steps}},
            "overrides": [],
        },
        "options": {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value", "graphMode": "area"},
    }


def _workers(number: int, place: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "type": "table",
        "title": "Workers",
        "datasource": _SOURCE,
        "gridPos": place,
        "targets": [_target('stoplist_worker_info{job=~"$job"}') | {"format": "table", "instant": True}],
        "fieldConfig": {"defaults": {}, "overrides": []},
        "options": {"showHeader": True},
        "transformations": [
            {"id": "organize", "options": {"excludeByName": {"Time": True, "Value": True, "__name__": True}}}
        ],
    }


def _graph(number: int, metric: Metric, place: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "type": "timeseries",
        "title": _title(metric),
        "description": metric.help,
        "datasource": _SOURCE,
        "gridPos": place,
        "targets": [
            _target(question, legend, chr(ord("A") + number)) for number, (question, legend) in enumerate(_asks(metric))
        ],
        "fieldConfig": {
            "defaults": {"unit": _unit(metric), "min": 0, "custom": {"fillOpacity": 10, "showPoints": "never"}},
            "overrides": [],
        },
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
    }


def _asks(metric: Metric) -> Iterator[tuple[str, str]]:
    """Questions and their legends: rates of counters, two quantiles of histograms, gauges as they are."""
    of_job = '{job=~"$job"}'
    labels = [label for label in metric.labels if label != "partition"] or ["instance"]
    legend = " ".join(f"{{{{{label}}}}}" for label in labels)
    by = ", ".join(labels)
    if metric.kind == "counter":
        yield f"sum by ({by}) (rate({metric.name}{of_job}[$__rate_interval]))", legend
    elif metric.kind == "histogram":
        for quantile in ("0.5", "0.99"):
            rate = f"rate({metric.name}_bucket{of_job}[$__rate_interval])"
            yield f"histogram_quantile({quantile}, sum by (le) ({rate}))", f"{float(quantile):.0%}"
    else:
        worst = {"seconds": "max", "ratio": "min"}.get(metric.unit, "sum")
        yield f"{worst} by ({by}) ({metric.name}{of_job})", legend


def _of_job(question: str) -> str:
    """The question about the chosen programs only."""
    for metric in _ALL:
        if metric.name in question:
            return question.replace(metric.name, f'{metric.name}{{job=~"$job"}}')
    raise AssertionError(f"{question} asks for no metric")


def _title(metric: Metric) -> str:
    words = metric.name.removeprefix("stoplist_").removesuffix("_total").replace("_", " ")
    return words.capitalize() + (" a second" if metric.kind == "counter" else "")


def _unit(metric: Metric) -> str:
    return _UNITS[metric.unit]


def _target(question: str, legend: str = "", number: str = "A") -> dict[str, Any]:
    return {"refId": number, "datasource": _SOURCE, "expr": question, "legendFormat": legend}
