"""Amounts and dates as they are written in files: read as meant, or refused."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.cli import opening_cells
from streams.cli.imports.cells import amount, day

SPACES = " \u00a0\u2009\u202f'"
_groups = st.lists(st.from_regex("[0-9]{3}|[0-9]{1,4}", fullmatch=True), min_size=2, max_size=5)
_ends = st.sampled_from(["", ",5", ".50", ",505", ".", " ", "-"])
_grouped = st.builds(str.__add__, st.builds(str.join, st.sampled_from(SPACES), _groups), _ends)
_written = _grouped | st.text(f"0123456789,.{SPACES}", max_size=20).filter(lambda text: set(text) & set(SPACES))


def _said(read: Callable[[str], str], text: str) -> str:
    try:
        return read(text)
    except ValueError as error:
        return f"refused: {error}"


@example("001 234 567 890 123", "")  # fifteen digits are too many, whatever they are
@example("1 23", "")
@given(_written, st.sampled_from(["", ",", "."]))
def test_thousands_grouped_by_spaces_are_read_as_everywhere_else(text: str, decimal: str) -> None:
    assert _said(lambda written: amount(written, decimal), text) == _said(opening_cells.amount, text)


@pytest.mark.parametrize(
    ("text", "decimal", "read"),
    [
        ("180000.00", "", "180000.00"),
        ("1450.5", "", "1450.50"),
        ("0050", "", "50.00"),
        ("52 000,50", "", "52000.50"),
        ("52 000,50", ".", "52000.50"),  # two places cannot be thousands
        ("52 000,50", ",", "52000.50"),
        ("52\u00a0000,50", ",", "52000.50"),
        ("1,234", ".", "1234.00"),
        ("1.234", ",", "1234.00"),
        ("1,234,567.8", ".", "1234567.80"),
        ("1.234.567,8", ",", "1234567.80"),
    ],
)
def test_an_amount_is_read_as_it_is_meant(text: str, decimal: str, read: str) -> None:
    assert amount(text, decimal) == read


@pytest.mark.parametrize(
    ("text", "decimal"),
    [("1,234", ""), ("1.234", "."), ("12 тыс", ""), ("1.2.3", ","), ("", ""), ("1e3", ""), ("٣", "")],
)
def test_what_is_no_amount_or_could_be_two_is_refused(text: str, decimal: str) -> None:
    with pytest.raises(ValueError):
        amount(text, decimal)


@pytest.mark.parametrize(
    ("text", "form", "read"),
    [
        ("03.02.2026", "", "2026-02-03"),
        ("2026-02-03", "", "2026-02-03"),
        ("2026-02-03T10:00:00", "", "2026-02-03"),
        ("03.02.2026 10:15", "DD.MM.YYYY", "2026-02-03"),
        ("3.2.26", "DD.MM.YY", "2026-02-03"),
        ("03/02/2026", "DD/MM/YYYY", "2026-02-03"),
        ("03/02/2026", "MM/DD/YYYY", "2026-03-02"),
    ],
)
def test_a_date_is_read_in_its_form(text: str, form: str, read: str) -> None:
    assert day(text, form) == read


@pytest.mark.parametrize(
    ("text", "form"),
    [("30.02.2026", ""), ("03/02/2026", ""), ("03.02.26", ""), ("2026-02-03", "DD.MM.YYYY"), ("soon", ""), ("", "")],
)
def test_what_is_no_date_is_refused(text: str, form: str) -> None:
    with pytest.raises(ValueError):
        day(text, form)
