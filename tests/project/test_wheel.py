"""The wheel that users install holds everything the commands read, and nothing else."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.harness.beside import CHECKOUT
from tests.project.tree import PACKAGES, name_of, tracked_files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built from a copy of the tracked files, so that nothing lying around gets in."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for path in tracked_files():
        copy = source / path.relative_to(CHECKOUT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    run = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", built, source],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (path,) = built.iterdir()
    return zipfile.ZipFile(path)


def test_the_wheel_holds_every_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    ours = {name_of(path) for path in tracked_files() if path.relative_to(CHECKOUT).parts[0] in PACKAGES}
    assert ours - set(wheel.namelist()) == set()
    assert "schemas/policy.default.yaml" in ours


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_wheel_brings_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    information = {Path(name).name: name for name in wheel.namelist() if ".dist-info/" in name}
    assert "stoplist = streams.cli.start:main" in wheel.read(information["entry_points.txt"]).decode()
    assert "Apache License" in wheel.read(information["LICENSE"]).decode()
