"""Finds in a changed JSON Schema what would break somebody who holds on to the one before.

Senders of inputs keep writing by the old schema, so the new one must take all that the old one took. Readers of
outputs keep reading by the old schema, so it must take all that the new one allows. Either way the values of one schema
(*inner*) must be contained in those of the other (*outer*). The comparison is structural and errs to the strict side.
"""

from collections.abc import Iterator
from typing import Any, Final

from schemas.outputs import EXTENSIBLE

Schema = dict[str, Any]

_UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems")


def breaks(old: Schema, new: Schema, *, read_by_others: bool) -> list[str]:
    """One sentence for each break; empty when the change is safe. `read_by_others`: an output, else an input."""
    inner, outer = (new, old) if read_by_others else (old, new)
    found = list(dict.fromkeys(_Comparison(inner, outer).contained(inner, outer, "")))
    removed = sorted(_names(old, old) - _names(new, new))
    return found + [f"{name} was removed" for name in removed]


class _Comparison:
    """Two schemas under comparison, each with its own definitions."""

    def __init__(self, inner_root: Schema, outer_root: Schema) -> None:
        self._inner_root = inner_root
        self._outer_root = outer_root

    def contained(self, inner: Schema, outer: Schema, path: str) -> Iterator[str]:
        """What keeps a value of `inner` from being one of `outer`."""
        inner, outer = _resolved(inner, self._inner_root), _resolved(outer, self._outer_root)
        candidates = [_resolved(variant, self._outer_root) for variant in _variants(outer)]
        for variant in (_resolved(variant, self._inner_root) for variant in _variants(inner)):
            same = [candidate for candidate in candidates if _variant_name(candidate) == _variant_name(variant)]
            if outer.get(EXTENSIBLE) and not same:
                continue
            yield from min((list(self._one(variant, candidate, path)) for candidate in same or candidates), key=len)

    def _one(self, inner: Schema, outer: Schema, path: str) -> Iterator[str]:
        where = path or "the value"
        if "type" in outer and inner.get("type") != outer["type"]:
            yield f"{where} changed its type"
            return
        allowed, given = _values(outer), _values(inner)
        if allowed is not None and (given is None or not given <= allowed):
            yield f"{where} changed the values it may have"
        for name in ("pattern", "format"):
            if name in outer and inner.get(name) != outer[name]:
                yield f"{where} changed its {name}"
        yield from _bounds(inner, outer, where)
        if "items" in outer and isinstance(inner.get("items"), dict):
            yield from self.contained(inner["items"], outer["items"], f"{path}[]")
        yield from self._members(inner, outer, path)

    def _members(self, inner: Schema, outer: Schema, path: str) -> Iterator[str]:
        for name in outer.get("required", []):
            if name not in inner.get("required", []):
                yield f"{_joined(path, name)} is required by one version and optional or unknown in the other"
        for name, schema in outer.get("properties", {}).items():
            if name in inner.get("properties", {}):
                yield from self.contained(inner["properties"][name], schema, _joined(path, name))


def _bounds(inner: Schema, outer: Schema, where: str) -> Iterator[str]:
    for name in _UPPER:
        if name in outer and (name not in inner or inner[name] > outer[name]):
            yield f"{where} changed its {name}"
    for name in _LOWER:
        if name in outer and (name not in inner or inner[name] < outer[name]):
            yield f"{where} changed its {name}"


def _resolved(schema: Schema, root: Schema) -> Schema:
    """The schema behind a reference, with what stands beside the reference."""
    while "$ref" in schema:
        target = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        schema = {**target, **{name: value for name, value in schema.items() if name != "$ref"}}
    return schema


def _variants(schema: Schema) -> list[Schema]:
    variants: list[Schema] = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return variants


def _variant_name(schema: Schema) -> str:
    return str(schema.get("title") or schema.get("type"))


def _values(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {repr(schema["const"])}
    return {repr(value) for value in schema["enum"]} if "enum" in schema else None


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _names(schema: Schema, root: Schema, path: str = "") -> set[str]:
    """The dotted names of all fields, at any depth."""
    schema = _resolved(schema, root)
    names: set[str] = set()
    variants = _variants(schema)
    if variants != [schema]:
        return names.union(*(_names(variant, root, path) for variant in variants))
    for name, child in schema.get("properties", {}).items():
        names |= {_joined(path, name)} | _names(child, root, _joined(path, name))
    if isinstance(schema.get("items"), dict):
        names |= _names(schema["items"], root, f"{path}[]")
    return names
