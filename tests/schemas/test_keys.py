"""A key is a client id: 1 to 64 printable characters in UTF-8."""

import sys

import pytest

from schemas.forms import is_printable
from schemas.keys import read_key
from schemas.records import Rejected


@pytest.mark.parametrize("text", ["C-1", "x" * 64, "Клиент № 7", "Щ" * 64, "a b"])
def test_client_id(text: str) -> None:
    assert read_key(text.encode()) == text


@pytest.mark.parametrize("key", [b"", b"x" * 65, "Щ".encode() * 65, b"\xff", b"C\x00", b"C-1\n", b"\xed\xa0\x80"])
def test_what_is_no_client_id(key: bytes) -> None:
    answer = read_key(key)
    assert isinstance(answer, Rejected)
    assert (answer.reason, answer.field) == ("key_invalid", "key")


def test_no_key() -> None:
    answer = read_key(None)
    assert isinstance(answer, Rejected)
    assert answer.reason == "key_missing"


def test_printable_is_the_same_in_every_version_of_python() -> None:
    characters = [chr(code) for code in range(sys.maxunicode + 1)]
    hidden = {character for character in characters if not is_printable(character)}
    assert all(is_printable(character) for character in characters if character.isprintable())
    assert {"\x00", "\n", "\x7f", "\x85", "\xa0", "\xad", "\u200b", "\u202e", "\u3000", "\ufeff", "\ud800"} <= hidden
    assert is_printable("\u0378")  # means nothing yet: whether it will be printable, no version may decide
