"""What a worker's log says when libraries complain: one line each, in the worker's own format; no broker."""

import json
import logging
import subprocess
import sys

from structlog.testing import capture_logs

from streams.engine.library_logs import LibraryHandler
from tests.engine.world import ROOT
from tests.harness.ports import free_port


def _record(message: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, None) if error is not None else None
    return logging.LogRecord("aiokafka.conn", logging.ERROR, "", 0, message, arguments, exc_info)


def test_what_is_tried_again_is_waited_for_and_said_once() -> None:
    handler = LibraryHandler(tracebacks=False)
    with capture_logs() as lines:
        handler.emit(_record("Group Coordinator Request failed: %s", "[Error 15]"))
        handler.emit(_record("Group Coordinator Request failed: %s", "[Error 16]"))
    assert [(line["log_level"], line["event"], line["waiting_for"]) for line in lines] == [
        ("info", "waiting", "the group's coordinator")
    ]


def test_an_error_is_one_line_and_its_exception_is_remembered() -> None:
    handler = LibraryHandler(tracebacks=False)
    error = ValueError("no")
    with capture_logs() as lines:
        handler.emit(_record("broken\n  in two", error=error))
    assert [(line["log_level"], line["library"], line["message"]) for line in lines] == [
        ("error", "aiokafka", "broken in two")
    ]
    assert handler.last_error is error


def test_a_worker_without_a_broker_says_so_in_one_sentence() -> None:
    address = f"127.0.0.1:{free_port()}"
    given = {"bootstrap_servers": [address], "fold": {"prefix": "none-"}}
    command = [sys.executable, "-m", "tests.engine.worker_main", json.dumps(given)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stdout.strip() == b"", "no escape sequences where there is no terminal"
    said = ended.stderr.decode()
    assert f"no broker answers at {address}" in said
    assert "Traceback" not in said
