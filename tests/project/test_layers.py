"""The layers of the architecture hold, and the contracts that say so do notice a wrong import."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.beside import CHECKOUT
from tests.project.tree import PACKAGES


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_layers_hold() -> None:
    run = _lint(CHECKOUT)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(
    ("module", "wrong", "contract"),
    [
        ("streams/domain/state.py", "import faust", "Rules are pure"),
        ("streams/domain/state.py", "import time", "Rules are pure"),
        ("streams/domain/state.py", "import streams.engine.fold", "Layers"),
        ("streams/engine/fold.py", "import streams.domain.state", "Layers"),
        ("streams/engine/fold.py", "import schemas.events", "The engine knows records"),
        ("streams/agents/worker.py", "import streams.cli.main", "Layers"),
        ("streams/views/names.py", "import streams.domain.state", "Views read what is published"),
        ("streams/views/names.py", "import streams.agents.folds", "Layers"),
        ("schemas/records.py", "import aiokafka", "The contract stands alone"),
        ("schemas/records.py", "import streams.engine.fold", "Layers"),
    ],
)
def test_a_wrong_import_is_noticed(
    module: str, wrong: str, contract: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(CHECKOUT / "pyproject.toml", copy)
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    with (copy / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{wrong}\n")
    run = _lint(copy)
    assert run.returncode == 1
    broken = [line for line in run.stdout.splitlines() if " BROKEN" in line]
    assert len(broken) == 1, run.stdout
    assert broken[0].startswith(contract)
