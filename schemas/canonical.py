"""RFC 8785, the canonical form of JSON: one value, one sequence of bytes, so that it can be signed and digested."""

import json
import math
from typing import Any, Final

_EXACT_MAX: Final = 2**53 - 1


def canonical_json(value: Any) -> bytes:
    """The bytes of `value` (what `json.loads` gives) by RFC 8785.

    Raises ValueError for what the RFC excludes: NaN, infinities, integers beyond 2^53 - 1, lone surrogates, keys that
    are not strings, other types.
    """
    parts: list[str] = []
    try:
        _write(value, parts)
        return "".join(parts).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("a string with a lone surrogate has no canonical JSON") from None
    except RecursionError:
        raise ValueError("nested too deeply for canonical JSON") from None


def _write(value: Any, parts: list[str]) -> None:
    if value is None or isinstance(value, bool):
        parts.append("null" if value is None else "true" if value else "false")
    elif isinstance(value, str):
        parts.append(json.dumps(value, ensure_ascii=False))
    elif isinstance(value, int):
        if abs(value) > _EXACT_MAX:
            raise ValueError("an integer beyond 2^53 - 1 has no canonical JSON; write it as a string")
        parts.append(str(value))
    elif isinstance(value, float):
        parts.append(_number(value))
    elif isinstance(value, dict):
        _write_object(value, parts)
    elif isinstance(value, list | tuple):
        separator = "["
        for item in value:
            parts.append(separator)
            _write(item, parts)
            separator = ","
        parts.append("]" if value else "[]")
    else:
        raise ValueError(f"{type(value).__name__} is no JSON value")


def _write_object(value: dict[Any, Any], parts: list[str]) -> None:
    """Members in the order of their names' UTF-16 code units."""
    if not all(isinstance(name, str) for name in value):
        raise ValueError("a name of a JSON object must be a string")
    separator = "{"
    for name in sorted(value, key=lambda text: text.encode("utf-16-be")):
        parts.append(separator)
        parts.append(json.dumps(name, ensure_ascii=False))
        parts.append(":")
        _write(value[name], parts)
        separator = ","
    parts.append("}" if value else "{}")


def _number(value: float) -> str:
    """A double as ECMAScript writes it: shortest digits, exponents from 1e21 and below 1e-6."""
    if not math.isfinite(value):
        raise ValueError("NaN and infinities have no JSON form")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent_text = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent_text or 0)  # position of the decimal point, from the left of whole + fraction
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return f"{sign}{digits}{'0' * (point - count)}"
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    exponent = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"{sign}{digits[0]}{'.' + digits[1:] if count > 1 else ''}{exponent}"
