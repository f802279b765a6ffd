"""What the product imports is what it asks for, so that an installation without the tests' tools works."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.harness.beside import CHECKOUT
from tests.project.tree import PACKAGES, modules, name_of

_PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
_WITHOUT_IMPORT = {
    "tzdata": "read by zoneinfo where the system has no time zones",
    "noida-db": "a program, started by the demo",
    "httptools": "uvicorn's parser",
    "redis": "the clients of the read model",
}
_COMES_WITH = {"pydantic-core": "pydantic", "starlette": "fastapi", "yarl": "faust-streaming"}
"""Part of another's interface, in the version that fits it: asked for through that."""


def _names(requirements: list[str]) -> set[str]:
    return {re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower() for requirement in requirements}


def _imported(*folders: str) -> dict[str, str]:
    """Distribution of every third-party import in these folders, and one file that has it."""
    distributions = packages_distributions()
    found = {}
    for path in modules(*folders):
        for node in ast.walk(ast.parse(path.read_bytes())):
            match node:
                case ast.Import(names=names):
                    tops = [name.name.split(".")[0] for name in names]
                case ast.ImportFrom(module=str(module), level=0):
                    tops = [module.split(".")[0]]
                case _:
                    continue
            for top in tops:
                if top not in sys.stdlib_module_names and top not in (*PACKAGES, "tests"):
                    (name, *_) = _names(distributions.get(top, [top]))
                    found[name] = name_of(path)
    return found


def _asked(*extras: str) -> set[str]:
    return _names(_PROJECT["dependencies"]).union(*(_names(_PROJECT["optional-dependencies"][name]) for name in extras))


def test_every_import_of_the_product_is_asked_for() -> None:
    missing = {name: where for name, where in _imported(*PACKAGES).items() if _asking(name) not in _asked("embedded")}
    assert missing == {}


def test_every_import_of_the_tests_is_asked_for() -> None:
    missing = {name: where for name, where in _imported("tests").items() if _asking(name) not in _asked("dev")}
    assert missing == {}


def test_nothing_is_asked_for_that_is_not_used() -> None:
    assert _asked("embedded") - _imported(*PACKAGES).keys() - _WITHOUT_IMPORT.keys() == set()


def _asking(name: str) -> str:
    return _COMES_WITH.get(name, name)
