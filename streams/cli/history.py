"""A history: one record a line, in the order they were appended; `stoplist import` writes one, `replay` reads it.

`{"topic": "payments", "timestamp": 1772442000000, "value": {...}, "key": "C-17"}`: `timestamp` is the append time, in
milliseconds or RFC 3339. `value` is the event; a string stands for a record that is not a JSON object, byte for byte,
null for an empty one. `key` may be left out: it is the event's `client_id` then (none for a broadcast).
"""

import codecs
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, Final, NamedTuple

import msgspec

from schemas.catalogue import BROADCASTS, INPUTS
from streams.cli.failure import Failure

_STANDARD: Final = "-"
LINE_BYTES_MAX: Final = 1 << 20
TIMESTAMP_MAX: Final = 253_402_300_799_999  # the end of the year 9999


class Line(NamedTuple):
    """One record of a history, as Kafka would have given it."""

    number: int
    topic: str
    timestamp_ms: int
    key: bytes | None
    value: bytes | None


class _Raw(msgspec.Struct, forbid_unknown_fields=True):
    topic: str
    timestamp: int | str
    value: msgspec.Raw
    key: str | msgspec.UnsetType | None = msgspec.UNSET


class _Identity(msgspec.Struct):
    type: Any = None
    client_id: Any = None


_WRONG_TYPE: Final = re.compile(r"Expected `[^`]+`, got `[^`]+`(?: - at `\$\.?(?P<field>[a-z]*)`)?")
_CUT_SHORT: Final = "Input data was truncated"
_FORMS: Final = {
    "topic": "must be a text in quotes",
    "timestamp": "must be milliseconds, or RFC 3339 in quotes",
    "key": "must be a text in quotes",
}
_RAW: Final = msgspec.json.Decoder(_Raw)
_IDENTITY: Final = msgspec.json.Decoder(_Identity)


def read_history(stream: IO[bytes], name: str) -> Iterator[Line]:
    """The records of a history; raises Failure naming `name`, the line and the remedy. Empty lines are skipped."""
    number = 0
    while text := stream.readline(LINE_BYTES_MAX + 1):
        number += 1
        if number == 1:
            text = text.removeprefix(codecs.BOM_UTF8)  # some editors begin a file so
        if len(text) > LINE_BYTES_MAX:
            raise Failure(f"{name}:{number}: the line is over 1 MiB; a record has at most 64 KiB")
        if not text.strip():
            continue
        yield _line(text, name, number)


def _line(text: bytes, name: str, number: int) -> Line:
    try:
        raw = _RAW.decode(text)
        timestamp_ms = parse_instant(raw.timestamp)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Failure(
            f'{name}:{number}: {_said(error)}; write {{"topic": …, "timestamp": …, "value": {{…}}}} on one line'
        ) from None
    except ValueError as error:
        raise Failure(f"{name}:{number}: timestamp {error}") from None
    if raw.topic not in INPUTS:
        raise Failure(f"{name}:{number}: topic {raw.topic!r} is no input; write one of {', '.join(INPUTS)}")
    value = _value(bytes(raw.value))
    key = _key(value) if raw.key is msgspec.UNSET else raw.key
    return Line(number, raw.topic, timestamp_ms, None if key is None else key.encode(), value)


def _said(error: Exception) -> str:
    if not isinstance(error, msgspec.DecodeError):
        return "is not JSON in UTF-8"
    if not isinstance(error, msgspec.ValidationError):
        text = str(error).removeprefix("JSON is malformed: ")
        return f"is not JSON ({'it ends too early' if text == _CUT_SHORT else text})"
    wrong = _WRONG_TYPE.fullmatch(str(error))
    if wrong is None:
        text = str(error).split(" - at")[0].replace("Object ", "")
        return text[:1].lower() + text[1:]
    field = wrong["field"]
    return f"{field or 'the line'} {_FORMS.get(field, 'must be one JSON object')}"


def _value(raw: bytes) -> bytes | None:
    if raw == b"null":
        return None
    if raw[:1] == b'"':
        return msgspec.json.decode(raw, type=str).encode()
    return raw


def _key(value: bytes | None) -> str | None:
    try:
        identity = _IDENTITY.decode(value or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    known = isinstance(identity.client_id, str) and identity.type not in BROADCASTS
    return identity.client_id if known else None


def parse_instant(value: int | str) -> int:
    """Milliseconds of an instant given as such or in RFC 3339; raises ValueError saying what to write."""
    if isinstance(value, str):
        if value.isascii() and value.isdigit() and len(value) < 16:
            value = int(value)
        else:
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                raise ValueError(
                    f"is {value!r}; write milliseconds or RFC 3339 like 2026-03-01T12:00:00+03:00"
                ) from None
            if moment.tzinfo is None:
                raise ValueError(f"is {value!r} without an offset; add one, like +03:00 or Z")
            value = round(moment.timestamp() * 1000)
    if not 0 <= value <= TIMESTAMP_MAX:
        raise ValueError(f"is {value}; write an instant between 1970 and 9999 in milliseconds or RFC 3339")
    return value


@contextmanager
def reading(history: str) -> Iterator[IO[bytes]]:
    """Opens a history file; `-` is standard input."""
    try:
        if history == _STANDARD:
            yield sys.stdin.buffer
        else:
            with open(history, "rb") as lines:
                yield lines
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(f"{history}: cannot be read ({error.strerror}); name a history file") from None
