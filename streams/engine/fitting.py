"""What fits into a topic: a record that the broker refuses would stop the worker at every start."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from schemas.records import Output

LEFT_OUT_HEADER: Final = "stoplist-left-out"
"""`value` or `key,value`, of a dead letter that would be too large with them; the rejected record has them still."""
_DEAD_LETTER_BYTES_MAX: Final = 2_000_000
"""The topic takes 2 MiB. An input arrives with at most 1 MiB, but compressed it may hold a thousand times that."""


def bytes_of(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]) -> int:
    """About how many bytes a record takes, uncompressed."""
    return len(key or b"") + len(value or b"") + sum(len(name) + len(data or b"") + 10 for name, data in headers) + 100


def fitting(output: Output) -> Output:
    """The dead letter as it is, or without what makes it too large, and a header that says so."""
    if bytes_of(output.key, output.value, output.headers) <= _DEAD_LETTER_BYTES_MAX:
        return output
    if bytes_of(output.key, None, output.headers) <= _DEAD_LETTER_BYTES_MAX:
        return replace(output, value=None, headers=[*output.headers, (LEFT_OUT_HEADER, b"value")])
    return replace(output, key=None, value=None, headers=[*output.headers[-20:], (LEFT_OUT_HEADER, b"key,value")])
