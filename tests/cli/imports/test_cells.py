"""Amounts and dates as they are written in files: read as meant, or refused."""

import pytest

from streams.cli.imports.cells import amount, day


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
