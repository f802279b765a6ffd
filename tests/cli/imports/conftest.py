"""A clerk's folder for each test."""

from pathlib import Path

import pytest

from tests.cli.imports.harness import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty folder to import from."""
    return Desk(tmp_path)
