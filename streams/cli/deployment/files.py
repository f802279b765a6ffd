"""The generated files and what is in them."""

import json
from collections.abc import Iterable
from typing import Any

import yaml

from streams.cli.deployment import alerts, strimzi
from streams.cli.deployment.dashboard import dashboard


def files() -> dict[str, str]:
    """By their names below `deploy/`."""
    return {
        "kubernetes/base/topics.yaml": _yaml("schemas/catalogue.py", strimzi.topics()),
        "kubernetes/base/users.yaml": _yaml("schemas/access.py", strimzi.users()),
        "kubernetes/base/alerts.yaml": _yaml("streams/cli/deployment/alerts.py", [alerts.prometheus_rule()]),
        "prometheus/alerts.yaml": _yaml("streams/cli/deployment/alerts.py", [alerts.rules()]),
        "grafana/dashboards/stoplist.json": json.dumps(dashboard(), ensure_ascii=False, indent=1) + "\n",
    }


def _yaml(source: str, documents: Iterable[Any]) -> str:
    said = f"# made by make deployment, from {source}: change that\n"
    return said + yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=120)
