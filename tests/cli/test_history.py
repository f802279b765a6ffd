"""The lines of a history: what is taken, and what is said of a line that is none."""

import io

import pytest

from streams.cli.failure import Failure
from streams.cli.history import Line, parse_instant, read_history


def read(text: str) -> list[Line]:
    return list(read_history(io.BytesIO(text.encode()), "h"))


def test_a_line_gives_a_record_with_the_bytes_of_its_value() -> None:
    (line,) = read('{"topic": "payments", "timestamp": 5, "value": {"type":"payment.received", "client_id": "C 1"}}')
    assert line == Line(1, "payments", 5, b"C 1", b'{"type":"payment.received", "client_id": "C 1"}')


def test_a_timestamp_may_be_rfc_3339() -> None:
    (line,) = read('{"topic": "sales", "timestamp": "2026-03-01T12:00:00+03:00", "value": {}}')
    assert line.timestamp_ms == 1_772_355_600_000


def test_a_key_given_wins_over_the_client_and_null_is_no_key() -> None:
    head = '{"topic": "payments", "timestamp": 5, "value": {"client_id": "C"}'
    assert read(head + ', "key": "D"}')[0].key == b"D"
    assert read(head + ', "key": null}')[0].key is None


def test_a_broadcast_has_no_key() -> None:
    value = '{"type": "payments.completed", "client_id": "C", "through": "2026-03-01"}'
    assert read(f'{{"topic": "payments", "timestamp": 5, "value": {value}}}')[0].key is None


def test_a_text_is_a_record_that_is_no_json_and_null_an_empty_one() -> None:
    lines = read(
        '{"topic": "sales", "timestamp": 5, "value": "no json", "key": "C"}\n'
        '{"topic": "sales", "timestamp": 5, "value": null, "key": "C"}'
    )
    assert [line.value for line in lines] == [b"no json", None]


def test_empty_lines_count_but_are_no_records() -> None:
    lines = read('\n\n{"topic": "sales", "timestamp": 5, "value": {}}\n\n')
    assert [line.number for line in lines] == [3]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "h:2: is not JSON (invalid character"),
        ("[1]", "h:2: the line must be one JSON object; write "),
        ('{"topic": "sales", "value": {}}', "h:2: missing required field `timestamp`"),
        ('{"topic": "sales", "timestamp": 5}', "h:2: missing required field `value`"),
        ('{"topic": "sales", "timestamp": 5, "value": {}, "kye": "C"}', "h:2: contains unknown field `kye`"),
        (
            '{"topic": "sales", "timestamp": 1.5, "value": {}}',
            "h:2: timestamp must be milliseconds, or RFC 3339 in quotes; write ",
        ),
        ('{"topic": 5}', "h:2: topic must be a text in quotes; write "),
        ('{"topic": "sales", "timestamp": 5, "value": {}, "key": 1}', "h:2: key must be a text in quotes; write "),
        ('{"topic": "sales", "timestamp": 5', "h:2: is not JSON (it ends too early); write "),
        ('{"topic": "sales", "timestamp": -1, "value": {}}', "h:2: timestamp is -1"),
        ('{"topic": "sales", "timestamp": "noon", "value": {}}', "h:2: timestamp is 'noon'; write milliseconds"),
        ('{"topic": "sales", "timestamp": "2026-03-01T12:00:00", "value": {}}', "without an offset"),
        ('{"topic": "sale", "timestamp": 5, "value": {}}', "h:2: topic 'sale' is no input; write one of payments"),
        ('{"topic": "sales", "timestamp": 5, "value": ' + "[" * 100_000, "h:2: "),
        ('{"topic": "sales", "timestamp": 5, "value": "' + "x" * (1 << 20) + '"}', "h:2: the line is over 1 MiB"),
    ],
)
def test_a_line_that_is_no_record_is_named(text: str, said: str) -> None:
    with pytest.raises(Failure) as caught:
        read("\n" + text)
    assert said in str(caught.value)


def test_a_byte_order_mark_is_no_problem() -> None:
    (line,) = read('\ufeff{"topic": "sales", "timestamp": 5, "value": {}}')
    assert (line.number, line.topic) == (1, "sales")


def test_bytes_that_are_no_utf_8_are_named() -> None:
    with pytest.raises(Failure, match="h:1: "):
        list(read_history(io.BytesIO(b'{"topic": "sal\xff"}'), "h"))


def test_instants_on_a_command_line() -> None:
    assert parse_instant("1772355600000") == 1_772_355_600_000
    assert parse_instant("2026-03-01T09:00:00Z") == 1_772_355_600_000
    with pytest.raises(ValueError, match="write an instant between 1970 and 9999"):
        parse_instant("999999999999999")
