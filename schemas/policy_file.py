"""Reads a policy from YAML, and says of a bad one which line, which field, and what to write instead."""

from collections.abc import Sequence
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml
from pydantic import ValidationError

from schemas.policy import Policy

FILE_BYTES_MAX: Final = 1 << 20
_INTEGER_MAX: Final = 2**31


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
        text = path.read_text("utf-8")
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
        problems.append(Problem(line, ".".join(path), f"{node.value!r} is no value; correct it"))
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        problems.append(Problem(line, ".".join(path), f'amounts are exact: put it in quotes, "{node.value}"'))
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
    path = tuple(str(part) for part in item["loc"])
    field = ".".join(path)
    known = path
    while known and known not in lines:
        known = known[:-1]
    remedy = _remedy(item)
    return Problem(lines.get(known, 1), field, remedy)


def _remedy(item: Any) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "extra_forbidden":
        return "is no field of the policy; check its spelling or remove it"
    if kind == "missing":
        return "is missing; add it"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return f"{item['input']!r} does not have the form {context['pattern']}; correct it"
    return f"{item['msg'][:1].lower()}{item['msg'][1:]}, not {item['input']!r}; correct it"
