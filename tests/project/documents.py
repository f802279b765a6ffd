"""What the documents tell a reader to type, and where they send them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.harness.beside import CHECKOUT
from tests.project.tree import name_of, tracked_files

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL
)
_INLINE = re.compile(r"(?<!`)`((?:make|stoplist) [^`\n]+)`(?!`)")
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)(?:#[^)\s]*)?\)")
_SHELLS = ("sh", "bash", "shell", "console", "")


class Typed(NamedTuple):
    """A command somewhere in a document, and the output shown below it (console blocks only)."""

    document: str
    command: str
    output: tuple[str, ...] = ()

    def words(self) -> list[str]:
        """The command's words, without variables before it, comments, pipes and redirections."""
        words = shlex.split(self.command, comments=True)
        while words and re.match(r"^[A-Z_]+=", words[0]):
            words = words[1:]
        stops = [number for number, word in enumerate(words) if word in ("|", ">", "&&", ";", "&")]
        return words[: stops[0]] if stops else words


def documents() -> list[Path]:
    """README and everything under docs/ that people read."""
    return [
        path
        for path in tracked_files()
        if path.suffix == ".md" and (path.parent == CHECKOUT or path.relative_to(CHECKOUT).parts[0] == "docs")
    ]


def links(document: Path) -> list[str]:
    """Targets of its links and images to files."""
    return _LINK.findall(_FENCE.sub("", document.read_text("utf-8")))


def blocks(document: Path, *languages: str) -> list[str]:
    """Its fenced blocks of these languages."""
    return [found["text"] for found in _FENCE.finditer(document.read_text("utf-8")) if found["language"] in languages]


def typed(document: Path) -> Iterator[Typed]:
    """Every `make …` and `stoplist …` in it: inline, and in blocks for a shell."""
    name, text = name_of(document), document.read_text("utf-8")
    for command in _INLINE.findall(_FENCE.sub("", text)):
        yield Typed(name, command)
    yield from typed_in_blocks(document)


def typed_in_blocks(document: Path) -> Iterator[Typed]:
    """Of these, the whole lines that a reader copies: those in blocks for a shell."""
    for block in blocks(document, *_SHELLS):
        yield from _of_block(name_of(document), block)


def _of_block(name: str, block: str) -> Iterator[Typed]:
    lines = block.replace("\\\n", " ").splitlines()
    prompted = any(line.lstrip().startswith("$ ") for line in lines)
    command, output = "", list[str]()
    for line in [*lines, "$ "]:
        begins = line.lstrip().startswith("$ ") if prompted else True
        if not begins:
            output.append(line.strip())
            continue
        if re.search(r"(^|\s)(make|stoplist)(\s|$)", command) and Typed(name, command).words()[0] in (
            "make",
            "stoplist",
        ):
            yield Typed(name, command, tuple(output))
        command, output = line.strip().removeprefix("$").strip(), []
