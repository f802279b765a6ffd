"""Nothing of a certain machine is in the tree; every module says what it is for and stays short."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

from tests.harness.beside import CHECKOUT
from tests.project.tree import PACKAGES, modules, name_of, tracked_files

# One character of each is in brackets, so that this file does not contain what it looks for.
_MACHINE_PATHS = re.compile(
    r"/wor[k]/|/tmp/s[l]\b|(?<![\w./-])/roo[t]/|(?<![\w./-])/hom[e]/\w|/Use[r]s/\w|/opt/whee[l]s"
)
_PACKAGE_HOSTS = re.compile(
    r"pypi\.or[g]|pythonhoste[d]|repo1?\.mave[n]|maven\.or[g]|deb\.debia[n]|crates\.i[o]|registry\.npmj[s]|"
    r"--(extra-)?index-ur[l]=|--find-link[s] |--trusted-hos[t]="
)
_LINES_OF_CODE_MAX = 250
_TOP_LEVEL = {
    ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "deploy", "docker-compose.yml", "docs",
    "pyproject.toml", "requirements-dev.txt", "requirements.txt", "schemas", "streams", "tests",
}  # fmt: skip


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert [name_of(path) for path in tracked_files() if _MACHINE_PATHS.search(_text(path))] == []


def test_no_file_names_a_host_that_packages_come_from() -> None:
    assert [name_of(path) for path in tracked_files() if _PACKAGE_HOSTS.search(_text(path))] == []


@pytest.mark.parametrize("text", ["see /wor" + "k/main", "cd /hom" + "e/anna", "'/roo" + "t/x'", "/tmp/s" + "l/x"])
def test_paths_of_a_machine_are_recognised(text: str) -> None:
    assert _MACHINE_PATHS.search(text)


@pytest.mark.parametrize("text", ["files.pythonhoste" + "d.org", "--index-ur" + "l=x", "https://pypi.or" + "g/simple"])
def test_hosts_of_packages_are_recognised(text: str) -> None:
    assert _PACKAGE_HOSTS.search(text)


def test_the_top_level_holds_what_a_newcomer_expects() -> None:
    there = {path.relative_to(CHECKOUT).parts[0] for path in tracked_files()}
    assert there - _TOP_LEVEL == set(), "a further top-level file or folder needs a reason"


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name_of(path)
        for path in modules()
        if path.read_bytes() and not ast.get_docstring(ast.parse(path.read_bytes()))  # an empty one marks a folder
    ]
    assert silent == []


def test_every_module_is_short_enough_to_be_read_at_once() -> None:
    lines = {name_of(path): _lines_of_code(_text(path)) for path in modules(*PACKAGES)}
    too_long = {name: count for name, count in lines.items() if count > _LINES_OF_CODE_MAX}
    assert too_long == {}, "split them by what they are about"


def _lines_of_code(source: str) -> int:
    """Lines that hold code: no blank ones, comments or docstrings."""
    lines: set[int] = set()
    prose = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    nothing = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in nothing:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return len(lines - prose)


def test_lines_of_code_leave_prose_out() -> None:
    assert (
        _lines_of_code(
            '"""Says\nmore."""\n\n# why\nx = 1\n\ndef f():\n    """Does."""\n    return (\n        x\n    )\n'
        )
        == 5
    )
