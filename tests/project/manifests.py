"""deploy/kubernetes as kustomize puts it together: read, patched, renamed; what we use of kustomize and no more."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from tests.harness.beside import CHECKOUT

KUBERNETES = CHECKOUT / "deploy/kubernetes"
BASE = KUBERNETES / "base"
PRODUCTION = KUBERNETES / "overlays/production"
_UNDERSTOOD = {"apiVersion", "kind", "labels", "resources", "namespace", "images", "patches"}
Manifest = dict[str, Any]


def documents(path: Path) -> list[Manifest]:
    """The documents of a YAML file."""
    return [document for document in yaml.safe_load_all(path.read_text("utf-8")) if document]


def built(folder: Path) -> list[Manifest]:
    """What `kubectl kustomize FOLDER` writes, as far as names, images and patches go."""
    (kustomization,) = documents(folder / "kustomization.yaml")
    assert kustomization.keys() <= _UNDERSTOOD, "teach this module the new field"
    found: list[Manifest] = []
    for name in kustomization["resources"]:
        found += built(folder / name) if (folder / name).is_dir() else deepcopy(documents(folder / name))
    for patch in kustomization.get("patches", []):
        (change,) = documents(folder / patch["path"])  # the kustomize of older kubectl takes one a file
        (target,) = [one for one in found if _identity(one) == _identity(change)]
        _merge(target, change)
    for image in kustomization.get("images", []):
        for container in (container for one in found for container in containers(one)):
            if container["image"].rpartition(":")[0] == image["name"]:
                container["image"] = f"{image['newName']}:{image['newTag']}"
    return found


def containers(manifest: Manifest) -> Iterator[Manifest]:
    """Of a workload; nothing for what is none."""
    yield from pod(manifest).get("containers", [])


def pod(manifest: Manifest) -> Manifest:
    """The pod's specification of a workload."""
    spec: Manifest = manifest.get("spec", {}).get("template", {}).get("spec", {})
    return spec


def named(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """The one of this kind and name."""
    (found,) = [one for one in manifests if _identity(one)[1:] == (kind, name)]
    return found


def _identity(manifest: Manifest) -> tuple[str, str, str]:
    return manifest["apiVersion"], manifest["kind"], manifest["metadata"]["name"]


def _merge(target: Any, change: Any) -> None:
    """A strategic merge: maps field by field, lists of named things by name."""
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        elif isinstance(value, list) and value and isinstance(value[0], dict) and "name" in value[0]:
            for one in value:
                (same,) = [other for other in target[key] if other["name"] == one["name"]]
                _merge(same, one)
        else:
            target[key] = value
