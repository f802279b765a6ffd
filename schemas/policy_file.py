"""Reads a policy from YAML, and says of a bad one which line, which field, and what to write instead."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml
from pydantic import ValidationError

from schemas.fields import MONEY
from schemas.policy import REMEDIES, Policy
from schemas.wording import field_of, in_words

FILE_BYTES_MAX: Final = 1 << 20
_INTEGER_MAX: Final = 2**31
_SHOWN_MAX: Final = 60
_SAYS_ALL: Final = ("extra_forbidden", "missing", "value_error")
_DATE_TAG: Final = "tag:yaml.org,2002:timestamp"


class Problem(NamedTuple):
    """One thing that is wrong in a policy file."""

    line: int
    field: str
    remedy: str


class PolicyFileError(ValueError):
    """A policy file that cannot be used; its text is one sentence for the person who wrote it."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        self.name = name
        self.problems = list(problems)
        first = self.problems[0]
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        where = f"{first.field}: " if first.field else ""
        super().__init__(f"{name}:{first.line}: {where}{first.remedy}{more}")


def default_policy_text() -> str:
    """The YAML of the policy that ships, with its comments."""
    return files("schemas").joinpath("policy.default.yaml").read_text("utf-8")


def default_policy() -> Policy:
    """The policy that ships."""
    return parse_policy(default_policy_text(), "policy.default.yaml")


def read_policy(path: Path) -> Policy:
    """The policy of a YAML file; raises PolicyFileError, or OSError when it cannot be read."""
    if path.stat().st_size > FILE_BYTES_MAX:
        raise PolicyFileError(path.name, [Problem(1, "", "the file is over 1 MiB; a policy is a page of settings")])
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise PolicyFileError(path.name, [Problem(1, "", "the file is not UTF-8; save it as UTF-8")]) from None
    return parse_policy(text, path.name)


def parse_policy(text: str, name: str) -> Policy:
    """The policy written in `text`; `name` is what errors call the file."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "cannot be read"
        line = mark.line + 1 if mark else 1
        raise PolicyFileError(
            name, [Problem(line, "", f"is not YAML ({what}); check indentation and quotes")]
        ) from None
    except RecursionError:
        raise PolicyFileError(name, [Problem(1, "", "is nested too deeply; a policy has four levels")]) from None
    if not isinstance(node, yaml.MappingNode):
        raise PolicyFileError(name, [Problem(1, "", "is no list of settings; begin with a line like version: 1")])
    lines: dict[tuple[str, ...], int] = {}
    problems: list[Problem] = []
    document = _plain(node, (), lines, problems, set())
    if problems:
        raise PolicyFileError(name, problems)
    try:
        return Policy.from_document(document)
    except ValidationError as error:
        raise PolicyFileError(name, [_problem(item, lines) for item in error.errors()]) from None
    except ValueError as error:  # a lone surrogate, or too many keys for one record
        raise PolicyFileError(name, [Problem(1, "", str(error))]) from None


def _plain(
    node: yaml.Node,
    path: tuple[str, ...],
    lines: dict[tuple[str, ...], int],
    problems: list[Problem],
    seen: set[int],
) -> Any:
    """JSON values of a YAML node; notes each field's line, and what YAML would let pass silently."""
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if id(node) in seen:  # an alias: also how a few lines become gigabytes
        problems.append(Problem(line, ".".join(path), "uses a YAML alias (*name); write the value out"))
        return None
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, str(index)), lines, problems, seen) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            lines[(*path, key)] = key_node.start_mark.line + 1
            if key in result:
                problems.append(Problem(lines[(*path, key)], ".".join((*path, key)), "is set twice; remove one"))
            result[key] = _plain(value_node, (*path, key), lines, problems, seen)
        return result
    return _scalar(node, path, line, problems)


def _scalar(node: yaml.Node, path: tuple[str, ...], line: int, problems: list[Problem]) -> Any:
    try:
        value = yaml.constructor.SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError):
        what = "date of the calendar; write one" if node.tag == _DATE_TAG else "value; write a number, a text or a date"
        problems.append(Problem(line, ".".join(path), f"{node.value!r} is no {what}"))
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        exact = re.fullmatch(MONEY, node.value)
        remedy = (
            f'put it in quotes, "{node.value}"' if exact else 'write it in quotes with at most two places, like "12.50"'
        )
        problems.append(Problem(line, ".".join(path), f"amounts are exact; {remedy}"))
        return None
    if isinstance(value, int) and ":" in node.value:  # YAML 1.1 reads 12:00 as 720 minutes
        return node.value
    if isinstance(value, int) and abs(value) > _INTEGER_MAX:
        problems.append(Problem(line, ".".join(path), "is too large a number; correct it"))
        return None
    if value is None or isinstance(value, str | int):
        return value
    problems.append(Problem(line, ".".join(path), f"{node.value!r} is no setting; write a number, a text or a date"))
    return None


def _problem(item: Any, lines: dict[tuple[str, ...], int]) -> Problem:
    """A validation error at the line of its field, or of the nearest field around it."""
    path, said = field_of(item, in_words(item, REMEDIES))
    if item["type"] == "extra_forbidden":
        said = _like_another(path, said)
    known = path
    while known and known not in lines:
        known = known[:-1]
    if item["type"] not in _SAYS_ALL:
        said = f"{said}, not {_short(item['input'])}"
    return Problem(lines.get(known, 1), ".".join(path), said)


def _like_another(path: tuple[str, ...], said: str) -> str:
    """An unknown field with the known one beside it that it may be a slip of."""
    known: Any = Policy.from_document({"version": 1}).to_document()
    for part in path[:-1]:
        if isinstance(known, list):
            known = known[0] if known else {}
        else:
            known = known.get(part, {}) if isinstance(known, dict) else {}
    meant = get_close_matches(path[-1], known, n=1) if isinstance(known, dict) else []
    return f"is no field of the policy; did you mean {meant[0]}?" if meant else said


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}…"
