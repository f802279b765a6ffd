"""A file that is read more than once, though it may come through a pipe."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

STANDARD: Final = "-"
"""Stands for standard input, or output, where a file could be named."""


@contextmanager
def spooled(file: str) -> Iterator[Path]:
    """The file; standard input is laid into a temporary one."""
    if file != STANDARD:
        yield Path(file)
        return
    with tempfile.NamedTemporaryFile(prefix="stoplist-import-") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        yield Path(copy.name)
