"""XML read as a stream: each element of the wanted names is given as a small tree with lines and columns, then dropped.

Entities, DTDs and external references are refused (defusedxml); depth, size of a text and elements of one tree are
limited, so that memory stays bounded whatever the file holds.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.sax import make_parser  # type: ignore[import-untyped]

from streams.cli.failure import Failure

FILE_BYTES_MAX: Final = 1 << 30
DEPTH_MAX: Final = 64
ELEMENTS_MAX: Final = 100_000
TEXT_MAX: Final = 64 * 1024
_CHUNK_BYTES: Final = 1 << 16


class Element:
    """An element without its namespace."""

    __slots__ = ("attributes", "children", "column", "line", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str], line: int, column: int) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.column = column
        self.text = ""
        self.children: list[Element] = []

    def find(self, *names: str) -> "Element | None":
        """The first element on this path of names; None when there is none."""
        here = self
        for name in names:
            for child in here.children:
                if child.name == name:
                    here = child
                    break
            else:
                return None
        return here

    def all(self, *names: str) -> "list[Element]":
        """Every element on this path of names."""
        found = [self]
        for name in names:
            found = [child for element in found for child in element.children if child.name == name]
        return found

    def said(self, *names: str) -> str:
        """The text at the end of this path; empty when it is missing."""
        found = self.find(*names)
        return found.text.strip() if found is not None else ""


class _TooLarge(Exception):
    """A limit was passed; the text says which."""


class _Trees(ContentHandler):
    """Builds a tree for each wanted element and leaves everything else out."""

    def __init__(self, wanted: frozenset[str], where: Any) -> None:
        super().__init__()
        self._wanted = wanted
        self._stack: list[Element] = []
        self._depth = 0
        self._count = 0
        self.root = ""
        self.done: list[Element] = []
        self._where = where

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        local = name.rpartition(":")[2]
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise _TooLarge(f"elements lie more than {DEPTH_MAX} deep")
        self.root = self.root or local
        if not self._stack and local not in self._wanted:
            return
        self._count += 1
        if self._count > ELEMENTS_MAX:
            raise _TooLarge(f"one document has more than {ELEMENTS_MAX:,} elements")
        element = Element(local, attributes, self._where.getLineNumber(), self._where.getColumnNumber() + 1)
        if self._stack:
            self._stack[-1].children.append(element)
        self._stack.append(element)

    def end(self, name: str) -> None:
        """An element ends."""
        self._depth -= 1
        if self._stack:
            element = self._stack.pop()
            if not self._stack:
                self.done.append(element)
                self._count = 0

    def characters(self, content: str) -> None:
        if self._stack:
            element = self._stack[-1]
            element.text += content
            if len(element.text) > TEXT_MAX:
                raise _TooLarge(f"{element.name} has over {TEXT_MAX:,} characters")


def elements(path: Path, root: str, *wanted: str) -> Iterator[Element]:
    """Every element named in `wanted` that lies in no other; raises Failure with line and column for what is no XML."""
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise Failure(f"{path}: is over {FILE_BYTES_MAX >> 30} GiB; split it by days")
        parser = make_parser()
        parser.forbid_dtd = True
        parser.setFeature(feature_namespaces, False)
        trees = _Trees(frozenset(wanted), parser)
        parser.setContentHandler(trees)
        # as expat gives them: SAX would make an object of the attributes of each element, and few have any
        parser.start_element, parser.end_element = trees.start, trees.end
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                parser.feed(chunk)
                if trees.root and trees.root != root:
                    raise Failure(f"{path}:1: begins with {trees.root}, not with {root}; name another format")
                yield from trees.done
                trees.done.clear()
            parser.close()
            yield from trees.done
            if not trees.root:
                raise Failure(f"{path}: is empty; save it again")
    except SAXParseException as error:
        where = f"{path}:{error.getLineNumber()}:{(error.getColumnNumber() or 0) + 1}"
        raise Failure(f"{where}: is no XML from here on ({error.getMessage()}); save the file again") from None
    except DefusedXmlException:
        raise Failure(f"{path}: has a document type or entities, which are not read; save it without") from None
    except (LookupError, ValueError) as error:
        said = f"names an encoding that is not known ({error}); save it as UTF-8 or windows-1251"
        raise Failure(f"{path}:1: {said}") from None
    except _TooLarge as error:
        raise Failure(f"{path}: {error}; this is no file of the format") from None
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror}); name a file") from None
