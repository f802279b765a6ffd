"""Reads JSON the same way on every machine: UTF-8 only, no NaN, a bounded depth, numbers of any length harmless."""

import json
import re
from typing import Any, Final, NoReturn

DEPTH_MAX: Final = 200
"""A record nested deeper is no record: parsers stop at a depth that depends on who calls them, this does not."""

_BRACKETS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_DIGITS_MAX: Final = 400
_BEYOND: Final = 10**_DIGITS_MAX


def too_deep(value: bytes) -> bool:
    """Whether arrays and objects in `value` are nested deeper than DEPTH_MAX."""
    if value.count(b"[") + value.count(b"{") <= DEPTH_MAX:
        return False
    depth = 0
    for match in _BRACKETS.finditer(value):
        first = value[match.start()]
        if first in b"[{":
            depth += 1
            if depth > DEPTH_MAX:
                return True
        elif first in b"]}":
            depth -= 1
    return False


def read_json(value: bytes, *, unique_names: bool = False) -> Any:
    """The JSON value in `value`; raises ValueError when there is none.

    Of two members with one name the last counts; `unique_names` refuses them instead.
    """
    if too_deep(value):
        raise ValueError(f"it is nested deeper than {DEPTH_MAX} levels")
    hook = _unique if unique_names else None
    text = value.decode("utf-8")
    return json.loads(text, parse_constant=_refuse, parse_int=_integer, object_pairs_hook=hook)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _integer(digits: str) -> int:
    """Python refuses to read very long integers; no field allows one, so which it is does not matter."""
    if len(digits) <= _DIGITS_MAX:
        return int(digits)
    return -_BEYOND if digits[0] == "-" else _BEYOND


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(members)
    if len(result) != len(members):
        raise ValueError("an object has two members with one name")
    return result
