"""Builds the documents' site as `make site` does."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.harness.beside import CHECKOUT

_COMMAND = re.compile(r"^\t\$\(BIN\)/python (-m sphinx .*)$", re.MULTILINE)
_INTO = "build/site"
_READ = "build/site-read"


def build(folder: Path, source: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    """Build what lies in `source` into `folder`, by the Makefile's own command and so as strictly as that."""
    found = _COMMAND.search((CHECKOUT / "Makefile").read_text("utf-8"))
    assert found, "make site builds by python -m sphinx"
    elsewhere = {_INTO: str(folder), _READ: str(folder.with_name(f"{folder.name}-read"))}
    arguments = [elsewhere.get(word, word) for word in shlex.split(found[1])]
    assert set(elsewhere.values()) <= set(arguments), "it builds into build/site"
    return subprocess.run([sys.executable, *arguments], cwd=source, capture_output=True, text=True, check=False)
