"""What import-linter cannot see of the rules' purity: clocks, floats and the order of sets."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project.tree import modules, name_of

_CLOCKS = {"now", "utcnow", "today"}


def _domain() -> list[Path]:
    return [path for path in modules("streams") if name_of(path).startswith("streams/domain/")]


def impurities(source: str) -> Iterator[str]:
    """Each place that reads a clock, makes a float, or takes the elements of a set in whatever order they come."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in _CLOCKS:
                yield f"line {node.lineno}: {name}() is a clock; the instant is a parameter"
            case ast.Constant(value=float()):
                yield f"line {node.lineno}: a float; money and time are whole numbers"
            case ast.Call(func=ast.Name(id="float")):
                yield f"line {node.lineno}: float(); money and time are whole numbers"
            case ast.BinOp(op=ast.Div()):
                yield f"line {node.lineno}: / makes a float; // or divmod keeps whole numbers"
            case ast.For(iter=iterated) | ast.comprehension(iter=iterated) if _is_set(iterated):
                yield f"line {iterated.lineno}: a set has no order; sort it"
            case ast.Call(func=ast.Name(id="list" | "tuple" | "iter" | "enumerate"), args=[argument, *_]) if _is_set(
                argument
            ):
                yield f"line {node.lineno}: a set has no order; sort it"
            case _:
                pass


def _is_set(node: ast.expr) -> bool:
    match node:
        case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor(), right=right):
            return _is_set(left) or _is_set(right)
        case _:
            return False


def test_the_rules_are_pure() -> None:
    found = {name_of(path): list(impurities(path.read_text("utf-8"))) for path in _domain()}
    assert len(found) > 10, "where are the rules?"
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "x = 0.5",
        "float(amount)",
        "amount / 2",
        "for x in {1, 2}: pass",
        "[x for x in set(names)]",
        "list(set(a) - b)",
    ],
)
def test_an_impurity_is_noticed(source: str) -> None:
    assert list(impurities(source))


def test_sorted_sets_and_whole_numbers_are_pure() -> None:
    assert list(impurities("for x in sorted({1, 2}):\n    y = x // 2\n    z = 1 in {1}")) == []
