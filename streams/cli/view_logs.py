"""The log of `stoplist project` and `stoplist serve`: one line an event with its fields, on stderr, as the worker's."""

import logging
import sys

import structlog


def log_to_stderr() -> None:
    """Call it before the first line; what libraries say of lost connections is said by ours already."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
