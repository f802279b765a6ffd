"""Writes events as a history file, which `stoplist replay` folds."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final

import msgspec

from streams.cli.failure import Failure
from streams.cli.receivables import Entry
from streams.cli.terminal import Progress

_STANDARD: Final = "-"


def write_history(entries: list[Entry], history: str) -> None:
    """Writes the events as a history file; `-` is standard output."""
    encode = msgspec.json.Encoder().encode
    try:
        with Progress("events written", len(entries)) as progress, writing(history) as out:
            for entry in entries:
                line = {"topic": entry.topic, "timestamp": entry.timestamp_ms, "key": entry.key, "value": entry.value}
                out.write(encode(line) + b"\n")
                progress.advance()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(f"{history}: cannot be written ({error.strerror}); name another file") from None


@contextmanager
def writing(history: str) -> Iterator[IO[bytes]]:
    """The history file to write to; `-` is standard output."""
    if history == _STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with open(history, "wb") as out:
            yield out
