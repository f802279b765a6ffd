"""The files of the checkout, as git has them or is about to."""

import subprocess
from pathlib import Path

from tests.harness.beside import CHECKOUT

PACKAGES = ("schemas", "streams")


def tracked_files() -> list[Path]:
    """Every file that is committed or could be (not ignored), deleted ones left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    ).stdout
    paths = {CHECKOUT / name for name in listed.decode().split("\0") if name}
    return sorted(path for path in paths if path.is_file())


def modules(*folders: str) -> list[Path]:
    """The Python files of top-level folders; of the product and its tests when none is named."""
    wanted = folders or (*PACKAGES, "tests")
    return [path for path in tracked_files() if path.suffix == ".py" and path.relative_to(CHECKOUT).parts[0] in wanted]


def name_of(path: Path) -> str:
    """A file as messages name it."""
    return path.relative_to(CHECKOUT).as_posix()
