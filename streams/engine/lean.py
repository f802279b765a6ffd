"""Loads the framework without what it brings along for programs of another kind: a restart waits for what is loaded.

Faust names aiohttp's client in an annotation, and loading that loads a web framework and the system's certificates: a
tenth of a second for a worker that opens no HTTP connection. Where rich is installed structlog loads it to draw
tracebacks, which our lines do not. Both libraries are there for whoever asks for them afterwards.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

_HTTP: Final = ("aiohttp", "aiohttp.client")
_DRAWING: Final = "rich"


class NoSession:
    """Stands for aiohttp's client session in Faust's settings."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise RuntimeError("a worker opens no HTTP connection")


@contextmanager
def leaving_out() -> Iterator[None]:
    """Modules imported meanwhile for the first time find a stand-in for aiohttp's client, and no rich.

    Whatever of the two is loaded already is left as it is.
    """
    stand_ins: dict[str, ModuleType | None] = {}
    if "aiohttp" not in sys.modules:
        stand_ins = {name: ModuleType(name) for name in _HTTP}
        stand_ins["aiohttp.client"].ClientSession = NoSession  # type: ignore[union-attr]
    if _DRAWING not in sys.modules:
        stand_ins[_DRAWING] = None  # the import system takes None for a module that is not there
    sys.modules.update(stand_ins)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in stand_ins:
            del sys.modules[name]


def forgo_extensions() -> None:
    """Keep Faust from looking through everything that is installed for extensions of its own: a worker uses none."""
    from faust.fixups import FIXUPS
    from faust.serializers import codecs
    from faust.stores import STORES
    from faust.transport.drivers import TRANSPORTS

    for extensible in (FIXUPS, STORES, TRANSPORTS):
        extensible.namespaces.clear()
    codecs._extensions_finalized["faust.codecs"] = True
