"""A rejected record as it lies in `dead-letters`."""

from typing import Any, NamedTuple

import pytest

from schemas import dead_letters
from schemas.dead_letters import REASONS, rejected_output
from schemas.records import Rejected


class Record(NamedTuple):
    topic: str = "payments"
    partition: int = 3
    offset: int = 41
    timestamp: int = 0
    key: bytes | None = b"C-\xff"
    value: bytes | None = b'{"amount": \xff'
    headers: Any = (("their", b"own"),)


def test_bytes_are_unchanged_and_headers_say_why_and_from_where() -> None:
    letter = rejected_output(Record(), Rejected("invalid_field", "instalments.0.amount", "Write it like 12.50."))
    assert (letter.topic, letter.key, letter.value) == ("dead-letters", b"C-\xff", b'{"amount": \xff')
    assert letter.headers == [
        ("__streams.errors.exception", b"invalid_field"),
        (
            "__streams.errors.message",
            b"A field has a form or a value that the contract does not allow. Write it like 12.50.",
        ),
        ("__streams.errors.topic", b"payments"),
        ("__streams.errors.partition", b"3"),
        ("__streams.errors.offset", b"41"),
        ("stoplist-reason", b"invalid_field"),
        ("stoplist-field", b"instalments.0.amount"),
        ("stoplist-id", b"payments/3/41"),
    ]


def test_no_field_no_header() -> None:
    letter = rejected_output(Record(key=None, value=None), Rejected("empty_value", None, ""))
    assert (letter.key, letter.value) == (None, None)
    assert "stoplist-field" not in dict(letter.headers)
    assert dict(letter.headers)["__streams.errors.message"].endswith(b"not by a tombstone.")


def test_remedy_may_hold_any_text() -> None:
    letter = rejected_output(Record(), Rejected("invalid_field", "\ud800", "Поле \ud800."))
    assert dict(letter.headers)["stoplist-field"] == b"?"


def test_reason_must_be_listed() -> None:
    with pytest.raises(KeyError):
        rejected_output(Record(), Rejected("no_such_reason", None, ""))


def test_every_reason_is_a_constant_with_one_sentence() -> None:
    constants = {value for name, value in vars(dead_letters).items() if name.isupper() and isinstance(value, str)}
    reasons = {value for value in constants if value in REASONS}
    assert reasons == set(REASONS)
    for name, sentence in REASONS.items():
        assert getattr(dead_letters, name.upper()) == name
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0
