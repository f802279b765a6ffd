"""What the README and the other documents tell people to type works; what they point at is there."""

import io
import json
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from streams.cli.main import run
from tests.harness.beside import CHECKOUT
from tests.project.documents import Typed, blocks, documents, links, typed
from tests.project.tree import name_of

_README = CHECKOUT / "README.md"
_OFFLINE = ("replay", "policy", "obligations", "explain", "what-if")
"""Commands that answer without a broker: what documents show of them is compared with what they say."""
_LEFT_OUT = "…"


def _all_typed() -> list[Typed]:
    return [command for document in documents() for command in typed(document)]


@cache
def _stoplist(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "streams.cli", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )


class Said(NamedTuple):
    """What a command answers."""

    code: int
    out: str
    err: str


@cache
def _help(*names: str) -> Said:
    """The help of a command, in this process: there are many to ask."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run([*names, "--help"])
    return Said(code, out.getvalue(), err.getvalue())


def test_the_readme_begins_with_the_two_commands() -> None:
    assert _README.is_file(), "README.md is missing"
    told = [command.command for command in typed(_README)]
    assert "make demo" in told
    assert "make test" in told


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {word for command in _all_typed() for word in command.words() if command.words()[0] == "make"}
    assert {word for word in named - {"make"} if "=" not in word} - targets == set()


def test_every_stoplist_command_and_option_named_exists() -> None:
    wrong = [problem for command in _all_typed() for problem in _problems(command)]
    assert wrong == []


def test_a_command_or_option_that_does_not_exist_is_noticed() -> None:
    assert _problems(Typed("x.md", "stoplist repaly history.jsonl"))
    assert _problems(Typed("x.md", "stoplist topics destroy"))
    assert _problems(Typed("x.md", "stoplist replay history.jsonl --statuses"))
    assert _problems(Typed("x.md", "stoplist replay HISTORY.jsonl --status")) == []


def _problems(typed_command: Typed) -> list[str]:
    """What of a `stoplist …` line the command itself does not know."""
    words = typed_command.words()
    if words[0] != "stoplist" or words[1:2] in ([], ["COMMAND"], ["…"]):
        return []
    names = [word for word in words[1:3] if re.fullmatch(r"[a-z][a-z-]*", word)]
    if len(names) == 2 and "Commands:" not in _help(names[0]).out:
        names = names[:1]
    help_of = _help(*names)
    where = f"{typed_command.document}: {typed_command.command}"
    if help_of.code or not names:
        return [f"{where}: no such command: {help_of.err.strip()}"]
    known = set(re.findall(r"--[a-z][a-z-]*", help_of.out))
    options = [word.split("=")[0] for word in words if word.startswith("--") and len(word) > 2]
    return [f"{where}: no option {option}" for option in options if option not in known]


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_every_file_linked_to_is_there(document: Path) -> None:
    missing = [link for link in links(document) if not (document.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_json_that_is_shown_is_json(document: Path) -> None:
    for block in blocks(document, "json"):
        json.loads(block)
    for block in blocks(document, "jsonl"):
        for line in block.splitlines():
            json.loads(line)


def test_what_documents_show_of_a_command_is_what_it_says() -> None:
    shown = [command for command in _all_typed() if command.words()[:1] == ["stoplist"] and command.output]
    differing = [
        problem
        for command in shown
        if command.words()[1] in _OFFLINE and "|" not in command.command
        for problem in _unlike(command.output, _stoplist(*command.words()[1:]))
    ]
    assert differing == []


def _unlike(output: tuple[str, ...], run: subprocess.CompletedProcess[str]) -> list[str]:
    """Shown lines that the run did not print in this order; `…` in a line stands for anything."""
    said = [line.strip() for line in (run.stdout + run.stderr).splitlines()]
    missing = []
    for line in output:
        pattern = ".*".join(re.escape(part) for part in line.split(_LEFT_OUT))
        at = next((number for number, text in enumerate(said) if re.fullmatch(pattern, text)), None)
        if at is None and line not in ("", _LEFT_OUT):
            missing.append(line)
        elif at is not None and line != _LEFT_OUT:
            said = said[at + 1 :]
    return missing


def test_output_that_differs_is_noticed() -> None:
    run = subprocess.CompletedProcess([], 0, "one\ntwo 2\nthree\n", "")
    assert _unlike(("one", "…", "two …"), run) == []
    assert _unlike(("two 3",), run) == ["two 3"]
    assert _unlike(("three", "one"), run) == ["one"]
