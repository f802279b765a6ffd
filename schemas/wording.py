"""What is wrong with a value, said to the person who wrote it: how to write it, not which type a program missed."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from schemas.fields import REMEDIES

_DATE: Final = "must be a date like 2026-03-01"
_WHOLE: Final = "must be a whole number, without quotes"
_NUMBER: Final = "must be a number, without quotes"
_SENTENCES: Final[dict[str, str]] = {
    "string_type": "must be a text in quotes",
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "float_type": _NUMBER,
    "float_parsing": "must be a number",
    "finite_number": _NUMBER,
    "bool_type": "must be true or false, without quotes",
    "bool_parsing": "must be true or false",
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object with fields",
    "model_type": "must be an object with fields",
    "model_attributes_type": "must be an object with fields",
    "extra_forbidden": "is no field of the policy; check its spelling or remove it",
}
_BOUNDED: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "greater_than_equal": lambda bound: f"must be at least {bound['ge']}",
    "less_than_equal": lambda bound: f"must be at most {bound['le']}",
    "string_too_short": lambda bound: "must not be empty",
    "string_too_long": lambda bound: f"must have at most {bound['max_length']} characters",
    "too_short": lambda bound: f"must have at least {_entries(bound['min_length'])}",
    "too_long": lambda bound: f"must have at most {_entries(bound['max_length'])}",
    "literal_error": lambda bound: f"must be {_alternatives(bound['expected'])}",
    "value_error": lambda bound: str(bound["error"]),
}


def in_words(item: Mapping[str, Any], remedies: Mapping[str, str] = REMEDIES) -> str:
    """A pydantic error (an item of `ValidationError.errors()`) as a sentence without subject and full stop.

    `remedies` says for a pattern how a text of that form looks. Nothing of the value is repeated.
    """
    kind, context = item["type"], item.get("ctx", {})
    if kind == "string_pattern_mismatch" and context["pattern"] in remedies:
        return remedies[context["pattern"]]
    if kind in _BOUNDED:
        return _BOUNDED[kind](context)
    if item["msg"] == "Field required":  # rules about several fields name the missing one instead
        return "is missing; add it"
    said = _SENTENCES.get(kind, str(item["msg"]))
    return said[:1].lower() + said[1:]


def field_of(item: Mapping[str, Any], said: str) -> tuple[tuple[str, ...], str]:
    """The path of the field to correct, and the sentence about it.

    A rule about several fields begins its sentence with the one to correct: `b_from: is above a_above`; one about a
    list with the number of the entry: `1: names one entry twice`.
    """
    path = tuple(str(part) for part in item["loc"])
    name, colon, rest = said.partition(": ")
    if colon and all(part.isidentifier() or part.isdecimal() for part in name.split(".")):
        return (*path, *name.split(".")), rest
    return path, said


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _alternatives(expected: str) -> str:
    return f"one of {expected}" if " or " in expected else expected
