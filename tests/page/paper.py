"""What stands on the pages of a PDF that Chromium has printed: just enough of the format (ISO 32000) to read text."""

import re
import zlib
from typing import Final

_OBJECT: Final = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM: Final = re.compile(rb"stream\n(.*?)\nendstream", re.DOTALL)
_PAGE: Final = re.compile(rb"/Type /Page\b(?!s)")
_FONT: Final = re.compile(rb"/(F\d+) (\d+) 0 R")
_MAP: Final = re.compile(rb"begin(bfchar|bfrange)\n(.*?)\nend", re.DOTALL)
_SHOWN: Final = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|(BT)\b|(ET)\b")


def text_of_pages(pdf: bytes) -> list[str]:
    """The text of each page, in the order in which it was drawn; without the spaces between words."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    return [_text(body, objects) for _, body in sorted(objects.items()) if _PAGE.search(body)]


def _text(page: bytes, objects: dict[int, bytes]) -> str:
    fonts = {name: _letters(objects[int(number)], objects) for name, number in _FONT.findall(_resources(page, objects))}
    contents = re.search(rb"/Contents (\d+) 0 R", page)
    assert contents is not None
    said: list[str] = []
    letters: dict[int, str] = {}
    for font, shown, _, end in _SHOWN.findall(_content(objects[int(contents[1])])):
        if font:
            letters = fonts[font]
        elif shown:
            said += [letters.get(int(shown[at : at + 4], 16), "") for at in range(0, len(shown), 4)]
        elif end:
            said.append("\n")
    return "".join(said)


def _resources(page: bytes, objects: dict[int, bytes]) -> bytes:
    elsewhere = re.search(rb"/Resources (\d+) 0 R", page)
    return objects[int(elsewhere[1])] if elsewhere else page


def _letters(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """Which letter each glyph of the font is."""
    found = re.search(rb"/ToUnicode (\d+) 0 R", font)
    assert found is not None
    letters: dict[int, str] = {}
    for kind, lines in _MAP.findall(_content(objects[int(found[1])])):
        for line in lines.splitlines():
            codes = [int(code, 16) for code in re.findall(rb"<([0-9A-Fa-f]+)>", line)]
            first, last, letter = (codes[0], codes[0], codes[1]) if kind == b"bfchar" else codes[:3]
            letters |= {glyph: chr(letter + glyph - first) for glyph in range(first, last + 1)}
    return letters


def _content(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[1])
