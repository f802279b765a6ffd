"""The layout of a state as text: structs are arrays in a snapshot, so names, order and types are the format."""

from typing import Any

from msgspec import inspect


def layout(kind: Any) -> list[str]:
    """A line for each struct that `kind` reaches: its fields in order, with their types."""
    lines: dict[str, str] = {}
    _visit(inspect.type_info(kind), lines)
    return [lines[name] for name in sorted(lines)]


def _visit(found: Any, lines: dict[str, str]) -> str:
    match found:
        case inspect.StructType():
            name: str = found.cls.__name__
            if name not in lines:
                lines[name] = name
                fields = [f"{field.encode_name} {_visit(field.type, lines)}" for field in found.fields]
                lines[name] = f"{name}: {', '.join(fields)}"
            return name
        case inspect.Metadata(extra={"kept": kept}):
            return _visit(inspect.type_info(kept), lines)
        case inspect.UnionType():
            return " | ".join(_visit(one, lines) for one in found.types)
        case inspect.ListType() | inspect.VarTupleType():
            return f"[{_visit(found.item_type, lines)}]"
        case inspect.TupleType():
            return f"({', '.join(_visit(one, lines) for one in found.item_types)})"
        case inspect.DictType():
            return f"{{{_visit(found.key_type, lines)}: {_visit(found.value_type, lines)}}}"
        case _:
            return type(found).__name__.removesuffix("Type").lower()
