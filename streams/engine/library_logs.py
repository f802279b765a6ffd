"""What Faust, mode and aiokafka log, in the worker's own format: one line each, no traceback, repeats left out."""

import logging
import time
from typing import Final

import structlog

log = structlog.get_logger(__name__)

_REPEAT_S: Final = 10.0
_KEPT_MAX: Final = 1000
_WAITING: Final = {
    "Group Coordinator Request failed: %s": "the group's coordinator",
    "Unable connect to node with id %s: %s": "a broker",
    'Unable connect to "%s:%s": %s': "a broker",
    "Failed fetch messages from %s: %s": "a broker",
    "Topic %s is not available during auto-create initialization": "a topic",
}
"""Messages, before their arguments are filled in, of what the libraries try again by themselves."""


class LibraryHandler(logging.Handler):
    """Hands the libraries' records to structlog; a message with the same text comes once in a while."""

    def __init__(self, tracebacks: bool) -> None:
        """`tracebacks`: for whoever looks into a library."""
        super().__init__()
        self._tracebacks = tracebacks
        self._said: dict[object, float] = {}
        self.last_error: BaseException | None = None
        """Of the last record that carried an exception: why a start failed."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, or nothing when the same was said just now."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self.last_error = error
        now = time.monotonic()
        waiting = _WAITING.get(str(record.msg))
        key = waiting or (record.name, record.msg)
        if now - self._said.get(key, -_REPEAT_S) < _REPEAT_S:
            return
        if len(self._said) >= _KEPT_MAX:
            self._said.clear()
        self._said[key] = now
        message = " ".join(record.getMessage().split())
        if waiting is not None:
            log.info("waiting", waiting_for=waiting, reason=message)
            return
        more = {"exc_info": error} if error is not None and self._tracebacks else {}
        log.log(record.levelno, "library", library=record.name.partition(".")[0], message=message, **more)


def route(level: int) -> LibraryHandler:
    """Make the root logger write through structlog from WARNING on, or what the user asked for above that."""
    handler = LibraryHandler(tracebacks=level <= logging.DEBUG)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))
    return handler
