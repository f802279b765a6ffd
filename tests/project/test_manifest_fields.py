"""deploy/kubernetes against a schema: a field that no cluster knows is dropped there in silence, or refused."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.project.manifests import BASE, KUBERNETES, PRODUCTION, Manifest, built, documents, named

_SCHEMA = yaml.safe_load(Path(__file__).with_name("manifests.schema.yaml").read_text("utf-8"))
_INGRESS = KUBERNETES / "components/ingress/ingress.yaml"
MANIFESTS = [*built(BASE), *built(PRODUCTION), *documents(_INGRESS)]


def problems(manifest: Manifest) -> list[str]:
    """What is wrong with the fields of a manifest, each with its place."""
    kind = manifest.get("kind")
    if kind not in _SCHEMA["$defs"]:
        return [f"kind {kind} is not known"]
    validator = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": _SCHEMA["$defs"]})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(manifest)]


def test_every_manifest_has_the_fields_of_its_kind() -> None:
    found = {one["metadata"]["name"]: problems(one) for one in MANIFESTS}
    assert {name: said for name, said in found.items() if said} == {}


def test_no_kind_is_described_that_is_not_used() -> None:
    assert {kind for kind in _SCHEMA["$defs"] if kind[0].isupper()} == {one["kind"] for one in MANIFESTS}


@pytest.mark.parametrize(
    ("kind", "name", "path", "value", "problem"),
    [
        ("StatefulSet", "stoplist-worker", ("spec", "replica"), 2, "'replica' was unexpected"),
        ("StatefulSet", "stoplist-worker", ("apiVersion",), "apps/v1beta2", "'apps/v1' was expected"),
        ("StatefulSet", "stoplist-worker", ("spec", "podManagementPolicy"), "parallel", "is not one of"),
        ("Service", "stoplist-server", ("spec", "ports", 0, "port"), "8650", "is not of type 'integer'"),
        ("ConfigMap", "stoplist-worker", ("data", "STOPLIST_METRICS_PORT"), 9464, "is not of type 'string'"),
        ("KafkaTopic", "payments", ("spec", "partition"), 12, "'partition' was unexpected"),
        ("KafkaTopic", "payments", ("spec", "config", "retention.ms"), 1, "is not of type 'string'"),
        (
            "KafkaUser",
            "stoplist-accounting",
            ("spec", "authorization", "acls", 0, "operations"),
            ["write"],
            "not one of",
        ),
        ("KafkaUser", "stoplist-accounting", ("spec", "authorization", "acls", 0, "operation"), "Write", "unexpected"),
        ("ScaledObject", "stoplist-worker", ("spec", "maxReplicas"), 12, "'maxReplicas' was unexpected"),
    ],
)
def test_what_is_wrong_is_noticed(kind: str, name: str, path: tuple[Any, ...], value: Any, problem: str) -> None:
    wrong = deepcopy(named(built(BASE), kind, name))
    place: Any = wrong
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert any(problem in said for said in problems(wrong)), problems(wrong)
