"""What the cyclic collector costs while a file is read."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_OBJECTS_BETWEEN: Final = 200_000
"""Of two collections."""


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """The documents of a batch are many objects without cycles: the cyclic collector finds nothing in them, at a
    quarter of the import's time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
