"""Mutants: copies of a rule's function, each with one small break, to be put in the place of the function itself.

mutmut makes them; its own runner calls every function through another one, which made the property tests take minutes
for each mutant. Here the code of the function is exchanged in a forked process, and nothing is slower than usual.
"""

import ast
import difflib
import hashlib
import importlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import NamedTuple

from mutmut.mutation.file_mutation import mutate_file_contents

RULES = Path("streams/domain")
KEPT = Path(".mutation")
"""What was made and found; git ignores it."""
_METHOD = "ǁ"


class Mutant(NamedTuple):
    """One broken copy of a function; `name` is what people type: `money:convert:2`, `importance.order:Order.add:1`."""

    path: Path
    function: str
    number: int
    mangled: str

    @property
    def module(self) -> str:
        return ".".join(self.path.relative_to(RULES).with_suffix("").parts)

    @property
    def name(self) -> str:
        return f"{self.module}:{self.function}:{self.number}"


def all_mutants() -> list[Mutant]:
    """Every mutant of the rules, in an order that is always the same."""
    return [mutant for path in sorted(RULES.rglob("*.py")) for mutant in _of(path)]


def _of(path: Path) -> Iterator[Mutant]:
    for mangled in _mutated(path)[0]:
        function, _, number = mangled.partition("__mutmut_")
        _, *inside = function.split(_METHOD)
        yield Mutant(path, ".".join(inside) or function.removeprefix("x_"), int(number), mangled)


@cache
def _mutated(path: Path) -> tuple[list[str], dict[str, ast.FunctionDef]]:
    """Names of the mutants of a file, and their definitions with those of the originals."""
    source = path.read_text("utf-8")
    kept = KEPT / f"{hashlib.sha256(source.encode()).hexdigest()}.json"
    if not kept.exists():
        made = mutate_file_contents(str(path), source)
        KEPT.mkdir(exist_ok=True)
        kept.write_text(json.dumps([list(made.mutant_names), made.code]), "utf-8")
    names, code = json.loads(kept.read_text("utf-8"))
    return names, {node.name: node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)}


def lines(mutant: Mutant) -> range:
    """Where the body of the function stands in its file: who runs one of these lines calls it."""
    found = _definition(mutant)
    return range(found.body[0].lineno, (found.end_lineno or found.lineno) + 1)


def _definition(mutant: Mutant) -> ast.FunctionDef:
    scope: ast.AST = ast.parse(mutant.path.read_text("utf-8"))
    for name in mutant.function.split("."):
        scope = next(
            node for node in ast.iter_child_nodes(scope)
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
        )  # fmt: skip
    assert isinstance(scope, ast.FunctionDef)
    return scope


def put(mutant: Mutant) -> None:
    """Break the rule in this process."""
    module = importlib.import_module(".".join(mutant.path.with_suffix("").parts))
    target: object = module
    for name in mutant.function.split("."):
        target = getattr(target, name)
    assert isinstance(target, FunctionType), f"{mutant.name} is no function of Python"
    broken = _compiled(mutant, module)
    target.__code__, target.__defaults__, target.__kwdefaults__ = (
        broken.__code__,
        broken.__defaults__,
        broken.__kwdefaults__,
    )


def _compiled(mutant: Mutant, module: ModuleType) -> FunctionType:
    tree = ast.Module([_mutated(mutant.path)[1][mutant.mangled]], type_ignores=[])
    exec(compile(tree, str(mutant.path), "exec"), vars(module))
    function = vars(module).pop(mutant.mangled)
    assert isinstance(function, FunctionType)
    return function


def difference(mutant: Mutant) -> str:
    """The lines that differ from the rule."""
    _, defined = _mutated(mutant.path)
    original = defined[f"{mutant.mangled.partition('__mutmut_')[0]}__mutmut_orig"]
    before, after = (ast.unparse(node).splitlines()[1:] for node in (original, defined[mutant.mangled]))
    changed = difflib.unified_diff(before, after, n=0, lineterm="")
    return "\n".join(line for line in changed if not line.startswith(("---", "+++", "@@")))
